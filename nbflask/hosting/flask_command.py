"""``flask --app shop.ipynb run``: Flask's own command finds the app of a notebook.

Flask loads the commands of packages before it loads an app (entry points ``flask.commands``), and
asks the function that its :class:`~flask.cli.ScriptInfo` holds before it imports anything. So the
one is done by the other: whoever loads our command has the notebook exported when the app is asked
for.

Rule 1: what is no notebook is left to Flask.
"""

from __future__ import annotations

import atexit
import importlib
import os
import re
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import NoAppException, ScriptInfo

from nbflask.errors import NbflaskError

from .temporary import Exports
from .variables import (
    NO_SECRET_KEY,
    SECRET_KEY,
    lacks_secret_key,
    make_environment,
    make_secret_key,
)

if TYPE_CHECKING:
    from flask import Flask

# What the reloader of `flask run` watches beside modules; as `--extra-files` on the line.
_WATCHED = "FLASK_RUN_EXTRA_FILES"
# The processes of a reloader put their folders into that of the first, which outlives them: it
# kills them when it is interrupted.
_ROOT = "NBFLASK_EXPORTS"
# As Flask divides a path from a name.
_COLON = re.compile(r":(?![\\/])")


def __getattr__(name: str) -> Any:
    """Give the command each time that Flask loads it, and look at what it has to load then."""
    if name != "command":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.obj, ScriptInfo):
        take_over(context.obj)
    return _command


@click.command(
    "nbflask",
    short_help="Take a Flask app out of a notebook, and back.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def _command(words: tuple[str, ...]) -> None:
    """Do what the command ``nbflask`` does."""
    main = importlib.import_module("nbflask.cli").main
    raise SystemExit(main(words))


def take_over(info: ScriptInfo) -> None:
    """Let a command's app be a notebook's, where that is what it names."""
    path, *names = _COLON.split(info.app_import_path or "", maxsplit=1)
    if info.create_app is not None or not path.lower().endswith(".ipynb"):
        return
    notebook = Path(path).absolute()
    watched = os.environ.get(_WATCHED, "").split(os.pathsep)
    os.environ[_WATCHED] = os.pathsep.join(dict.fromkeys([*filter(None, watched), str(notebook)]))
    info.create_app = lambda: load_app(notebook, names[0] if names else None)


def load_app(notebook: Path, name: str | None = None) -> Flask:
    """Export a notebook, and import the app in this process.

    :param name: The app's variable; by default ``app``, else the last one.
    :raises NoAppException: The notebook cannot be exported, or reads variables that are not there.
    """
    first = os.environ.get(_ROOT)
    exports = Exports(notebook, name, within=first if first and Path(first).is_dir() else None)
    os.environ[_ROOT] = exports.within or exports.root
    atexit.register(exports.close)
    _end_in_order()
    try:
        placed = exports.export()
        environment = make_environment(placed.project, os.environ, make_secret_key())
    except NbflaskError as fault:
        raise NoAppException(str(fault)) from None
    if lacks_secret_key(placed.project, os.environ):
        click.echo(NO_SECRET_KEY, err=True)
        # The reloader's processes sign with the same one.
        os.environ[SECRET_KEY] = environment[SECRET_KEY]
    folder = placed.folder
    # As a script's folder is; modules beside the notebook can be imported, too.
    for each in (str(notebook.parent), str(folder)):
        with suppress(ValueError):
            sys.path.remove(each)
        sys.path.insert(0, each)
    app: Flask = importlib.import_module("wsgi").app
    return app


def _end_in_order() -> None:
    """Let SIGTERM end the process as an exit does, so that the folder is removed."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
