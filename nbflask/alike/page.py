"""How parity is shown: what differs and what was skipped, the same on every run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.comparison_page import render_compared
from nbflask.values.visible import make_line

if TYPE_CHECKING:
    from nbflask.exchanges.differences import Row

    from .report import Parity

_TEMPLATE = Path(__file__).parent / "templates" / "parity.html"


def render_text(parity: Parity) -> str:
    """Write the differences, one a line, below the request that they are about."""
    lines = [say_head(parity)]
    for each in parity.outcomes:
        request = make_line(f"{each.id}: {each.method} {each.target}")
        if each.differs:
            lines += ["", f"{request}{f' ({each.note})' if each.note else ''}"]
            lines += [f"  {_write_row(row)}" for row in each.rows]
        elif each.skipped:
            lines += ["", f"{request} was skipped. {each.skipped}"]
    return "\n".join(lines)


def render_html(parity: Parity) -> str:
    """Write them as a table that brings its own style."""
    shown = [each for each in parity.outcomes if each.differs or each.skipped]
    return render_compared(_TEMPLATE, head=say_head(parity), outcomes=shown)


def write_findings(parity: Parity) -> list[dict[str, Any]]:
    """Give what differs as ``nbflask check --json`` gives its findings: an object a request."""
    return [
        {
            "kind": "answers-differ",
            "level": "error",
            "cell": None,
            "cell_id": None,
            "line": None,
            "text": make_line(
                f"Request {each.id}, {each.method} {each.target}, is answered otherwise: "
                f"{_write_row(each.rows[0])}"
            ),
            "remedy": "Look for what the exported app lacks, or does not do in the same order.",
        }
        for each in parity.differences
    ]


def say_head(parity: Parity) -> str:
    """Say in a sentence or two what came of it."""
    skipped = len(parity.skipped)
    asked = len(parity.outcomes) - skipped
    differ = len(parity.differences)
    requests = f"{asked} request{'' if asked == 1 else 's'}"
    if differ:
        text = f"Of {requests}, {differ} {'is' if differ == 1 else 'are'} answered otherwise."
    else:
        text = f"{requests[0].upper()}{requests[1:]}, all answered alike."
    return f"{text} {skipped} skipped." if skipped else text


def _write_row(row: Row) -> str:
    return make_line(f"{row.path}: {row.left or 'nothing'} -> {row.right or 'nothing'}")
