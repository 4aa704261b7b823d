"""A real Jupyter server in a process of its own, for tests of the proxy and of the browser.

Nothing of the machine's Jupyter is seen or touched: every directory is a temporary one.
The system chooses the port, and the server writes it to a file, so none is ever taken twice.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "test-token"

#: Seconds. The server needs 2 to 3, and up to 8 on a machine that is busy with other tests.
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20

#: JupyterLab and Notebook 7 with all cells in the page, and without their own news.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # A window over the cells would leave those out of sight out of the page.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}

LAB_OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
)

#: Without JupyterLab the server starts in half the time; jupyter-server-proxy stays.
PLAIN_OPTIONS = tuple(
    f"--ServerApp.jpserver_extensions={name}=False"
    for name in ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp")
)


class JupyterServer:
    """A Jupyter server with nbflask's extension, running until :meth:`stop`."""

    #: ``http://127.0.0.1:<port>/`` + the base URL; ends in a slash.
    url: str
    #: The base URL as the server reports it; begins and ends in a slash.
    base_url: str
    port: int

    def __init__(
        self,
        tmp_path: Path,
        base_url: str = "/",
        lab: bool = False,
        *,
        options: tuple[str, ...] = (),
    ) -> None:
        """Start it, and return when it answers.

        :param tmp_path: An empty directory of the test's own.
        :param base_url: Where the server is mounted, as ``/`` or ``/user/ann/``.
        :param lab: Whether it serves JupyterLab and Notebook 7 too, not the server's API alone.
        :param options: Further options of the command, as ``--ServerApp.x=y``.
        """
        self.token = TOKEN
        self.root = tmp_path / "root"
        self.log_path = tmp_path / "jupyter.log"
        self.runtime_dir = tmp_path / "jupyter_runtime_dir"
        self.environment = _build_environment(tmp_path)
        self.root.mkdir()
        command = [
            sys.executable,
            "-m",
            "jupyterlab" if lab else "jupyter_server",
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.base_url={base_url}",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={TOKEN}",
            *(LAB_OPTIONS if lab else PLAIN_OPTIONS),
            *options,
        ]
        if shutil.which("setpriv"):  # A killed test run leaves no server behind.
            command = ["setpriv", "--pdeathsig", "TERM", *command]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        info_path = self.runtime_dir / f"jpserver-{self.process.pid}.json"
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                info = json.loads(info_path.read_text())
                self.url, self.base_url, self.port = info["url"], info["base_url"], info["port"]
                self.api("status")
            except (OSError, ValueError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"The Jupyter server did not start:\n{self.log}")

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return self.log_path.read_text(errors="replace")

    def api(self, path: str, method: str = "GET", content: Any = None) -> Any:
        """Call the server's own API with its token, and give the decoded JSON, or ``None``."""
        request = urllib.request.Request(  # noqa: S310  (always http, to ourselves)
            f"{self.url}api/{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            body = response.read()
        return json.loads(body) if body else None

    def stop_kernels(self) -> None:
        """End every kernel, so that one test's is not there in the next."""
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")
        for kernel in self.api("kernels"):  # Kernels that were started without a session.
            self.api(f"kernels/{kernel['id']}", "DELETE")

    def stop(self) -> None:
        """End the server and its kernels. It may be called twice."""
        if self.process.poll() is None:
            self.process.terminate()  # SIGTERM: it shuts its kernels down, too.
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        """Give the running server."""
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Stop it, whatever happened."""
        self.stop()


def _build_environment(tmp_path: Path) -> dict[str, str]:
    """Make Jupyter's directories below *tmp_path*, and the environment that names them."""
    names = (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    )
    directories = {name: tmp_path / name.lower() for name in names}
    for directory in directories.values():
        directory.mkdir(mode=0o700)
    overrides = directories["JUPYTER_CONFIG_DIR"] / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir()
    overrides.write_text(json.dumps(SETTINGS))
    # A test run inside a notebook would hand down the variables of that notebook's server.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JPY_", "NBFLASK_"))}
    return {
        **inherited,
        **{name: str(directory) for name, directory in directories.items()},
        # pydevd says on stderr that frozen modules hamper it; nobody debugs here.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
