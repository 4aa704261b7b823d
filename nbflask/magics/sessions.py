"""``%flask_session``: what is in the sessions of the app's clients, and what should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class

from nbflask.errors import AppError
from nbflask.inspector.sessions.desk import SessionDesk
from nbflask.inspector.sessions.sessions import Sessions
from nbflask.magics.arguments import Namespace, argument, arguments
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.notebook import find_notebook
from nbflask.recorder import Recorder, recorder_of

if TYPE_CHECKING:
    from flask import Flask

    from nbflask.notebook import Notebook


@magics_class
class SessionMagics(NotebookMagics):
    """``%flask_session``."""

    @line_magic
    @arguments(
        APP_OPTION,
        argument("--client", metavar="N", type=int, default=0, help="the client to show first"),
        example="%flask_session --client 2",
    )
    def flask_session(self, options: Namespace) -> Sessions:
        """Show each client's session, decoded, and edit it: it is signed again by the app."""
        return _sessions_of(self.notebook, options.app, options.client)


def session(app: Flask | str | None = None, number: int = 0) -> Sessions:
    """Give the sessions of an app's clients; what works on one works on the chosen one's.

    ::

        nbflask.session().set("cart", {"items": 3})

    :param app: The app, in a notebook also its name, or ``None`` there for the current one.
    :param number: The client to choose; 0 for the first, which in a notebook is its own.
    :raises AppError: There is no such app.
    :raises SessionError: There is no such client.
    """
    notebook = find_notebook()
    if notebook is not None:
        return _sessions_of(notebook, app, number)
    if app is None or isinstance(app, str):
        raise AppError("Outside a notebook no app is the current one. Write nbflask.session(app).")
    recorder = recorder_of(app)
    if recorder is None:
        recorder = Recorder(app)
        recorder.attach()
    return Sessions(SessionDesk(recorder), number=number)


def _sessions_of(notebook: Notebook, app: Flask | str | None, number: int) -> Sessions:
    application = notebook.resolve(app)[1]
    return notebook.sessions.make(
        notebook.recorder(application),
        lambda: notebook.client(application),
        number=number,
        has_widgets=notebook.surroundings.front_end != "terminal",
    )
