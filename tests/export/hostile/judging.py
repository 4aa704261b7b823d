"""Whether a command ended as it has to: with all that it makes, or with one clear line."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ALWAYS = frozenset({"wsgi.py", "requirements.txt", "README.md", "Dockerfile", ".gitignore"})
_MANIFEST = ".nbflask-export.json"
_NAMES_CELL = re.compile(r"\b[Cc]ell \d+\b")
#: What is wrong with a file, and with no cell of it.
_OF_THE_FILE = re.compile(
    r"is not a notebook: |has no list of cells\.|is written in .+, not in Python\."
    r"|makes no Flask app: "
    r"| of the notebook format\. |as a file of its app, which does not lie in its folder"
    r"|beside the notebook cannot be read: |the notebook's metadata"
)
_MAX_LINE_CHARS = 600


def judge_end(status: int, stderr: str) -> Iterator[str]:
    """Say what is wrong with how a command has ended."""
    if status == 0:
        if stderr:
            yield f"succeeds, and complains: {stderr!r:.300}"
        return
    if status != 1:
        yield f"ends with status {status}"
    if not re.fullmatch(r"nbflask: [^\n]+\n", stderr):
        yield f"no single line: {stderr!r:.600}"
    elif not stderr[:-1].isprintable():
        yield f"what no terminal should get: {stderr!r:.300}"
    elif len(stderr) > _MAX_LINE_CHARS:
        yield f"a line of {len(stderr)} characters: {stderr!r:.300}"


def judge_blame(stderr: str) -> Iterator[str]:
    """Say whether a line names neither a cell nor a fault of the whole file."""
    if stderr and not _NAMES_CELL.search(stderr) and not _OF_THE_FILE.search(stderr):
        yield f"names no cell: {stderr!r:.600}"


def judge_folder(status: int, above: Path, name: str) -> Iterator[str]:
    """Say what is wrong with what a command has left in a folder.

    :param name: Of the project's folder in it, which is all that may be there.
    """
    left = sorted(each.name for each in above.iterdir())
    if left != ([name] if status == 0 else []):
        yield f"leaves {left}"
    if status == 0 and left == [name]:
        yield from _judge_project(above / name)


def _judge_project(folder: Path) -> Iterator[str]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = json.loads(files.pop(_MANIFEST, b"{}"))
    if manifest != {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}:
        yield f"its folder is not whole: {sorted(manifest)} {sorted(files)}"
    if missing := _ALWAYS - set(files):
        yield f"lacks {sorted(missing)}"
    for name, data in files.items():
        if name.endswith(".py"):
            try:
                compile(data, name, "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
                yield f"{name} does not compile: {fault!r:.300}"


def judge_notebook(path: Path) -> Iterator[str]:
    """Say what is wrong with a notebook that was made."""
    import nbformat

    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except Exception as fault:  # noqa: BLE001 - it has many ways to say no.
        yield f"not a notebook: {fault!r:.300}"


def is_python(source: bytes) -> bool:
    """Say whether Python reads a module."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
