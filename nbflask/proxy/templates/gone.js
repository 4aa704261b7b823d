(() => {
  const probe = document.querySelector("[data-probe]").dataset.probe;
  let pauseMs = 500;
  // The probe never reaches the app, so that waiting for it is not a request in its records.
  const look = async () => {
    try {
      const answer = await fetch(probe, { cache: "no-store", redirect: "manual" });
      if (answer.status === 204) {
        location.reload();
        return;
      }
    } catch {
      // The Jupyter server itself is away for now.
    }
    pauseMs = Math.min(pauseMs * 1.25, 5000);
    setTimeout(look, document.hidden ? 5000 : pauseMs);
  };
  setTimeout(look, pauseMs);
})();
