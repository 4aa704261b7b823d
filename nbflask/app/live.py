"""The live app: Flask's own class, whose tables know which cell wrote what.

Flask's code runs unchanged; it writes into the containers of :mod:`.tables`
and the map of :mod:`.routing`. Outside a running cell they behave as the dicts,
lists and map that they stand in for, and so the class as Flask's.
"""

from __future__ import annotations

import weakref
from inspect import CO_COROUTINE
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar

from flask import Config
from flask import Flask as PlainFlask
from flask.sansio.scaffold import _endpoint_from_view_func

from .async_views import run_async
from .cells import _running, apart
from .contents import CellLoader, content_response, forgetting
from .figures import enter_request, leave_request, separate_figures
from .journalled import HOOK_TABLES, Journalled, live
from .kept import Kept
from .middleware import WsgiApp, WsgiLayers
from .rich_returns import make_rich_response
from .rivals import settle_rivals
from .routing import LiveMap, ViewTable
from .tables import Ledger, LiveDict, LiveList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.templating import Environment

    from .journalled import Adopt


class LiveConfig(LiveDict[Any, Any], Config):
    """Flask's configuration, whose keys know which cell set them."""

    def __init__(self, root_path: Any, defaults: Any = None) -> None:
        Config.__init__(self, root_path, None)
        dict.update(self, defaults or {})
        self._slots = {}
        self.attach(Ledger(self), ("config",))


