"""What an app declares, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .routing import asked_methods

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A route of an app.

    :param methods: those it was declared for, sorted, without automatic HEAD and OPTIONS.
    :param view: ``None`` if no view is known under the endpoint.
    :param cell: the label of the cell that declared it; empty if none did.
    :param is_covered: another route is for the same, and its view answers.
    """

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    view: Callable[..., Any] | None
    cell: str
    is_covered: bool


def declarations(app: Any) -> tuple[Declaration, ...]:
    """Give the routes of an app, by rule; any :class:`flask.Flask` will do."""
    found = (_declaration(app, rule) for rule in app.url_map.iter_rules())
    return tuple(sorted(found, key=lambda d: (d.rule, d.methods)))


def _declaration(app: Any, rule: Any) -> Declaration:
    claim = getattr(rule, "claim", None)
    labels = [cell.label for cell in claim.owners] if claim is not None else []
    return Declaration(
        rule=rule.rule,
        methods=tuple(sorted(asked_methods(rule))),
        endpoint=rule.endpoint,
        view=getattr(rule, "pinned", None) or app.view_functions.get(rule.endpoint),
        cell=", ".join(sorted(label for label in labels if label)),
        is_covered=claim is not None and app.url_map.is_covered(rule),
    )
