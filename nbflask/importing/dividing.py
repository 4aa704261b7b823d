"""A module's text as chunks: each declares one thing, or is a paragraph of statements.

Rule 1: no line is lost. What stands above a statement is its chunk's, what stands at the end is the
last one's.

Rule 2: a comment that names a section becomes the heading of what follows.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .sources import SourceModule

Kind = Literal["docstring", "import", "define", "app", "main", "plain"]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAKERS = ("Flask", "Blueprint")
# "# ----", "####" and the like.
_RULE = re.compile(r"#[\s#*=~_.+-]*")
_TITLE = re.compile(r"#+[\s*=~_+-]*(?P<title>[^\W\d_][^:]*?)[\s*=~_+#-]*")
_FRAMED = re.compile(r"#+\s*[*=~_+-]{2,}.*|.*[*=~_+#-]{3,}\s*|##+ .*")
_MAX_TITLE_CHARS = 60


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some lines of a module.

    :param is_apart: An empty line stands above it.
    :param heading: Of the section that begins with it; ``""`` for none.
    """

    text: str
    nodes: tuple[ast.stmt, ...]
    kind: Kind
    is_apart: bool = True
    heading: str = ""


def divide(module: SourceModule) -> tuple[Chunk, ...]:
    """Divide a module into chunks. One of comments alone is one chunk."""
    lines = module.text.split("\n")
    chunks: list[Chunk] = []
    end = 0
    for nodes in _share_lines(module.tree.body):
        begin = min(map(first_line, nodes)) - 1
        if chunks:
            below = _count_own(lines[end:begin])
            chunks[-1] = _add_below(chunks[-1], lines[end : end + below])
            end += below
        heading, comments, is_apart = _read_comments(lines[end:begin])
        end = max(each.end_lineno or 0 for each in nodes)
        text = "\n".join([*comments, *lines[begin:end]])
        kind: Kind = "docstring" if not chunks and _is_text(nodes[0]) else kind_of(nodes)
        chunks.append(
            Chunk(text=text, nodes=tuple(nodes), kind=kind, is_apart=is_apart, heading=heading)
        )
    if chunks:
        chunks[-1] = _add_below(chunks[-1], lines[end:])
    elif rest := "\n".join(_strip(lines)):
        chunks.append(Chunk(text=rest, nodes=(), kind="plain"))
    return tuple(chunks)


def _count_own(lines: Sequence[str]) -> int:
    """Count the lines between two statements that are the upper one's.

    They are those that end with an indented comment, or else what stands right below it and apart
    from the lower one.
    """
    indented = [at for at, line in enumerate(lines) if line.strip() and line[0].isspace()]
    if indented:
        return indented[-1] + 1
    empty = next((at for at, line in enumerate(lines) if not line.strip()), 0)
    return 0 if _find_title(lines[:empty], stands_apart=False) else empty


def _add_below(chunk: Chunk, lines: Sequence[str]) -> Chunk:
    below = "\n".join(lines).rstrip()
    return replace(chunk, text=f"{chunk.text}\n{below}") if below.strip() else chunk


def kind_of(nodes: Sequence[ast.stmt]) -> Kind:
    """Say what statements that share lines are."""
    if all(map(_imports, nodes)):
        return "import"
    node = nodes[0]
    if len(nodes) > 1:
        return "plain"
    if isinstance(node, _DEFINITIONS):
        return "define"
    if isinstance(node, ast.If) and is_main(node.test):
        return "main"
    value = getattr(node, "value", None)
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call):
        return "app" if ast.unparse(value.func).rpartition(".")[2] in _MAKERS else "plain"
    return "plain"


def is_main(test: ast.expr) -> bool:
    """Say whether a condition asks for the module being run as a script."""
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def first_line(node: ast.stmt) -> int:
    """Give the number of a statement's first line, that of its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _share_lines(body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
    groups: list[list[ast.stmt]] = []
    end = 0
    for node in body:
        if groups and first_line(node) <= end:
            groups[-1].append(node)
        else:
            groups.append([node])
        end = max(end, node.end_lineno or 0)
    return groups


def _imports(node: ast.stmt) -> bool:
    """Say whether a statement does nothing but import, if need be something else in its place."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.Try):
        inner = [*node.body, *node.orelse, *node.finalbody]
        return any(map(_imports, node.body)) and all(
            _imports(each) or isinstance(each, (ast.Assign, ast.Pass))
            for each in [*inner, *(part for handler in node.handlers for part in handler.body)]
        )
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _read_comments(lines: Sequence[str]) -> tuple[str, list[str], bool]:
    """Divide what stands above a statement into the section's heading and the rest."""
    is_apart = not all(line.strip() for line in lines)
    kept = _strip(lines)
    above = next((at for at, line in enumerate(kept) if not line.strip()), len(kept))
    stands_apart = above < len(kept) or (bool(lines) and not lines[-1].strip())
    heading = _find_title(kept[:above], stands_apart=stands_apart)
    return heading, _strip(kept[above:]) if heading else kept, is_apart or bool(heading)


def _find_title(lines: Sequence[str], *, stands_apart: bool) -> str:
    """Give the title that a paragraph of comments is; ``""`` if it is something else."""
    words = [line.strip() for line in lines if not _RULE.fullmatch(line.strip())]
    if len(words) != 1:
        return ""
    found = _TITLE.fullmatch(words[0])
    is_framed = len(lines) > 1 or bool(_FRAMED.fullmatch(words[0]))
    if found is None or not (is_framed or stands_apart) or words[0].startswith("#!"):
        return ""
    title = found["title"].strip()
    ends_well = title[-1:].isalnum() or title.endswith(")")
    return title if ends_well and len(title) <= _MAX_TITLE_CHARS else ""


def _strip(lines: Sequence[str]) -> list[str]:
    """Leave out empty lines at both ends."""
    kept = list(lines)
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
