"""Live blueprints: what a cell declares on one reaches every app that it is registered on.

A registration is a party of its own: what it brought into the app rests on it,
on the cell that registered the blueprint, and on the cell that declared the
view or hook. When one of them is withdrawn, so is that part, and no other.
"""

from __future__ import annotations

import weakref
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint as PlainBlueprint

from .cells import Party, apart, is_superseded, parties, resting_on
from .journalled import HOOK_TABLES, Journalled, live
from .kept import Kept
from .routing import ViewTable
from .tables import Claim, LiveDict, LiveList, Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .journalled import Adopt


@dataclass(eq=False, kw_only=True)
class Registration(Party):
    """A blueprint's being on an app under a name.

    :param app: a weak reference to the app.
    :param rests_on: who registered it; empty if no cell did.
    """

    app: Any
    options: dict[str, Any]
    name: str
    is_first: bool
    rests_on: tuple[Party, ...] = ()


class Blueprint(Journalled, PlainBlueprint, metaclass=Kept):
    """A :class:`flask.Blueprint` that cells can change also after it was registered."""

    _tables: dict[str, Adopt] = HOOK_TABLES | {
        "view_functions": live(ViewTable),
        "deferred_functions": live(LiveList),
        "_blueprints": live(LiveList),
    }
    _registrations: LiveList[Registration]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a blueprint that remembers where it is registered."""
        blueprint = super().__new__(cls, *args, **kwargs)
        ledger = blueprint._ledger
        blueprint.__dict__["_registrations"] = LiveList(
            ledger, ("registrations",), name_of=lambda registration: registration.name
        )
        itself = weakref.ref(blueprint)
        ledger.on_write = lambda path, value: itself()._pass_on(path, value)  # type: ignore[union-attr]
        return blueprint

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Put the blueprint on an app, as Flask does, and remember that it is there."""
        name = f"{options.get('name_prefix', '')}.{options.get('name', self.name)}".lstrip(".")
        registration = Registration(
            app=weakref.ref(app),
            options=options,
            name=name,
            is_first=not any(blueprint is self for blueprint in app.blueprints.values()),
            rests_on=parties(),
        )
        with _change_of(app), resting_on(registration):
            super().register(app, options)
        self._registrations.append(registration)

    def record(self, func: Callable[[Any], None]) -> None:
        """Enter a function that is called at each registration, those made before included."""
        self._check_setup_finished("record")
        self.deferred_functions.append(Deferred(func, parties()))

    def register_blueprint(self, blueprint: Any, **options: Any) -> None:
        """Nest a blueprint, as Flask does, wherever this one is registered or will be."""
        nested: Any = Nested(self, blueprint, parties())
        super().register_blueprint(nested, **options)

    def _merge_blueprint_funcs(self, app: Any, name: str) -> None:
        for path, claim in self._declared():
            if is_superseded(claim.parties):
                continue
            with resting_on(*claim.parties):
                _declare_on(app, name, path, claim.value)

    def _declared(self) -> Iterator[tuple[tuple[Any, ...], Claim]]:
        """Give all that stands in the blueprint's own tables, each with its path."""
        for name in ("view_functions", *HOOK_TABLES):
            yield from _claims_in(getattr(self, name))

    def _pass_on(self, path: tuple[Any, ...], value: Any) -> None:
        """Declare on the apps what a cell has just declared on the registered blueprint."""
        for registration in list(self._registrations):
            app = registration.app()
            if app is None or path[0] in {"registrations", "attributes"}:
                continue
            with _change_of(app), resting_on(registration, *registration.rests_on):
                if path[0] == "deferred_functions":
                    state = self.make_setup_state(app, registration.options, registration.is_first)
                    value(state)
                elif path[0] == "_blueprints":
                    child, options = value
                    child.register(app, _nested_options(self, registration, child, options))
                else:
                    _declare_on(app, registration.name, path, value)

    @staticmethod
    def _kept_by(name: str = "", *_args: Any, **_kwargs: Any) -> Any:
        return f"blueprint {name}"

    def _kept_notice(self) -> str:
        return (
            f"The blueprint {self.name!r} is the same object as before, "
            "with what other cells declared on it."
        )

    def _own_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give a subclass's own attributes as in a new object.

        An extension's blueprint counts and documents its views there: those of the former
        run would stand beside the new ones.
        """
        if type(self).__init__ is PlainBlueprint.__init__:
            return {}
        with apart():
            model = type.__call__(type(self), *args, **kwargs)
        known = vars(Blueprint("plain", __name__)).keys() | vars(self)["_attributes"]._slots.keys()
        return {name: value for name, value in vars(model).items() if name not in known}

    def _take_arguments(self, *args: Any, **kwargs: Any) -> None:
        model = PlainBlueprint(*args, **kwargs)
        with apart():
            for name in _ARGUMENT_ATTRIBUTES:
                setattr(self, name, getattr(model, name))

    def _apply_arguments(self) -> None:
        """Register anew where the blueprint is registered."""
        for registration in list(self._registrations):
            app = registration.app()
            if app is not None:
                with _change_of(app):
                    registration.withdraw()
                    self._registrations.remove(registration)
                    with resting_on(*registration.rests_on):
                        self.register(app, registration.options)


_ARGUMENT_ATTRIBUTES = (
    "import_name",
    "_static_folder",
    "_static_url_path",
    "template_folder",
    "root_path",
    "url_prefix",
    "subdomain",
    "url_values_defaults",
    "cli_group",
)


class Deferred:
    """A function of a blueprint that belongs to the cell that declared it."""

    def __init__(self, func: Callable[[Any], None], declared_by: tuple[Party, ...]) -> None:
        self.func = func
        self.declared_by = declared_by

    def __call__(self, state: Any) -> None:
        """Declare on the app, in the name of the declaring cell as well."""
        if is_superseded(self.declared_by):
            return
        with resting_on(*self.declared_by):
            self.func(state)


class Nested:
    """A blueprint within another, as the cell that put it there has declared."""

    def __init__(self, parent: Blueprint, child: Any, declared_by: tuple[Party, ...]) -> None:
        if child is parent:
            raise ValueError("Cannot register a blueprint on itself")
        self.child = child
        self.declared_by = declared_by

    def __getattr__(self, name: str) -> Any:
        return getattr(self.child, name)

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Register the inner blueprint, in the name of the declaring cell as well."""
        if is_superseded(self.declared_by):
            return
        with resting_on(*self.declared_by):
            self.child.register(app, options)


