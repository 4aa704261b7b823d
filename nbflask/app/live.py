"""The live app: Flask's own class, whose tables know which cell wrote what.

Flask's code runs unchanged; it writes into the containers of :mod:`.tables`
and the map of :mod:`.routing`. Outside a running cell they behave as the dicts,
lists and map that they stand in for, and so the class as Flask's.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any

from flask import Config
from flask import Flask as PlainFlask
from flask.sansio.scaffold import _endpoint_from_view_func
from flask.templating import DispatchingJinjaLoader, Environment
from jinja2 import BaseLoader
from jinja2 import Environment as BaseEnvironment
from werkzeug.utils import cached_property

from .async_views import run_async
from .cells import apart, running
from .kept import Kept
from .middleware import WsgiApp, WsgiLayers
from .routing import LiveMap, ViewTable, asked_methods
from .tables import MISSING, Claim, Ledger, LiveDict, LiveList, handler_table, list_table

Adopt = Callable[[Any, str, Any], Any]
"""Makes a live container of what Flask sets as an attribute: from owner, name and value."""


def live(container: Callable[[Ledger, tuple[Any, ...], Any], Any]) -> Adopt:
    """Adopt a plain container as a live one."""
    return lambda owner, name, value: container(owner._ledger, (name,), value)


def _adopt_url_map(app: Flask, _name: str, value: Any) -> Any:
    if isinstance(value, LiveMap):
        value.attach(app._ledger, app.view_functions)
    return value


def _adopt_config(app: Flask, name: str, value: Any) -> Any:
    if isinstance(value, LiveDict):
        value.attach(app._ledger, (name,))
    return value


HOOK_TABLES: dict[str, Adopt] = {
    "error_handler_spec": live(handler_table),
    "before_request_funcs": live(list_table),
    "after_request_funcs": live(list_table),
    "teardown_request_funcs": live(list_table),
    "template_context_processors": live(list_table),
    "url_value_preprocessors": live(list_table),
    "url_default_functions": live(list_table),
}
APP_TABLES: dict[str, Adopt] = HOOK_TABLES | {
    "view_functions": live(ViewTable),
    "teardown_appcontext_funcs": live(LiveList),
    "shell_context_processors": live(LiveList),
    "url_build_error_handlers": live(LiveList),
    "blueprints": live(LiveDict),
    "extensions": live(LiveDict),
    "url_map": _adopt_url_map,
    "config": _adopt_config,
}


class LiveConfig(LiveDict[Any, Any], Config):
    """Flask's configuration, whose keys know which cell set them."""

    def __init__(self, root_path: Any, defaults: Any = None) -> None:
        Config.__init__(self, root_path, None)
        dict.update(self, defaults or {})
        self._slots = {}
        self.attach(Ledger(self), ("config",))


class Attributes(LiveDict[str, Any]):
    """The public attributes of an object, as a table of claims.

    :param owner: held weakly; what readers find is the object's own ``__dict__``.
    """

    def __init__(self, ledger: Ledger, owner: Any) -> None:
        super().__init__(ledger, ("attributes",))
        self._owner = weakref.ref(owner)

    def claims_of(self, key: Any) -> tuple[Claim, ...]:
        """Give the claims on an attribute, with its plain value as nobody's."""
        if key in self._slots:
            return self._slots[key]
        return (Claim(vars(self._owner()).get(key, MISSING)),)

    def store(self, key: Any, value: Any) -> None:
        """Set or remove the attribute."""
        attributes = vars(self._owner())
        if value is MISSING:
            attributes.pop(key, None)
        else:
            attributes[key] = value


class Journalled:
    """What the live app and the live blueprint share: tables that know who wrote what."""

    _tables: dict[str, Adopt] = HOOK_TABLES
    _ledger: Ledger

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        """Make an object with a ledger, before any code of it runs."""
        new = super().__new__(cls)
        ledger = Ledger(new)
        new.__dict__.update(_ledger=ledger, _attributes=Attributes(ledger, new))
        return new

    def __setattr__(self, name: str, value: Any) -> None:
        adopt = self._tables.get(name)
        if adopt is not None:
            value = adopt(self, name, value)
        elif name[0] != "_" and running() is not None and _is_plain(type(self), name):
            self.__dict__["_attributes"].claim(name, value)
            return
        super().__setattr__(name, value)

    def _check_setup_finished(self, f_name: str) -> None:
        # In a running cell nothing is ever finished: the tables take any change.
        if running() is None:
            super()._check_setup_finished(f_name)  # type: ignore[misc]


def _is_plain(cls: type, name: str) -> bool:
    """Whether an attribute lives in the object's ``__dict__``, not behind a descriptor."""
    declared = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    return isinstance(declared, cached_property) or not hasattr(declared, "__set__")


