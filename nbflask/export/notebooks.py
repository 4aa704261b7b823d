"""A notebook's file as cells: what was written in it and what is stored below, nothing run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from nbflask.errors import NotebookError

from .around.beside import read_files_beside
from .wording import write_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# As much of a cell's first line as tells it from others.
_MAX_LABEL_CHARS = 60
# What neither Python nor UTF-8 can hold; prose becomes comments.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
#: Of the notebook format.
_VERSION = 4


@dataclass(frozen=True, kw_only=True)
class SourceCell:
    """A cell as it stands in the file.

    :param number: Its place among all cells of the notebook, from 1.
    :param outputs: As nbformat 4 has them; empty for text.
    :param tags: Of its metadata.
    :param execution_count: Which run of a cell in its kernel was this one's last; ``None`` where
        the file does not say.
    """

    number: int
    id: str
    kind: Literal["code", "markdown", "raw"]
    source: str
    outputs: tuple[Mapping[str, Any], ...] = ()
    tags: frozenset[str] = frozenset()
    execution_count: int | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it failed when it was last run, or is there to fail: then it declares nothing."""
        is_error = any(each.get("output_type") == "error" for each in self.outputs)
        return is_error or "raises-exception" in self.tags

    @property
    def label(self) -> str:
        """What tells a reader which cell is meant: its number and its first line."""
        lines = (line.strip() for line in self.source.splitlines())
        first = write_line(next(filter(None, lines), ""), _MAX_LABEL_CHARS)
        return f"cell {self.number} ({first})" if first else f"cell {self.number}"


@dataclass(frozen=True, kw_only=True)
class SourceNotebook:
    """A notebook that was read.

    :param name: The file's name without its ending.
    :param file: With it, as messages have it; ``""`` for what was read of no file.
    :param file_names: Paths of what lies beside it and belongs to its app, such as pictures.
    :param files: Their content, once it is read.
    """

    name: str
    cells: tuple[SourceCell, ...]
    file: str = ""
    file_names: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_notebook(path: Path) -> SourceNotebook:
    """Read a notebook's file.

    :raises NotebookError: There is none, or it is not one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise NotebookError(
            f"The notebook {str(path)!r} cannot be read: {fault.strerror}."
        ) from fault
    except UnicodeDecodeError as fault:
        raise NotebookError(
            f"{path.name!r} is not a notebook: byte {fault.start} is not UTF-8."
        ) from fault
    notebook = parse_notebook(text, path.stem, path.name)
    return replace(notebook, files=read_files_beside(path, notebook.file_names))


def parse_notebook(text: str, name: str = "notebook", file: str = "") -> SourceNotebook:
    """Read a notebook's text, of any version of the format; older ones are converted.

    :param file: What messages call it; by default its name.
    :raises NotebookError: It is not a notebook, or one whose cells are not Python's.
    """
    shown = file or name
    document = _upgrade(_load(text, shown), shown)
    language = _dig(document, "metadata", "kernelspec", "language")
    if isinstance(language, str) and language.lower() not in ("python", "python3", "ipython"):
        raise NotebookError(f"The notebook {shown!r} is written in {language!r}, not in Python.")
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"The notebook {shown!r} has no list of cells.")
    names = _dig(document, "metadata", "nbflask", "files")
    return SourceNotebook(
        name=name,
        file=file,
        cells=tuple(_read_cell(each, at + 1) for at, each in enumerate(cells)),
        file_names=tuple(filter(_is_text, names)) if isinstance(names, list) else (),
    )


def _load(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as fault:
        raise NotebookError(f"{name!r} is not a notebook: it is not JSON ({fault}).") from None
    except RecursionError:
        raise NotebookError(f"{name!r} is not a notebook: it is nested too deeply.") from None
    if not isinstance(document, dict) or "nbformat" not in document:
        raise NotebookError(f"{name!r} is not a notebook: it is JSON without 'nbformat'.")
    return document


def _upgrade(document: dict[str, Any], name: str) -> Mapping[str, Any]:
    """Give the document in version 4; what says so already is taken as it is."""
    version = document["nbformat"]
    if version == _VERSION:
        return document
    # To import it takes longer than all the rest of an export, and most notebooks do without.
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(document), _VERSION)  # type: ignore[no-any-return]
    except Exception as fault:
        # Its converters check nothing, and fail in as many ways as a document can be wrong.
        is_newer = isinstance(version, int) and version > _VERSION
        remedy = (
            "nbflask reads none above 4: save it as version 4"
            if is_newer
            else "It cannot be converted to version 4: save it with a newer Jupyter"
        )
        raise NotebookError(
            f"{name!r} is of version {version!r} of the notebook format. {remedy}."
        ) from fault


def _read_cell(cell: Any, number: int) -> SourceCell:
    kind = _dig(cell, "cell_type")
    source = _join(_dig(cell, "source"))
    if kind not in ("code", "markdown", "raw") or source is None:
        raise NotebookError(f"Cell {number} is not a cell: its type or its source is missing.")
    outputs = _dig(cell, "outputs") if kind == "code" else ()
    return SourceCell(
        number=number,
        id=str(_dig(cell, "id") or number),
        kind=kind,
        source=_end_lines(source) if kind == "code" else _UNWRITABLE.sub("\ufffd", source),
        outputs=tuple(each for each in outputs or () if isinstance(each, dict))
        if isinstance(outputs, list)
        else (),
        tags=_read_tags(_dig(cell, "metadata", "tags")),
        execution_count=count if isinstance(count := _dig(cell, "execution_count"), int) else None,
    )


def _end_lines(source: str) -> str:
    """Give code with line feeds alone between its lines, as Python reads it; files stay."""
    if source.lstrip().startswith(("%%template", "%%static")):
        return source
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _read_tags(tags: Any) -> frozenset[str]:
    return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _join(text: Any) -> str | None:
    """Give a text that may be stored as a list of lines; ``None`` if it is neither."""
    if isinstance(text, str):
        return text
    if isinstance(text, list) and all(isinstance(each, str) for each in text):
        return "".join(text)
    return None
