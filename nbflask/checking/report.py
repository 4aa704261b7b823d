"""Findings as text for people, and as data for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from nbflask.values.visible import make_line

from .finding import LEVELS, label_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.errors import NbflaskError

    from .finding import Finding

_WIDTH = 100


def write_text(name: str, findings: Sequence[Finding]) -> str:
    """Write findings as paragraphs, and what they come to.

    :param name: What the notebook is called.
    """
    return "\n\n".join([*map(_write_paragraph, findings), _conclude(name, findings)]) + "\n"


def write_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Give findings as JSON has them; each object has all keys."""
    return [
        {
            "kind": each.kind,
            "level": each.level,
            "cell": each.cell.number if each.cell else None,
            "cell_id": each.cell.id if each.cell else None,
            "line": each.line or None,
            "text": each.text,
            "remedy": each.remedy,
        }
        for each in findings
    ]


def write_fault(kind: str, fault: NbflaskError) -> dict[str, Any]:
    """Give what kept the notebook from being looked at, as one more of the findings."""
    return {
        **dict.fromkeys(("cell", "cell_id", "line")),
        "kind": kind,
        "level": "error",
        "text": make_line(str(fault)),
        "remedy": "Mend this, and check again.",
    }


def _write_paragraph(finding: Finding) -> str:
    place = "the notebook"
    if finding.cell:
        place = f"{label_of(finding.cell)}, line {finding.line}"
    lines = [f"{finding.level}: {place} [{finding.kind}]"]
    for text in (finding.text, finding.remedy):
        lines += textwrap.wrap(
            make_line(text),
            _WIDTH,
            initial_indent="    ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _conclude(name: str, findings: Sequence[Finding]) -> str:
    counts = Counter(each.level for each in findings)
    words = [_count(counts[level], level) for level in LEVELS if counts[level]]
    found = ", ".join(words) or "nothing found"
    verdict = "it cannot be shipped as it is" if counts["error"] else "it can be shipped"
    return f"{name}: {found}; {verdict}."


def _count(number: int, level: str) -> str:
    return f"{number} {level}" if number == 1 or level == "info" else f"{number} {level}s"
