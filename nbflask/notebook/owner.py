"""The one owner of what a notebook has in its kernel: apps, journal, servers, recorders, widgets.

It prints nothing. What happened is a value; the magics turn it into words.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask.app import Flask as PlainFlask
from flask.blueprints import Blueprint as PlainBlueprint
from werkzeug.local import LocalProxy

from nbflask.app import Flask, Journal
from nbflask.errors import AppError
from nbflask.notebook.apps import Apps, is_a
from nbflask.notebook.previews import Previews
from nbflask.notebook.serving import Wish
from nbflask.notebook.servings import Servings
from nbflask.notebook.shown import Shown
from nbflask.notebook.surroundings import Surroundings, read_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.testing import FlaskClient
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook.serving import Serving
    from nbflask.server.life import NotRunning, Reused, Started, Stopped
    from nbflask.widgets.preview import Preview

# The shell owns its notebook: when the shell goes, so does all that is in here.
_ATTRIBUTE = "_nbflask_notebook"


@dataclass(frozen=True, kw_only=True)
class AppStatus:
    """One app of the notebook.

    :param address: The URL of a port that was asked for; ``""`` for an app without one.
    """

    name: str
    is_current: bool
    is_running: bool
    address: str = ""


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
        self.shown = Shown()
        self.previews = Previews(self.shown)
        self.cell_id: str | None = None
        self._servings = Servings(self.surroundings, shell)
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
        root, question, token = self.url(name).partition("?")
        path, mark, fragment = path.partition("#")
        joint = "&" if question and "?" in path else question
        return f"{root.removesuffix('/')}{path}{joint}{token}{mark}{fragment}"

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
        return tuple(self._status_of(name, is_current=name == current) for name in names)

    def client(self, app: PlainFlask | str | None = None) -> FlaskClient:
        """Give the app's test client, whose cookies last from one request to the next."""
        name, application = self.resolve(app)
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

    def close(self) -> None:
        """Stop all servers, close all widgets and record nothing. May be called twice."""
        for name in self._servings:
            self.stop(name)
        self.shown.close()

    def _served(self, app: PlainFlask | str | None) -> tuple[str, PlainFlask]:
        name, application = self.resolve(app)
        if name not in self._servings:
            self.run(application)
        return name, application

    def _name_of(self, app: PlainFlask) -> str:
        served = (name for name, each in self._servings.apps().items() if each is app)
        return next(served, None) or self.apps.name_of(app)

    def _status_of(self, name: str, *, is_current: bool) -> AppStatus:
        if name not in self._servings:
            return AppStatus(name=name, is_current=is_current, is_running=False)
        serving = self._servings[name]
        return AppStatus(
            name=name,
            is_current=is_current,
            is_running=serving.is_running,
            address=serving.address_asked_for,
        )


def first_page(app: PlainFlask) -> str:
    """Give the path to look at first: ``/``, or else the first rule that needs no variables."""
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments <= set(rule.defaults or ())
        and "GET" in (rule.methods or ())
        and rule.endpoint != "static"
    ]
    return "/" if "/" in paths or not paths else paths[0]


def attach(shell: InteractiveShell) -> Notebook:
    """Give the shell a notebook, or give the one that it has."""
    notebook = getattr(shell, _ATTRIBUTE, None)
    if not isinstance(notebook, Notebook):
        notebook = Notebook(shell)
        setattr(shell, _ATTRIBUTE, notebook)
    return notebook


def detach(shell: InteractiveShell) -> None:
    """Close the shell's notebook and forget it. May be called twice."""
    notebook = getattr(shell, _ATTRIBUTE, None)
    if isinstance(notebook, Notebook):
        notebook.close()
        delattr(shell, _ATTRIBUTE)


def get_notebook() -> Notebook:
    """Give the notebook of this kernel.

    :raises AppError: The extension is not loaded, or this is no notebook.
    """
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    notebook = getattr(shell, _ATTRIBUTE, None)
    if not isinstance(notebook, Notebook):
        raise AppError("nbflask is not loaded here. Write `%load_ext nbflask` in a cell first.")
    return notebook
