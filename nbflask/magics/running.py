"""The magics of the server: run, stop, restart, status, preview; and ``app.run()``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.core.magic import line_magic, magics_class
from IPython.display import display

from nbflask.errors import OptionError
from nbflask.magics.arguments import Namespace, argument, arguments, pixels, port_number
from nbflask.magics.base import APP_OPTION, APP_WORD, NotebookMagics
from nbflask.magics.display.table import Sentence, Table
from nbflask.notebook import get_notebook
from nbflask.server.life import NotRunning, Reused, Started, Stopped
from nbflask.values.request_spec import check_target

if TYPE_CHECKING:
    from flask import Flask

    from nbflask.notebook import Notebook
    from nbflask.widgets.preview import Preview


@magics_class
class RunningMagics(NotebookMagics):
    """``%flask_run`` and what belongs to it."""

    @line_magic
    @arguments(
        APP_WORD,
        argument("--host", metavar="H", help="an address of this machine, with --port"),
        argument("--port", metavar="P", type=port_number, help="a port; 0 lets the system choose"),
        argument("--height", metavar="PX", type=pixels, default=0, help="the preview's height"),
        argument("--no-preview", action="store_true", help="only start the server"),
        argument("--debug", action="store_true", help="set the app's debug mode"),
        example="%flask_run --no-preview",
    )
    def flask_run(self, options: Namespace) -> object:
        """Serve the app in the background and show it. Running it again is harmless."""
        if options.host is not None and options.port is None:
            raise OptionError(
                f"--host {options.host} needs a --port, which a host alone does not name. "
                f"Write `%flask_run --host {options.host} --port 5000`."
            )
        return run(
            options.app,
            host=options.host,
            port=options.port,
            height_px=options.height,
            show=not options.no_preview,
            debug=options.debug,
        )

    @line_magic
    @arguments(APP_WORD, example="%flask_stop")
    def flask_stop(self, options: Namespace) -> Sentence:
        """Stop serving the app. Stopping it again is harmless."""
        return stop(options.app)

    @line_magic
    @arguments(APP_WORD, example="%flask_restart")
    def flask_restart(self, options: Namespace) -> Sentence:
        """Serve the app with a new server, at the same address."""
        name = self.notebook.resolve(options.app)[0]
        return say_run(self.notebook, name, self.notebook.restart(name))

    @line_magic
    @arguments(example="%flask_status")
    def flask_status(self, options: Namespace) -> Table:  # noqa: ARG002
        """Show which apps there are, which is the current one, and which are running."""
        rows = tuple(
            (
                each.name,
                "current" if each.is_current else "",
                "running" if each.is_running else "stopped",
                each.address,
            )
            for each in self.notebook.status()
        )
        return Table(
            columns=("app", "current", "server", "address"),
            rows=rows,
            empty="The notebook has no Flask app.",
        )

    @line_magic
    @arguments(
        argument("path", nargs="?", metavar="PATH", completes="rules", help="the page to show"),
        argument("--height", metavar="PX", type=pixels, default=0, help="0 fits the page"),
        APP_OPTION,
        example="%flask_preview /hello/Ada",
    )
    def flask_preview(self, options: Namespace) -> object:
        """Show a page of the app. It reloads when a cell changes the app."""
        if options.path is not None:
            check_target(options.path)
        return preview(self.notebook, options.app, path=options.path, height_px=options.height)


def run(
    app: Flask | str | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    height_px: int = 0,
    show: bool = True,
    debug: bool = False,
) -> Preview | Sentence:
    """Serve an app in the background; what it gives back shows it. Again is harmless.

    :param app: The app, its name, or ``None`` for the current one.
    :param port: 0 lets the system choose; ``None`` goes through Jupyter where that is there.
    :param height_px: The preview's height; 0 fits the page.
    :param show: Whether to give a preview; else, and in a terminal, it is a sentence.
    :raises AppError: There is no such app.
    :raises ServerError: The address cannot be had. A server that ran still runs.
    """
    notebook = get_notebook()
    name, found = notebook.resolve(app)
    if debug:
        found.debug = True
    outcome = notebook.run(found, host=host, port=port)
    if all(rule.endpoint == "static" for rule in found.url_map.iter_rules()):
        # Its page would say "Not Found", and no more.
        sys.stdout.write(f"The app {name!r} has no routes yet. Write a `%%route /` cell.\n")
    if show and notebook.surroundings.front_end != "terminal":
        return notebook.preview(found, height_px=height_px)
    return say_run(notebook, name, outcome)


def stop(app: Flask | str | None = None) -> Sentence:
    """Stop serving an app. Again is harmless.

    :param app: The app, its name, or ``None`` for the current one.
    :raises AppError: There is no such app.
    """
    notebook = get_notebook()
    name = app if isinstance(app, str) else notebook.resolve(app)[0]
    return say_stop(name, notebook.stop(name))


def run_in_background(
    app: Flask,
    host: str | None = None,
    port: int | None = None,
    debug: bool | None = None,
    load_dotenv: bool = True,  # noqa: ARG001
    **_options: Any,
) -> None:
    """Stand in for :meth:`flask.Flask.run`: serve in the background, show the preview, return.

    Options of Werkzeug's server (``threaded``, ``use_reloader``, ...) mean nothing to ours.

    :param port: As in Flask, 5000 where a host is named without a port.
    """
    if debug is not None:
        app.debug = bool(debug)
    if host is not None and port is None and host not in ("127.0.0.1", "localhost"):
        port = 5000
    shown = run(app, host=None if port is None else host, port=port)
    notebook = get_notebook()
    name = notebook.resolve(app)[0]
    # Flask's own says where it runs; a preview does not.
    if not isinstance(shown, Sentence) and notebook.serving(name).address_asked_for:
        display(Sentence(f"The app {name!r} is running at {notebook.url(name)}."))
    display(shown)


def preview(
    notebook: Notebook, app: Flask | str | None, *, path: str | None = None, height_px: int = 0
) -> Preview | Sentence:
    """Show a page of an app; a terminal, which shows no page, gets its URL.

    :raises AppError: There is no such app.
    """
    if notebook.surroundings.front_end != "terminal":
        return notebook.preview(app, path=path, height_px=height_px)
    return Sentence(notebook.page_url(app, path))


def say_run(notebook: Notebook, name: str, outcome: Started | Reused) -> Sentence:
    """Say what a start came to.

    With the URL of a port that was asked for: any other is new in every run, and is said only in
    a terminal, which has no preview to click.
    """
    asked_for = notebook.serving(name).address_asked_for
    where = f" at {asked_for}" if asked_for else ""
    match outcome:
        case Started():
            text = f"The app {name!r} is running{where}."
        case Reused():
            text = f"The app {name!r} was running already{where}."
    if notebook.surroundings.front_end == "terminal" and not asked_for:
        text = f"{text} {notebook.url(name)}"
    return Sentence(text)


def say_stop(name: str, outcome: Stopped | NotRunning) -> Sentence:
    """Say what a stop came to."""
    match outcome:
        case Stopped(views_left=0):
            return Sentence(f"The app {name!r} is stopped.")
        case Stopped(views_left=left):
            return Sentence(f"The app {name!r} is stopped; {left} of its views still work.")
        case NotRunning():
            return Sentence(f"The app {name!r} was not running.")