def _change_of(app: Any) -> Any:
    """Let requests to an app see what is done here as one change."""
    return getattr(app, "_ledger", None) or nullcontext()


def _claims_in(table: Any) -> Iterator[tuple[tuple[Any, ...], Claim]]:
    if isinstance(table, LiveList):
        for claim in table.claims_of():
            yield table.path, claim
    elif isinstance(table, LiveDict):
        for key, value in list(table.items()):
            if isinstance(value, Slots):
                yield from _claims_in(value)
            else:
                yield (*table.path, key), table.claims_of(key)[-1]


def _declare_on(app: Any, name: str, path: tuple[Any, ...], value: Any) -> None:
    """Declare on an app what stands at a path in the tables of a blueprint of that name."""
    table = getattr(app, path[0])
    if path[0] == "view_functions":
        table[path[1]] = value
        return
    scope = name if path[1] is None else f"{name}.{path[1]}"
    if path[0] == "error_handler_spec":
        table[scope][path[2]][path[3]] = value
    else:
        table[scope].append(value)


def _nested_options(
    parent: Blueprint, registration: Registration, child: Any, options: dict[str, Any]
) -> dict[str, Any]:
    """Combine a nested blueprint's options with its parent's, as Flask's ``register`` does."""
    state = parent.make_setup_state(registration.app(), registration.options)
    subdomains = [options.get("subdomain") or child.subdomain, state.subdomain]
    prefixes = [state.url_prefix, options.get("url_prefix") or child.url_prefix]
    combined = dict(options, name_prefix=registration.name)
    if any(part is not None for part in subdomains):
        combined["subdomain"] = ".".join(part for part in subdomains if part is not None)
    given = [part for part in prefixes if part is not None]
    if given:
        tail = [part.lstrip("/") for part in given[1:]]
        combined["url_prefix"] = "/".join([given[0].rstrip("/") if tail else given[0], *tail])
    return combined
