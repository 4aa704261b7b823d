"""``%flask_inspect`` and ``%flask_requests``: what the app was asked, live and as a list."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flask.app import Flask as PlainFlask
from IPython.core.getipython import get_ipython
from IPython.core.magic import line_magic, magics_class

from nbflask.errors import AppError
from nbflask.magics.arguments import Namespace, argument, arguments, pixels
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.magics.display.table import Sentence
from nbflask.notebook import find_notebook
from nbflask.notebook.inspectors import Inspectors
from nbflask.notebook.shown import Shown
from nbflask.recorder import Recorder, recorder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from nbflask.inspector.inspector import Inspector
    from nbflask.inspector.lists import Captured, RecordedExchanges

FILTER_WORDS = argument(
    "filter",
    nargs="*",
    metavar="FILTER",
    help="what to show, such as: status:5xx -is:static",
)


@magics_class
class InspectingMagics(NotebookMagics):
    """``%flask_inspect`` and ``%flask_requests``."""

    @line_magic
    @arguments(
        FILTER_WORDS,
        APP_OPTION,
        argument("--off", action="store_true", help="record the app no more"),
        argument("--height", metavar="PX", type=pixels, default=0, help="the widget's height"),
        example="%flask_inspect status:5xx -is:static",
        verbatim="filter",
    )
    def flask_inspect(self, options: Namespace) -> Inspector | Sentence:
        """Show what the app is asked and answers, live. After --off it is recorded again."""
        name = self.notebook.set_recording(options.app, is_on=not options.off)
        if options.off:
            return Sentence(f"The app {name!r} is not recorded any more. `%flask_inspect` resumes.")
        return self.notebook.inspector(options.app, filter=options.filter, height_px=options.height)

    @line_magic
    @arguments(
        FILTER_WORDS, APP_OPTION, example="%flask_requests status:4xx,5xx", verbatim="filter"
    )
    def flask_requests(self, options: Namespace) -> RecordedExchanges:
        """List the recorded requests. The list can be assigned, indexed, and made a data frame."""
        return self.notebook.inspector(options.app).where(options.filter)


def inspect(app: Flask | str | None = None, filter: str = "") -> Inspector:  # noqa: A002
    """Record an app, and give what shows and searches its exchanges.

    :param app: The app, in a notebook also its name, or ``None`` there for the current one.
    :param filter: What the list is reduced to at first.
    :raises AppError: There is no such app.
    :raises FilterError: The filter cannot be read.
    """
    notebook = find_notebook()
    if notebook is not None:
        notebook.set_recording(app, is_on=True)
        return notebook.inspector(app, filter=filter)
    inspector = _inspect_alone(app, filter)
    inspector.recorder.attach()
    return inspector


def requests(filter: str = "", app: Flask | str | None = None) -> RecordedExchanges:  # noqa: A002
    """Give the recorded exchanges that a filter leaves, the oldest first.

    :param app: The app, in a notebook also its name, or ``None`` there for the current one.
    :raises AppError: There is no such app.
    :raises FilterError: The filter cannot be read.
    """
    return _find_inspector(app).where(filter)


@contextlib.contextmanager
def record(app: Flask | str | None = None) -> Iterator[Captured]:
    """Give what an app is asked within a ``with`` block, as a list that grows.

    ::

        with nbflask.record(app) as seen:
            app.test_client().get("/")
        assert seen[0].response.status_code == 200

    :param app: The app, in a notebook also its name, or ``None`` there for the current one.
    :raises AppError: There is no such app.
    """
    with _find_inspector(app).capture() as captured:
        yield captured


def _find_inspector(app: Flask | str | None) -> Inspector:
    notebook = find_notebook()
    return _inspect_alone(app) if notebook is None else notebook.inspector(app)


def _inspect_alone(app: Flask | str | None, filter: str = "") -> Inspector:  # noqa: A002
    """Make an inspector where the extension is not loaded: in a script, a test, a plain kernel."""
    if not isinstance(app, PlainFlask):
        raise AppError(
            f"{app!r} is not a Flask app. Name one, as in `nbflask.inspect(app)`; only where "
            "`%load_ext nbflask` was run is there a current one."
        )
    recorder = recorder_of(app) or Recorder(app)
    alone = Inspectors(Shown(), lambda _app: None, lambda: None)
    has_widgets = hasattr(get_ipython(), "kernel")
    return alone.make(recorder, filter=filter, has_widgets=has_widgets)
