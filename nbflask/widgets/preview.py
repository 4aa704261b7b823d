"""The preview: an app in a frame below the cell, like a small browser's window.

The kernel says where the app is only relative to the Jupyter server, whose
base URL no kernel can know for sure; ``preview.js`` joins the two in the page.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import traitlets
from jinja2 import Environment, StrictUndefined, Template

from nbflask.widgets.heard import HeardWidget

State = Literal["running", "stopped"]


class Preview(HeardWidget):
    """A live view of one app: it fits the page's height and shows what a cell changed.

    Its traits may be set from any thread.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    #: The app's name in the notebook.
    app_name = traitlets.Unicode("app").tag(sync=True)
    #: ``nbflask/<kernel_id>/<app>/``, relative to the Jupyter server's base URL; ``""``: not there.
    mount = traitlets.Unicode("").tag(sync=True)
    #: The app's own root URL, ``http://127.0.0.1:<port>/?<ticket>``, for when the Jupyter server
    #: has not our extension. Its port is first looked for behind jupyter-server-proxy. ``""``:
    #: there is none.
    direct_url = traitlets.Unicode("").tag(sync=True)
    #: What the app's server answers to a probe, so that no other is shown that took its port.
    proof = traitlets.Unicode("").tag(sync=True)
    #: What to do where a page has no way to the app; ``""``: what holds behind a Jupyter server.
    hint = traitlets.Unicode("").tag(sync=True)
    #: The Jupyter server's base URL, as ``/user/ann/``; ``""``: the page says it.
    base_url = traitlets.Unicode("").tag(sync=True)
    #: The page to show, with its query string, below the app's root. Setting it goes there.
    path = traitlets.Unicode("/").tag(sync=True)
    #: The frame's height; 0 fits it to each page.
    height_px = traitlets.Int(0, min=0).tag(sync=True)
    #: Growing it loads the page on show again.
    version = traitlets.Int(0).tag(sync=True)
    state = traitlets.Enum(("running", "stopped"), "running").tag(sync=True)

    def __init__(
        self,
        *,
        app_name: str = "app",
        mount: str = "",
        direct_url: str = "",
        proof: str = "",
        path: str = "/",
        height_px: int = 0,
        state: State = "running",
        base_url: str | None = None,
        hint: str = "",
    ) -> None:
        """Show *path* of the app.

        :param base_url: ``None`` takes ``NBFLASK_BASE_URL`` from the environment, if it is there.
        """
        if base_url is None:
            base_url = os.environ.get("NBFLASK_BASE_URL", "")
        super().__init__(
            app_name=app_name,
            mount=mount,
            direct_url=direct_url,
            proof=proof,
            base_url=base_url,
            path=path,
            height_px=height_px,
            state=state,
            hint=hint,
        )

    @traitlets.validate("path")
    def _begin_with_a_slash(self, proposal: dict[str, Any]) -> str:
        path: str = proposal["value"]
        return path if path.startswith("/") else f"/{path}"

    def reload(self) -> None:
        """Load the page on show again: same path, same place in it, always by GET."""
        self.version += 1

    def stop(self) -> None:
        """Say that the app is stopped, in the place of its page."""
        self.state = "stopped"

    def close(self) -> None:
        """Say that the app is stopped, which is what a page that keeps the widget then shows."""
        if self.comm is not None:
            self.stop()
        super().close()

    def start(
        self,
        *,
        mount: str | None = None,
        direct_url: str | None = None,
        proof: str | None = None,
    ) -> None:
        """Show the app again, where it now is.

        :param mount: ``None`` leaves it as it was; so it does *direct_url* and *proof*.
        """
        # In one message: a new URL with the proof of an old one would be no way to the app.
        with self.hold_sync():
            if mount is not None:
                self.mount = mount
            if direct_url is not None:
                self.direct_url = direct_url
            if proof is not None:
                self.proof = proof
            self.state = "running"

    def __repr__(self) -> str:
        """Name the app and the page; the same text in every run."""
        return f"Preview({self.app_name}, {self.path!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        html = _read_page().render(app_name=self.app_name, path=self.path)
        return {**data, "text/plain": repr(self), "text/html": html}, metadata


@cache
def _read_page() -> Template:
    """Give what a front end without widgets shows.

    It is kept in the notebook's file: no port, no kernel id, nothing that changes in the next run.
    """
    source = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