class CellLoader(DispatchingJinjaLoader):
    """Flask's template loader, to which what cells declare comes before any folder."""

    def get_source(
        self, environment: BaseEnvironment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give a template's source, its file if it has one, and whether it is up to date."""
        templates = self.app.templates  # type: ignore[attr-defined]
        source = templates.get(template)
        if source is None:
            return super().get_source(environment, template)
        return source, None, lambda: templates.get(template) == source

    def list_templates(self) -> list[str]:
        """Give the names of all templates, of cells and in folders."""
        return sorted({*super().list_templates(), *self.app.templates})  # type: ignore[attr-defined]


class Flask(Journalled, PlainFlask, metaclass=Kept):
    """A :class:`flask.Flask` that cells can change at any time.

    What a cell declares on it belongs to the cell: a re-run replaces it, a
    failing run changes nothing, and a deleted cell takes it back. Outside a
    running cell it is Flask's own class in all it does.
    """

    config_class = LiveConfig
    url_map_class = LiveMap
    _tables = APP_TABLES
    wsgi_app: Any = WsgiApp(PlainFlask.wsgi_app)
    _innermost: Callable[..., Any]

    templates: LiveDict[str, str]
    """Templates kept in the app, by name; they come before those in folders."""
    static_files: LiveDict[str, bytes]
    """Static files kept in the app, by their path below the static URL."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an app whose templates, static files and middleware cells can change."""
        app = super().__new__(cls, *args, **kwargs)
        forget = _forgetting(app)
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

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request; what a view does is not the running cell's doing."""
        if running() is None and not self._layers:
            return self._innermost(self, environ, start_response)  # type: ignore[no-any-return]
        with apart():
            return self.wsgi_app(environ, start_response)  # type: ignore[no-any-return]

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
            _settle_rivals(self, name)

    def create_jinja_environment(self) -> Environment:
        """Make the Jinja environment, whose filters, tests and globals cells can change."""
        environment = super().create_jinja_environment()
        # A template that is compiled holds the results of filters on constants.
        forget = _forgetting(self)
        for name in ("filters", "tests", "globals"):
            table = LiveDict(self._ledger, ("jinja_env", name), getattr(environment, name), forget)
            setattr(environment, name, table)
        return environment

    def create_global_jinja_loader(self) -> BaseLoader:
        """Make the loader that looks into the app's own templates first."""
        return CellLoader(self)

    def send_static_file(self, filename: str) -> Any:
        """Send a static file, of a cell or from the folder."""
        content = self.static_files.get(filename)
        if content is None:
            return super().send_static_file(filename)
        return _content_response(self, filename, content)

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

    def _make_again(self, *args: Any, **kwargs: Any) -> None:
        """Take over other arguments: folders, paths and the static route."""
        if type(self).__init__ is not PlainFlask.__init__:
            return  # A subclass's arguments mean what it likes; %flask_reset applies them.
        with apart():
            model = PlainFlask(*args, **kwargs)
            for name in _ARGUMENT_ATTRIBUTES:
                object.__setattr__(self, name, getattr(model, name))
            for name in ("jinja_loader", "name"):
                self.__dict__.pop(name, None)
            self.url_map.host_matching = model.url_map.host_matching
            _replace_static_route(self, kwargs.get("static_host"))
        _forgetting(self)()


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


def _forgetting(app: Flask) -> Callable[[], None]:
    """Make a function that lets the app compile its templates anew."""
    itself = weakref.ref(app)

    def forget() -> None:
        environment = vars(itself() or object).get("jinja_env")
        if environment is not None and environment.cache is not None:
            environment.cache.clear()

    return forget


def _content_response(app: Flask, filename: str, content: bytes) -> Any:
    import io

    from flask import request, send_file
    from werkzeug.exceptions import NotFound
    from werkzeug.http import generate_etag

    if not isinstance(content, bytes):
        raise NotFound
    response = send_file(
        io.BytesIO(content),
        download_name=filename.rpartition("/")[2],
        max_age=app.get_send_file_max_age(filename),
        etag=generate_etag(content),
    )
    return response.make_conditional(request)


def _settle_rivals(app: Flask, endpoint: str) -> None:
    """Tell the user of other cells that claim the same; where cells have no id, replace theirs."""
    run = running()
    if run is None:
        return
    for rule in list(app.url_map.added):
        others = app.url_map.rivals(rule)
        namesakes = app.url_map.claims_of(endpoint)
        same_name = (r for r in namesakes if r.declared_view is not rule.declared_view)
        for other in [*others, *same_name]:
            cells = other.claim.owners - rule.claim.owners
            if not cells or other.claim.owners & rule.claim.owners:
                continue
            if all(cell.cell_id is None for cell in (*cells, run.cell)):
                _replace(app, other)
            else:
                run.notices[_conflict(rule, other, next(iter(cells)).label)] = None


def _replace(app: Flask, other: Any) -> None:
    app.url_map.drop(other, other.claim)
    if not app.url_map.claims_of(other.endpoint):
        for claim in app.view_functions.claims_of(other.endpoint):
            if claim.parties == other.claim.parties:
                app.view_functions.drop(other.endpoint, claim)


def _conflict(rule: Any, other: Any, label: str) -> str:
    where = f"the cell {label!r}" if label else "another cell"
    if rule.rule == other.rule and asked_methods(rule) & asked_methods(other):
        methods = ", ".join(sorted(asked_methods(rule) & asked_methods(other)))
        return f"{methods} {rule.rule} is also declared by {where}. This cell serves it now."
    return (
        f"Endpoint {rule.endpoint!r} is also declared by {where}, at {other.rule}. "
        "url_for() means this cell's view now; name one of them anew."
    )
