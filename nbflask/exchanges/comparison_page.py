"""How a comparison is shown: the differences alone, the same on every run.

Timing, dates and what is the same are left out: a notebook's stored output holds none of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from nbflask.values.visible import make_line, make_visible

from .differences import Change

if TYPE_CHECKING:
    from .comparison import Comparison
    from .differences import Row

_FILES = Path(__file__).parent / "templates"
_MARKS = {Change.CHANGED: " ", Change.ADDED: "+", Change.REMOVED: "-"}


def render_text(comparison: Comparison) -> str:
    """Write the differences, one a line, below what they are about."""
    lines = [_head(comparison)]
    for part in comparison.parts:
        if part.differences:
            lines += ["", part.name, *(_write_row(row) for row in part.differences)]
    return "\n".join(lines)


def render_html(comparison: Comparison) -> str:
    """Write the differences as a table that brings its own style."""
    return render_compared(
        _FILES / "comparison.html",
        head=_head(comparison),
        parts=comparison.parts,
        ids=comparison.ids,
    )


def render_compared(template: Path, **values: Any) -> str:
    """Render a template of things side by side, in the style of all that are compared.

    :param template: What is in the file beside it that ends in ``.css`` adds to that style.
    """
    own = template.with_suffix(".css")
    files = dict.fromkeys((_FILES / "comparison.css", *([own] if own.is_file() else [])))
    css = "".join(each.read_text(encoding="utf-8") for each in files)
    page = _open_templates(template.parent).get_template(template.name)
    return page.render(**values, css=css)


@cache
def _open_templates(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["visible"] = make_visible
    return environment


def _head(comparison: Comparison) -> str:
    left, right = comparison.ids
    count = sum(len(part.differences) for part in comparison.parts)
    if not count:
        return f"Exchanges {left} and {right} are the same."
    return f"Exchanges {left} and {right} differ in {count} place{'s' if count > 1 else ''}."


def _write_row(row: Row) -> str:
    match row.change:
        case Change.ADDED:
            text = row.right
        case Change.REMOVED:
            text = row.left
        case _:
            text = f"{row.left} -> {row.right}"
    return make_line(f"{_MARKS.get(row.change, ' ')} {row.path}: {text}")
