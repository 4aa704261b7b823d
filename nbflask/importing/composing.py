"""A project becomes a notebook: modules' chunks and files as cells, in an order that runs.

A module by itself becomes plain cells. The modules of a package, and those that a module imports,
stay modules: ``%%module`` cells. Flattened into one namespace, their names would clash.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from IPython.core.inputtransformer2 import TransformerManager

from nbflask.errors import ProjectError

from .apps import find_package_entry, find_script_entry
from .dividing import divide
from .document import ImportedNotebook, NewCell
from .files import collect_files
from .leaving import describe_left
from .ordering import Ordering
from .sources import open_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from nbflask.values.module_path import ModulePath

    from .apps import Entry
    from .dividing import Chunk
    from .files import KeptFile
    from .ordering import Located
    from .sources import SourceTree

# "=====" below a title in reStructuredText.
_UNDERLINE = re.compile(r"[=~\-*#^\"]{3,}")
_UNSAID = re.compile(r"#!.*|#.*coding[:=].*")


def import_project(path: Path) -> ImportedNotebook:
    """Read a Flask module or package as a notebook. Nothing of it is run.

    :param path: A ``.py`` file, or a package's folder.
    :raises ProjectError: It is not there, is not Python, or makes no app; names file and line.
    """
    tree = open_tree(path)
    ordering = Ordering(tree=tree)
    ordering.visit(tree.entry)
    ordering.finish()
    is_plain = tree.is_script and all(map(_is_plain, _own(ordering.order, tree.entry)))
    entry = _find_entry(ordering, is_plain=is_plain)
    files = collect_files(ordering, entry.root)
    composer = _Composer(tree=tree, plain=tree.entry if is_plain else None)
    composer.has_modules = any(each.path != composer.plain for each in ordering.order)
    composer.compose(ordering.order)
    nodes = [node for each in ordering.order for node in each.chunk.nodes]
    return ImportedNotebook(
        cells=(
            *_introduce(tree, is_plain=is_plain),
            *composer.cells,
            *_write_entry(entry, has_heading=composer.has_modules),
            *_write_files(files.kept),
            _markdown("## Run"),
            _code("%flask_run"),
        ),
        files=files.beside,
        folders=files.folders,
        notes=(*files.notes, *describe_left(tree.root, nodes)),
    )


def _find_entry(ordering: Ordering, *, is_plain: bool) -> Entry:
    tree = ordering.tree
    if not is_plain:
        return find_package_entry(ordering, tree.entry)
    entry = find_script_entry(ordering.order, tree.entry)
    if entry is None:
        raise ProjectError(
            f"{tree.root / str(tree.entry)}:1: the module makes no Flask app: it has neither "
            "`app = Flask(__name__)` nor a function without parameters that returns one."
        )
    return entry


def _own(order: Iterable[Located], path: ModulePath) -> Iterator[Chunk]:
    return (each.chunk for each in order if each.path == path)


def _is_plain(chunk: Chunk) -> bool:
    """Say whether IPython takes a text for the Python that it is."""
    text = f"{chunk.text}\n"
    return TransformerManager().transform_cell(text) == text


@dataclass
class _Composer:
    """Makes cells of chunks.

    :param plain: The module whose chunks are plain cells; ``None`` for none.
    :param former: The module and the chunk of the last cell.
    """

    tree: SourceTree
    plain: ModulePath | None
    has_modules: bool = False
    cells: list[NewCell] = field(default_factory=list)
    former: tuple[ModulePath, Chunk] | None = None

    def compose(self, order: Sequence[Located]) -> None:
        """Make the cells of all chunks."""
        for located in order:
            self._begin(located)
            if located.path == self.plain:
                self._add_plain(located)
            else:
                self._add(located, located.chunk.text)

    def _begin(self, located: Located) -> None:
        """Say where a module or a section begins."""
        if self.has_modules and (self.former is None or self.former[0] != located.path):
            title = "The app" if located.path == self.plain else f"`{located.path}`"
            self.cells.append(_markdown(f"## {title}"))
        if located.chunk.heading:
            level = "###" if self.has_modules else "##"
            self.cells.append(_markdown(f"{level} {located.chunk.heading}"))

    def _add(self, located: Located, text: str) -> None:
        head = "" if located.path == self.plain else f"%%module {located.path}\n"
        if self._continues(located):
            gap = "\n\n" if located.chunk.is_apart else "\n"
            self.cells[-1] = _code(f"{self.cells[-1].source}{gap}{text}")
        else:
            self.cells.append(_code(f"{head}{text}"))
        self.former = located.path, located.chunk

    def _continues(self, located: Located) -> bool:
        """Say whether a chunk stands in one cell with the one above."""
        chunk = located.chunk
        if self.former is None or self.former[0] != located.path or chunk.heading:
            return False
        above = self.former[1]
        if chunk.kind == "import":
            return above.kind in ("import", "docstring")
        return chunk.kind == above.kind == "plain" and not chunk.is_apart

    def _add_plain(self, located: Located) -> None:
        chunk = located.chunk
        if chunk.kind == "docstring":
            self._add_docstring(located)
        elif chunk.kind == "main":
            self._add_main(located)
        else:
            if _uses(chunk, "__file__") and not self._has_file():
                name = str(located.path)
                self.cells.append(_code(f"# A module has it by itself.\n__file__ = {name!r}"))
                self.former = None
            self._add(located, chunk.text)

    def _has_file(self) -> bool:
        return any("\n__file__ = " in each.source for each in self.cells)

    def _add_docstring(self, located: Located) -> None:
        """Leave it to the title, unless the code reads it; keep the comments above it."""
        (node,) = located.chunk.nodes
        lines = located.chunk.text.split("\n")
        height = (node.end_lineno or node.lineno) - node.lineno + 1
        tail = lines[len(lines) - height :]
        above = [each for each in lines[: len(lines) - height] if not _UNSAID.fullmatch(each)]
        if any(_uses(each, "__doc__") for each in _chunks(self.tree)):
            self._add(located, "\n".join([*above, f"__doc__ = {tail[0]}", *tail[1:]]))
        elif any(each.strip() for each in above):
            self._add(located, "\n".join(above).strip("\n"))

    def _add_main(self, located: Located) -> None:
        """Show what the module does when it is run, unless that is to run the app."""
        (node,) = located.chunk.nodes
        if isinstance(node, ast.If) and len(node.body) == 1 and not node.orelse:
            match node.body[0]:
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr="run"))):
                    return
        text = f"Run as a script, the module does this:\n\n```python\n{located.chunk.text}\n```"
        self.cells.append(_markdown(text))
        self.former = None


def _chunks(tree: SourceTree) -> Sequence[Chunk]:
    return divide(tree.read(tree.entry))


def _uses(chunk: Chunk, name: str) -> bool:
    nodes = (each for node in chunk.nodes for each in ast.walk(node))
    return any(isinstance(each, ast.Name) and each.id == name for each in nodes)


def _introduce(tree: SourceTree, *, is_plain: bool) -> Iterator[NewCell]:
    """Give the title, of the module's docstring where it has one, and what cells need first."""
    title, text = _read_docstring(tree)
    name = tree.entry.parts[-1].replace("_", " ").strip()
    lines = [f"# {title or name[:1].upper() + name[1:]}"]
    if is_plain and text:
        lines += ["", text]
    yield _markdown("\n".join(lines))
    yield _code("%load_ext nbflask")


def _read_docstring(tree: SourceTree) -> tuple[str, str]:
    lines = (ast.get_docstring(tree.read(tree.entry).tree) or "").split("\n")
    title = lines.pop(0).strip()
    if lines and _UNDERLINE.fullmatch(lines[0].strip()):
        lines.pop(0)
    if title == tree.entry.name or title.startswith("#"):
        title = ""
    return title.rstrip("."), "\n".join(lines).strip()


def _write_entry(entry: Entry, *, has_heading: bool) -> Iterator[NewCell]:
    if entry.lines:
        if has_heading:
            yield _markdown("## The app")
        yield _code("\n".join(entry.lines))


def _write_files(kept: Sequence[KeptFile]) -> Iterator[NewCell]:
    for kind, heading in (("template", "## Templates"), ("static", "## Static files")):
        files = [each for each in kept if each.kind == kind]
        if files:
            yield _markdown(heading)
        for each in files:
            yield _code(f"%%{kind} {each.name}\n{each.text}", each.tags)


def _markdown(source: str) -> NewCell:
    return NewCell(kind="markdown", source=source)


def _code(source: str, tags: tuple[str, ...] = ()) -> NewCell:
    return NewCell(kind="code", source=source, tags=tags)
