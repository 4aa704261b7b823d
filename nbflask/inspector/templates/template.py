"""One template of an app: what is known of it, and how it renders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nbflask.errors import RenderError

from .faults import build_fault
from .marks import build_marks
from .occasions import split_context
from .reading import escapes
from .rendering import render

if TYPE_CHECKING:
    from .family import BlockRelation, Relative
    from .faults import Fault
    from .looking import Templates
    from .marks import Mark
    from .origins import Found, Origin
    from .reading import Macro, Reading
    from .rendering import RenderBounds, Rendering
    from .visits import Visits


class Template:
    """One template of an app, as it was when it was looked up."""

    def __init__(self, templates: Templates, name: str, found: Found) -> None:
        """Keep what was found of it."""
        self._templates, self._found = templates, found
        self.name = name
        self._text = templates.read(name, found)

    @property
    def source(self) -> str:
        """The text."""
        return self._found.source

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        return self._found.origin

    @property
    def shadowed(self) -> tuple[Origin, ...]:
        """Where else one of this name is, that is never used."""
        return self._found.shadowed

    @property
    def reading(self) -> Reading:
        """What it says of itself."""
        return self._text.reading

    @property
    def parents(self) -> tuple[Relative, ...]:
        """What it extends, includes and imports, and what these do in turn."""
        return self._templates.family.parents(self.name)

    @property
    def children(self) -> tuple[Relative, ...]:
        """What extends, includes or imports it, and those that do so to these."""
        return self._templates.family.children(self.name)

    @property
    def blocks(self) -> tuple[BlockRelation, ...]:
        """Its blocks, and where else each is filled."""
        return self._templates.family.blocks(self.name)

    @property
    def macros(self) -> tuple[Macro, ...]:
        """Its macros."""
        return self.reading.macros

    @property
    def variables(self) -> tuple[str, ...]:
        """What it wants to be given, besides what every template is."""
        return self.reading.variables

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where a visitor's text may become markup."""
        return build_marks(
            self.name,
            self.reading.unescaped,
            is_escaping=escapes(self._templates.app.jinja_env, self.name),
            origins=self._templates.records.origins_of(self.lender),
        )

    @property
    def fault(self) -> Fault | None:
        """Why Jinja cannot read it; ``None`` if it can."""
        error = self.reading.error
        environment = self._templates.app.jinja_env
        return None if error is None else build_fault(error, environment, self._templates.text)

    @property
    def visits(self) -> Visits:
        """The recorded requests that rendered it."""
        return self._templates.records.visits_of(self.name)

    @property
    def lender(self) -> str:
        """The template whose last context this one has.

        Flask tells of whole pages only, so for a part of one it is the page.
        """
        return self._templates.lender_of(self.name)

    @property
    def last_context(self) -> Context | None:
        """What it was given in the last recorded request; ``None`` if there is none."""
        live = self._templates.records.context_of(self.lender)
        return None if live is None else Context(live)

    def render(self, **changes: Any) -> Rendering:
        """Render it with what it was given last, and these changes.

        No request is recorded and no session changed. Hooks do not run, context processors do.

        :raises RenderError: The template has a fault, or takes too long.
        """
        rendering = self.try_render(changes)
        if rendering.fault is not None:
            raise RenderError(rendering.fault)
        return rendering

    def try_render(
        self,
        changes: Mapping[str, Any],
        removed: tuple[str, ...] = (),
        *,
        bounds: RenderBounds | None = None,
    ) -> Rendering:
        """Render it; a fault is part of what comes of it.

        :param removed: Names to leave out of what it was given.
        """
        records = self._templates.records
        own, _ = split_context(records.context_of(self.lender) or {})
        return render(
            self._templates.app,
            self.name,
            {**own, **changes},
            records.occasion_of(self.lender),
            removed=removed,
            find=self._templates.text,
            bounds=bounds,
        )

    def __repr__(self) -> str:
        """Name it and where it comes from."""
        return f"<Template {self.name!r} from {self.origin.label}>"


class Context(Mapping[str, Any]):
    """What a template was given: live objects, by name.

    It shows names and types, as a value may be a secret.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Keep the values."""
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        """Give a value."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count them."""
        return len(self._values)

    def __repr__(self) -> str:
        """Name names and types."""
        parts = (f"{name}: {type(value).__name__}" for name, value in self._values.items())
        return f"<Context {', '.join(parts)}>"
