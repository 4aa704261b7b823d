"""Whether what a cell holds can be read to its end, and be a part of a file of Python."""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import contextmanager
from keyword import iskeyword
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nbflask.errors import CellError, NotebookError

from .around.beside import is_name_of_file
from .secrecy.looks import cover_looks, has_secret_look
from .steps import Ask, Code, Configure, Declare, Keep, Leave, MakeApp, Part
from .wording import write_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .program import Piece
    from .steps import Step

#: Python ends at 1,000 calls within calls, and who reads or writes a tree makes four or five for
#: each level of it.
MAX_DEPTH = 120
#: Of a cell that awaits: what is wrong, and the remedy.
AWAITING = (
    "A cell may await at its top, and a module may not.",
    "Await in an async function, or write `asyncio.run(...)`.",
)
_HALF = re.compile("[\ud800-\udfff]")


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep quiet what Python has against a text, such as of a bad escape: its author was told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def refuse_unwritable(text: str) -> None:
    """Refuse a text that UTF-8 has no bytes for.

    :raises CellError: It holds a half of a character.
    """
    if found := _HALF.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise CellError(
            f"Line {line} has {found[0]!a}, half of a character, which no file can hold. Remove it."
        )


def refuse_deep(steps: Iterable[Step]) -> None:
    """Refuse code that is nested so deeply that Python's own recursion ends.

    :raises CellError: Its line is the outermost statement's.
    """
    for tree in (each for step in steps for each in _trees(step)):
        if line := _find_deep(tree):
            raise CellError(
                f"Line {line} is nested more than {MAX_DEPTH} levels deep. Divide it, or keep it "
                "as data."
            )


def _trees(step: Step) -> Iterator[ast.AST]:
    match step:
        case Code(statement=statement):
            yield statement.node
        case Leave(statement=statement) if statement is not None:
            yield statement.node
        case Declare(body=body):
            yield body.tree
        case Part(nodes=nodes):
            yield from nodes
        case Configure(values=values):
            # It is written as what it is read from.
            yield ast.parse(repr(dict(values)))


def _find_deep(tree: ast.AST) -> int:
    """Give the line of what is nested too deeply, 0 for nothing."""
    level = [(tree, getattr(tree, "lineno", 1))]
    for _ in range(MAX_DEPTH):
        level = [
            (child, getattr(child, "lineno", line))
            for node, line in level
            for child in ast.iter_child_nodes(node)
        ]
        if not level:
            return 0
    return level[0][1]


def refuse_broken(files: Mapping[str, str], pieces: Iterable[Piece]) -> None:
    """Refuse a project with a module that does not compile.

    :param pieces: The statements of the app's module, to find the one that is to blame.
    :raises NotebookError: It names the cell, unless no statement by itself is to blame.
    """
    for name, text in files.items():
        fault = _find_fault(text, name) if name.endswith(".py") else None
        if fault is None:
            continue
        for piece in pieces:
            if own := _find_fault(piece.statement.text, name):
                why = " ".join(AWAITING) if awaits_at_top(own) else _describe(own)
                raise NotebookError(f"In {piece.place.cell.label}: {why}") from None
        raise NotebookError(f"The notebook's {name!r} would be no Python: {_describe(fault)}")


def awaits_at_top(fault: Exception) -> bool:
    """Say whether Python refuses a statement for what only functions, and cells, may do."""
    text = getattr(fault, "msg", "")
    return "outside" in text and ("await" in text or "async" in text)


def refuse_broken_names(steps: Iterable[Step]) -> None:
    """Refuse apps that no variable can hold, and requests to what is no URL.

    :raises CellError: There is one.
    """
    for step in steps:
        if isinstance(step, MakeApp) and (iskeyword(step.name) or not step.name.isidentifier()):
            raise CellError(f"{step.name!r} cannot be an app's variable. Write one such as 'shop'.")
    for spec in (each for step in steps if isinstance(step, Ask) for each in step.requests):
        try:
            urlsplit(spec.target)
        except ValueError as fault:
            raise CellError(f"{spec.target!r} is no URL: {fault}.") from None


def refuse_secret_names(steps: Iterable[Step]) -> None:
    """Refuse what gives a secret to the name of a view or a file.

    :raises CellError: There is one in a rule or in a path.
    """
    for step in steps:
        match step:
            case Declare(kind="route", body=body, arguments=arguments) if body.is_body:
                text, remedy = str(arguments["rule"]), "a variable of the rule in its place"
            case Keep(name=text):
                remedy = "another name"
            case _:
                continue
        if has_secret_look(text):
            raise CellError(f"There is a secret in {cover_looks(text)!r}. Write {remedy}.")


def refuse_unplaceable(names: Iterable[str], kept: Mapping[str, Keep]) -> None:
    """Refuse files that no folder can hold together.

    :param names: The paths of all files.
    :param kept: Those of them that a cell holds.
    :raises NotebookError: One has too long a name, or is where another one has a folder.
    """
    taken = set(names)
    for name in taken:
        above = [parent for parent in map(str, PurePosixPath(name).parents) if parent in taken]
        if is_name_of_file(name) and not above:
            continue
        why = f"{above[0]!r} is a file, too" if above else "its name is too long"
        own = next((each for each in (name, *above) if each in kept), "")
        if own:
            label = kept[own].place.cell.label
            raise NotebookError(f"In {label}: {write_line(name)!r} cannot be a file: {why}.")
        raise NotebookError(
            f"{write_line(name)!r} cannot be a file of the project: {why}. Take it off the list "
            "`nbflask.files` in the notebook's metadata."
        )


def _find_fault(text: str, name: str) -> Exception | None:
    try:
        # By its name alone Python would look for the line of a fault in a file of that name.
        compile(text, f"<{name}>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return fault
    return None


def _describe(fault: Exception) -> str:
    text = getattr(fault, "text", None)
    return write_line(f"{getattr(fault, 'msg', fault)}{f': {text}' if text else '.'}")