class Extensions(LiveDict[str, Any]):
    """What extensions keep in the app, by their names."""

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Give what is kept under a name; a container stays when its cell runs again.

        Flask-Caching and Flask-Limiter keep all their objects in one such container, and
        views that other cells have decorated with an object still look for it there.
        """
        former = dict.get(self, key)
        if isinstance(former, dict | set | list) and type(former) is type(default):
            default = former
        return super().setdefault(key, default)


def _adopt_url_map(app: Flask, _name: str, value: Any) -> Any:
    if isinstance(value, LiveMap):
        value.attach(app._ledger, app.view_functions)
    return value


def _adopt_config(app: Flask, name: str, value: Any) -> Any:
    if isinstance(value, LiveDict):
        value.attach(app._ledger, (name,))
    return value


APP_TABLES: dict[str, Adopt] = HOOK_TABLES | {
    "view_functions": live(ViewTable),
    "teardown_appcontext_funcs": live(LiveList),
    "shell_context_processors": live(LiveList),
    "url_build_error_handlers": live(LiveList),
    "blueprints": live(LiveDict),
    "extensions": live(Extensions),
    "url_map": _adopt_url_map,
    "config": _adopt_config,
}


class Flask(Journalled, PlainFlask, metaclass=Kept):
    """A :class:`flask.Flask` that cells can change at any time.

    What a cell declares on it belongs to the cell: a re-run replaces it, a
    failing run changes nothing, and a deleted cell takes it back. Outside a
    running cell it is Flask's own class in all it does.
    """

    notebook_config: ClassVar[dict[str, Any]] = {}
    """Defaults for the apps that the notebook's own code makes, such as a secret key."""

    config_class = LiveConfig
    url_map_class = LiveMap
    _tables = APP_TABLES
    wsgi_app: Any = WsgiApp(PlainFlask.wsgi_app)
    _innermost: Callable[..., Any]
    _layers: WsgiLayers
    _outermost: Callable[..., Iterable[bytes]] | None = None
    """What gets each request first, with the app's own answer; no cell's, unlike middleware."""
    if TYPE_CHECKING:
        view_functions: ViewTable
        url_map: LiveMap

    templates: LiveDict[str, str]
    """Templates kept in the app, by name; they come before those in folders."""
    static_files: LiveDict[str, bytes]
    """Static files kept in the app, by their path below the static URL."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an app whose templates, static files and middleware cells can change."""
        separate_figures()
        app = super().__new__(cls, *args, **kwargs)
        forget = forgetting(app)
        app.__dict__.update(
            templates=LiveDict(app._ledger, ("templates",), on_change=forget),
            static_files=LiveDict(app._ledger, ("static_files",)),
            _layers=WsgiLayers(app._ledger),
        )
        return app

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let a subclass define ``wsgi_app`` as a method, as it may in Flask."""
        super().__init_subclass__(**kwargs)
        own = cls.__dict__.get("wsgi_app")
        if own is not None and not isinstance(own, WsgiApp):
            cls.wsgi_app = WsgiApp(own)
            cls._innermost = staticmethod(own)

    def take_notebook_config(self) -> None:
        """Take over the notebook's defaults for what is not configured."""
        with apart():
            for key, value in self.notebook_config.items():
                if self.config.get(key) is None:
                    self.config[key] = value

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request, within what is around all middleware."""
        outermost = self._outermost
        if outermost is not None:
            return outermost(self._answer, environ, start_response)
        return self._answer(environ, start_response)

    def _answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request; what a view does is not the running cell's doing."""
        run = _running.get()
        figures = enter_request()
        try:
            if (run is None or not run.is_open) and not self._layers:
                return self._innermost(self, environ, start_response)  # type: ignore[no-any-return]
            with apart():
                return self.wsgi_app(environ, start_response)  # type: ignore[no-any-return]
        finally:
            leave_request(figures, is_served="werkzeug.socket" in environ)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        """Declare a rule, as :meth:`flask.Flask.add_url_rule` does; requests see it whole."""
        views = self.view_functions
        live = isinstance(self.url_map, LiveMap) and isinstance(views, ViewTable)
        if not live:
            super().add_url_rule(rule, endpoint, view_func, *args, **options)
            return
        with self._ledger:
            self.url_map.added.clear()
            was_declaring, views.is_declaring = views.is_declaring, True
            try:
                super().add_url_rule(rule, endpoint, view_func, *args, **options)
            finally:
                views.is_declaring = was_declaring
            name = endpoint or _endpoint_from_view_func(view_func)  # type: ignore[arg-type]
            views.pin(name)
            settle_rivals(self, name)

    def handle_url_build_error(self, error: Any, endpoint: str, values: dict[str, Any]) -> str:
        """Build what was there when the request began, or else do as Flask does."""
        if isinstance(self.url_map, LiveMap):
            url = self.url_map.build_withdrawn(endpoint, values)
            if url is not None:
                return url
        return super().handle_url_build_error(error, endpoint, values)

    def create_jinja_environment(self) -> Environment:
        """Make the Jinja environment, whose filters, tests and globals cells can change."""
        environment = super().create_jinja_environment()
        # A template that is compiled holds the results of filters on constants.
        forget = forgetting(self)
        for name in ("filters", "tests", "globals"):
            table = LiveDict(self._ledger, ("jinja_env", name), getattr(environment, name), forget)
            setattr(environment, name, table)
        return environment

    def create_global_jinja_loader(self) -> CellLoader:
        """Make the loader that looks into the app's own templates first."""
        return CellLoader(self)

    def send_static_file(self, filename: str) -> Any:
        """Send a static file, of a cell or from the folder."""
        content = self.static_files.get(filename)
        if content is None:
            return super().send_static_file(filename)
        return content_response(self, filename, content)

    def make_response(self, rv: Any) -> Any:
        """Make a response, also of what Flask refuses and a notebook can show."""
        try:
            return super().make_response(rv)
        except TypeError as error:
            refusal = error
        return make_rich_response(rv, refusal)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give a callable that is no coroutine function; a plain function is known at a glance.

        Flask asks for each callable of a request, and the full answer unwraps and looks for marks.
        """
        is_plain = type(func) is FunctionType and not func.__dict__
        if is_plain and not func.__code__.co_flags & CO_COROUTINE:
            return func
        return super().ensure_sync(func)

    def async_to_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Make a coroutine function callable, also where an event loop is running already."""
        return run_async(func)

    @staticmethod
    def _kept_by(*_args: Any, **_kwargs: Any) -> Any:
        return "app"

    def _kept_notice(self) -> str:
        return (
            "The app is the same object as before, with what other cells declared on it. "
            "%flask_reset starts over."
        )

    def _own_state(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        return {}  # What a subclass keeps, such as a database, outlives a run.

    def _apply_arguments(self) -> None:
        forgetting(self)()

    def _take_arguments(self, *args: Any, **kwargs: Any) -> None:
        """Take over other arguments: folders, paths and the static route."""
        if type(self).__init__ is not PlainFlask.__init__:
            return  # A subclass's arguments mean what it likes; %flask_reset applies them.
        with apart():
            model = PlainFlask(*args, **kwargs)
            for name in _ARGUMENT_ATTRIBUTES:
                object.__setattr__(self, name, getattr(model, name))
            for name in ("jinja_loader", "name"):
                self.__dict__.pop(name, None)
            self.config.root_path = model.config.root_path
            self.url_map.host_matching = model.url_map.host_matching
            _replace_static_route(self, kwargs.get("static_host"))


_ARGUMENT_ATTRIBUTES = (
    "import_name",
    "_static_folder",
    "_static_url_path",
    "template_folder",
    "root_path",
    "instance_path",
    "subdomain_matching",
)


def _replace_static_route(app: Flask, static_host: str | None) -> None:
    with app._ledger:
        for rule in list(app.url_map.iter_rules()):
            if rule.endpoint == "static" and not rule.claim.parties:  # type: ignore[attr-defined]
                app.url_map.drop(rule, rule.claim)  # type: ignore[attr-defined]
        if not app.has_static_folder:
            return
        itself = weakref.ref(app)
        dict.pop(app.view_functions, "static", None)
        app._got_first_request, was = False, app._got_first_request
        app.add_url_rule(
            f"{app.static_url_path}/<path:filename>",
            endpoint="static",
            host=static_host,
            view_func=lambda **kw: itself().send_static_file(**kw),  # type: ignore[union-attr]
        )
        app._got_first_request = was
