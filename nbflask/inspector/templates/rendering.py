"""Rendering a template once more, within the app, without a request.

The app's own Jinja environment does it, with its filters, tests, globals and extensions; context
processors run, hooks do not. No signal is sent, so nothing is recorded; the session that
a template may read is opened and never saved.
"""

from __future__ import annotations

import sys
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jinja2.utils import missing as no_object

from nbflask.app.cells import apart

from .deadline import deadline
from .faults import Fault, build_fault, template_of
from .sentences import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask
    from jinja2 import Environment, Template, Undefined

    from .faults import Text
    from .occasions import Occasion


@dataclass(frozen=True, kw_only=True)
class RenderBounds:
    """What one rendering may take.

    :param max_chars: Of the result; what comes after is left out.
    """

    timeout_s: float = 5.0
    max_chars: int = 512 * 1024


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A value that a template printed or asked for, and that was not there.

    :param text: In Jinja's words.
    """

    name: str
    template: str
    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What came of it.

    :param text: As far as it came before a fault or a bound.
    :param occasion: What the test request was like: an exchange's id, or ``None`` for ``GET /``.
    """

    name: str
    text: str = field(repr=False)
    is_truncated: bool = False
    missing: tuple[Missing, ...] = ()
    fault: Fault | None = None
    occasion: int | None = None

    def __str__(self) -> str:
        """Give the text."""
        return self.text

    def __repr__(self) -> str:
        """Count the characters; the text may hold a secret."""
        size = f"{len(self.text)} characters{' and more' if self.is_truncated else ''}"
        names = ", ".join(dict.fromkeys(each.name for each in self.missing))
        undefined = f", undefined: {names}" if names else ""
        return f"<Rendering of {self.name!r}: {size}{undefined}>"


@dataclass
class _Result:
    """A rendering while it is under way."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    is_truncated: bool = False
    missing: dict[Missing, None] = field(default_factory=dict)
    fault: Fault | None = None

    def note(self, undefined: Undefined) -> None:
        """Note that a value is missed, and where."""
        frame = sys._getframe(2)
        while frame is not None and template_of(frame.f_globals) is None:
            frame = frame.f_back  # type: ignore[assignment]
        template = template_of(frame.f_globals) if frame is not None else None
        if template is None:
            return
        name = str(undefined._undefined_name)
        if undefined._undefined_obj is not no_object:
            name = f".{name}"
        where = Missing(
            name=name,
            template=template.name or "",
            line=template.get_corresponding_lineno(frame.f_lineno),
            text=str(undefined._undefined_message),
        )
        self.missing[where] = None


def render(
    app: Flask,
    name: str,
    values: Mapping[str, Any],
    occasion: Occasion,
    *,
    removed: tuple[str, ...] = (),
    find: Callable[[str], Text | None],
    bounds: RenderBounds | None = None,
) -> Rendering:
    """Render a template of an app; a fault of the template is part of what comes of it.

    :param values: What the view would have given.
    :param removed: Names to leave out, whoever gives them.
    :param find: Gives a template's source, to show faults in it.
    """
    result = _Result()
    bounds = bounds or RenderBounds()
    # An overlay compiles anew, so what is on disk now is shown, and the app's own cache is left.
    environment: Environment = app.jinja_env.overlay(
        undefined=noting(app.jinja_env.undefined, result.note), enable_async=False
    )

    def run() -> None:
        with apart(), occasion.relive(app) as give_context, deadline(bounds.timeout_s):
            template = environment.get_template(name)
            context = dict(values)
            give_context(context)
            kept = {name: value for name, value in context.items() if name not in removed}
            _write(template, kept, bounds, result)

    try:
        # A context of its own: nothing that is pushed within is there afterwards.
        copy_context().run(run)
    except (Exception, Stopped) as error:  # noqa: BLE001 - any fault is to be shown.
        result.fault = build_fault(error, environment, find)
    return Rendering(
        name=name,
        text="".join(result.parts),
        is_truncated=result.is_truncated,
        missing=tuple(result.missing),
        fault=result.fault,
        occasion=occasion.exchange_id,
    )


def _write(
    template: Template, values: dict[str, Any], bounds: RenderBounds, result: _Result
) -> None:
    # Not template.generate(), which rewrites tracebacks so that they name no template.
    for part in template.root_render_func(template.new_context(values)):
        room = bounds.max_chars - result.size
        result.parts.append(part[:room])
        result.size += len(part)
        if result.size > bounds.max_chars:
            result.is_truncated = True
            return


def noting(base: type[Undefined], note: Callable[[Undefined], None]) -> type[Undefined]:
    """Make a kind of undefined value that does as another one, and says when it is missed.

    To ask whether it ``is defined``, or for its ``default``, is not to miss it.
    """

    class Noting(base):  # type: ignore[valid-type, misc]
        __slots__ = ()

        def __str__(self) -> str:
            note(self)
            return str(super().__str__())

        def __iter__(self) -> Iterator[Any]:
            note(self)
            return super().__iter__()  # type: ignore[no-any-return]

        def __bool__(self) -> bool:
            note(self)
            return super().__bool__()  # type: ignore[no-any-return]

        def __len__(self) -> int:
            note(self)
            return super().__len__()  # type: ignore[no-any-return]

    return Noting
