"""The one owner of what a notebook has in its kernel: apps, journal, servers, recorders, widgets.

It prints nothing. What happened is a value; the magics turn it into words.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from flask.app import Flask as PlainFlask
from flask.blueprints import Blueprint as PlainBlueprint
from werkzeug.local import LocalProxy

from nbflask.app import Flask, Journal
from nbflask.errors import AppError
from nbflask.inspector.templates import TemplateDesk
from nbflask.notebook.apps import Apps, is_a
from nbflask.notebook.idle import Idle
from nbflask.notebook.inspectors import Inspectors
from nbflask.notebook.pages import first_page, join_page
from nbflask.notebook.previews import Previews
from nbflask.notebook.recording import Recorders
from nbflask.notebook.serving import Wish
from nbflask.notebook.servings import AppStatus, Servings
from nbflask.notebook.sessions import SessionDesks
from nbflask.notebook.shown import Shown
from nbflask.notebook.surroundings import Surroundings, read_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.testing import FlaskClient
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.inspector.inspector import Inspector
    from nbflask.notebook.serving import Serving
    from nbflask.recorder import Recorder
    from nbflask.server.life import NotRunning, Reused, Started, Stopped
    from nbflask.widgets.preview import Preview


class Notebook:
    """A notebook's apps, servers, recorders and widgets.

    :param shell: The kernel's; its namespace names the apps.
    """

    def __init__(self, shell: InteractiveShell, surroundings: Surroundings | None = None) -> None:
        """Begin with the apps that the namespace holds, none of them served."""
        self.shell = shell
        self.surroundings = surroundings or read_surroundings(shell)
        self.journal = Journal()
        self.apps = Apps(shell.user_ns, PlainFlask)
        self.idle = Idle()
        self.shown = Shown(self.idle)
        self.previews = Previews(self.shown)
        self.recorders = Recorders()
        self.cell_id: str | None = None
        self._servings = Servings(self.surroundings, shell)
        self.inspectors = Inspectors(self.shown, self._servings.way_to, lambda: self.cell_id)
        self.sessions = SessionDesks(self.shown, lambda: self.cell_id)
        self._clients: dict[str, FlaskClient] = {}

    def run(
        self,
        app: PlainFlask | str | None = None,
        *,
        host: str | None = None,
        port: int | None = None,
    ) -> Started | Reused:
        """Serve an app; harmless for one that is served.

        :param app: The app, its name, or ``None`` for the current one.
        :param port: 0 lets the system choose; ``None`` goes through Jupyter where that is there.
        :raises AppError: There is no such app.
        :raises ServerError: The address cannot be had. A server that ran still runs.
        """
        name, application = self.resolve(app)
        self.apps.choose(application)
        outcome = self._servings.start(name, application, Wish(host=host, port=port))
        self.recorders.of(application, name)
        self.previews.start(self._servings[name])
        return outcome

    def stop(self, app: PlainFlask | str | None = None) -> Stopped | NotRunning:
        """Stop serving an app. May be called twice.

        :raises AppError: There is no such app.
        """
        name = app if isinstance(app, str) and app in self._servings else self.resolve(app)[0]
        self.previews.stop(name)
        return self._servings.stop(name)

    def restart(self, app: PlainFlask | str | None = None) -> Started | Reused:
        """Serve an app with a new server, at the address that it had."""
        name, application = self.resolve(app)
        if name not in self._servings:
            return self.run(application)
        outcome = self._servings[name].restart()
        self.previews.start(self._servings[name])
        self.previews.reload([name])
        return outcome

    def preview(
        self, app: PlainFlask | str | None = None, *, path: str | None = None, height_px: int = 0
    ) -> Preview:
        """Show an app, which is served if it was not.

        :param path: ``None`` takes the first page that needs no variables.
        """
        name, application = self._served(app)
        return self.previews.show(
            self._servings[name],
            path=first_page(application) if path is None else path,
            height_px=height_px,
            cell_id=self.cell_id,
        )

    def url(self, app: PlainFlask | str | None = None) -> str:
        """Give an app's URL: of its port, or relative to the Jupyter server's base URL.

        :raises AppError: The app is not served.
        """
        serving = self.serving(self.resolve(app)[0])
        return serving.direct_url or serving.mount

    def page_url(self, app: PlainFlask | str | None = None, path: str | None = None) -> str:
        """Give the URL of an app's page; the app is served if it was not.

        :param path: ``None`` takes the first page that needs no variables.
        """
        name, application = self._served(app)
        if path is None:
            path = first_page(application)
        elif not path.startswith("/"):
            return path
        return join_page(self.url(name), path)

    def serving(self, name: str) -> Serving:
        """Give what serves the app of a name.

        :raises AppError: The app is not served.
        """
        return self._servings[name]

    def status(self) -> tuple[AppStatus, ...]:
        """Tell of every app of the notebook, and of those served whose variable is gone."""
        found = self.apps.by_name()
        current = self.apps.current()[0] if found else ""
        names = dict.fromkeys((*found, *self._servings))
        return tuple(self._servings.status(name, is_current=name == current) for name in names)

    def client(self, app: PlainFlask | str | None = None) -> FlaskClient:
        """Give the app's test client, whose cookies last from one request to the next."""
        name, application = self.resolve(app)
        self.recorders.of(application, name)
        client = self._clients.get(name)
        if client is None or client.application is not application:
            client = self._clients[name] = application.test_client()
        return client

    def resolve(self, app: PlainFlask | str | None = None) -> tuple[str, PlainFlask]:
        """Give an app and its name in the notebook.

        :param app: The app, its name, or ``None`` for the current one.
        :raises AppError: There is no such app.
        """
        if app is None or isinstance(app, str):
            return self.apps.find(app)
        if isinstance(app, LocalProxy):
            app = app._get_current_object()
        if not is_a(app, PlainFlask):
            raise AppError(f"{app!r} is not a Flask app. Name one such as `app = Flask(__name__)`.")
        return self._name_of(app), app

    def make_app(self, name: str) -> bool:
        """Make an app under a name that is free, and the current one.

        :returns: Whether there was none of that name before.
        :raises AppError: The name is something else's, or cannot be a variable's.
        """
        namespace = self.shell.user_ns
        if is_a(namespace.get(name), PlainFlask):
            return False
        if name in namespace:
            kind = type(namespace[name]).__name__
            raise AppError(
                f"{name!r} is of type {kind}, not a Flask app. Choose another name for a new one."
            )
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise AppError(f"{name!r} cannot be an app's name. Write one such as 'shop'.")
        app = namespace[name] = Flask("__main__")
        self.apps.choose(app)
        return True

    def reset(self, app: PlainFlask | str | None = None) -> str:
        """Withdraw all that cells have declared on an app, and give its name."""
        name, application = self.resolve(app)
        if isinstance(application, Flask):
            self.journal.reset(application)
            self.follow([application])
        return name

    def blueprints(self) -> dict[str, PlainBlueprint]:
        """Give the blueprints that the namespace holds, by variable."""
        return {
            name: value
            for name, value in list(self.shell.user_ns.items())
            if is_a(value, PlainBlueprint) and not name.startswith("_")
        }

    def follow(self, changed: Iterable[Any]) -> None:
        """Let servers and previews follow a cell that ended well.

        :param changed: The apps and blueprints that it changed.
        """
        found = self.apps.by_name()
        touched = list(changed)
        names = {
            name
            for name, app in found.items()
            if app in touched or any(each in touched for each in app.blueprints.values())
        }
        names.update(self._servings.follow(found))
        self.previews.reload(names)
        self.record()
        self.sessions.refresh()
        # Whatever the cell did: it may have written a template's file.
        for desk in self.shown.all(TemplateDesk):
            desk.refresh()

    def record(self) -> None:
        """Record the apps that are there now, and no others."""
        for gone in self.recorders.follow({**self._servings.apps(), **self.apps.by_name()}):
            self.inspectors.refresh(gone)

    def recorder(self, app: PlainFlask | str | None = None) -> Recorder:
        """Give an app's recorder.

        :param app: The app, its name, or ``None`` for the current one.
        :raises AppError: There is no such app.
        """
        name, application = self.resolve(app)
        return self.recorders.of(application, name)

    def set_recording(self, app: PlainFlask | str | None, *, is_on: bool) -> str:
        """Begin or end to record an app, and give its name. What was recorded stays.

        :raises AppError: There is no such app.
        """
        name, application = self.resolve(app)
        change = self.recorders.start if is_on else self.recorders.stop
        self.inspectors.refresh(change(application, name))
        return name

    def inspector(
        self,
        app: PlainFlask | str | None = None,
        *,
        filter: str = "",  # noqa: A002 - as it is called on the magic's line.
        height_px: int = 0,
    ) -> Inspector:
        """Give what shows an app's exchanges: as a widget, or in a terminal as a table.

        :raises AppError: There is no such app.
        :raises FilterError: The filter cannot be read.
        """
        return self.inspectors.make(
            self.recorder(app),
            filter=filter,
            height_px=height_px,
            has_widgets=self.surroundings.front_end != "terminal",
        )

    def close(self) -> None:
        """Stop all servers, close all widgets and record nothing. May be called twice."""
        for name in self._servings:
            self.stop(name)
        self.shown.close()
        self.recorders.close()

    def _served(self, app: PlainFlask | str | None) -> tuple[str, PlainFlask]:
        name, application = self.resolve(app)
        if name not in self._servings:
            self.run(application)
        return name, application

    def _name_of(self, app: PlainFlask) -> str:
        served = (name for name, each in self._servings.apps().items() if each is app)
        return next(served, None) or self.apps.name_of(app)
