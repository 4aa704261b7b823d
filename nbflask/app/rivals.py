"""Cells that claim the same: the later one serves, and the user is told."""

from __future__ import annotations

from typing import Any

from .cells import running
from .routing import asked_methods


def settle_rivals(app: Any, endpoint: str) -> None:
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
            is_nameless = all(cell.cell_id is None for cell in (*cells, run.cell))
            if is_nameless:
                _replace(app, other)
            notice = _conflict(rule, other, next(iter(cells)).label, is_gone=is_nameless)
            run.notices[notice] = None


def _replace(app: Any, other: Any) -> None:
    app.url_map.drop(other, other.claim)
    parties = other.claim.parties
    if any(rule.claim.parties == parties for rule in app.url_map.claims_of(other.endpoint)):
        return
    for claim in app.view_functions.claims_of(other.endpoint):
        if claim.parties == parties:
            app.view_functions.drop(other.endpoint, claim)


def _conflict(rule: Any, other: Any, label: str, *, is_gone: bool) -> str:
    # Where cells have no id the words are the same if what is served is: a notebook that was
    # saved in JupyterLab is compared with its run elsewhere.
    where = f"the cell {label!r}" if label else "another cell"
    if rule.rule == other.rule and asked_methods(rule) & asked_methods(other):
        methods = ", ".join(sorted(asked_methods(rule) & asked_methods(other)))
        return f"{methods} {rule.rule} is also declared by {where}. This cell serves it now."
    if is_gone:
        return f"Endpoint {rule.endpoint!r} of {where} moved from {other.rule} to {rule.rule}."
    return (
        f"Endpoint {rule.endpoint!r} is also declared by {where}, at {other.rule}. "
        "url_for() means this cell's view now; name one of them anew."
    )
