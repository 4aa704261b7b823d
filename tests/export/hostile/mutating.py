"""Notebooks that are spoilt at random: the same ones for the same seed."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

from tests.export.written import document_of

from .documents import ANSWER, Case, choose_document, write
from .sources import all_sources
from .spoiling import SPOILING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: In place of any value of a notebook.
_WRONG: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        4.5,
        1e300,
        10**30,
        "",
        "x",
        "\0",
        "\ud800",
        "../../x",
        "/etc/passwd",
    ),
    *([], {}, [None], [[]], ["a", 1], {"a": 1}, {"": {}}, [{}], "nan", {"cell_type": "code"}),
)
_TOKENS = (
    *("(", ")", "[", "{", "'", '"', "'''", "\\", "\n", "\t", "    ", "#", ":", "=", "@", ";", "%"),
    *("%%", "!", "?", "\0", "\f", "\r", "\ud800", "ä", "\u2028", "def f():", "return", "yield x"),
    *(
        "await x",
        "lambda",
        "global x",
        "import x",
        "f'{",
        "}",
        "...",
        "app",
        "None",
        "0x",
        "1_",
        "é",
    ),
    *(
        "/",
        "<",
        ">",
        "<int:x>",
        "..",
        "~",
        "--",
        "-b",
        " -d @/etc/passwd",
        "{{",
        "{%",
        "get_ipython()",
    ),
)
_FILES = (
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "app.py",
        "a/../../b",
        ".env",
        "",
        ".",
        "shop.ipynb",
        "a\0b",
    ),
    *("\ud800", "nothing.png", "tests", "templates/index.html", "~/x", "C:\\x", "a" * 300),
)


def random_cases(seed: int, count: int) -> Iterator[Case]:
    """Give as many notebooks, each spoilt in one to three ways."""
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        document = choose_document(chance)
        done = []
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            change = chance.choice(_CHANGES)
            change(document, chance)
            done.append(change.__name__.strip("_"))
        content = write(document)
        if chance.random() < 0.35:
            spoil = chance.choice(SPOILING)
            content = spoil(content, chance)
            done.append(spoil.__name__.strip("_"))
        yield Case(name=f"{seed}:{number} {', '.join(done)}", content=content)


def _delete_cell(document: dict[str, Any], chance: random.Random) -> None:
    if cells := _cells(document):
        del cells[chance.randrange(len(cells))]


def _duplicate_cell(document: dict[str, Any], chance: random.Random) -> None:
    if cells := _cells(document):
        cells.insert(chance.randrange(len(cells)), copy.deepcopy(chance.choice(cells)))


def _shuffle_cells(document: dict[str, Any], chance: random.Random) -> None:
    chance.shuffle(_cells(document))


def _swap_cells(document: dict[str, Any], chance: random.Random) -> None:
    if cells := _cells(document):
        one, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        cells[one], cells[other] = cells[other], cells[one]


def _add_wrong_cell(document: dict[str, Any], chance: random.Random) -> None:
    source = chance.choice(sorted(all_sources().values()))
    (cell,) = document_of(source)["cells"]
    cells = _cells(document)
    cells.insert(chance.randrange(len(cells) + 1), cell)


def _put_wrong_value(document: dict[str, Any], chance: random.Random) -> None:
    owner, key = chance.choice(list(_places(document)) or [(document, "cells")])
    owner[key] = copy.deepcopy(chance.choice(_WRONG))


def _delete_key(document: dict[str, Any], chance: random.Random) -> None:
    owner, key = chance.choice(list(_places(document)) or [(document, "cells")])
    if isinstance(owner, list) or key in owner:
        del owner[key]


def _nest(document: dict[str, Any], chance: random.Random) -> None:
    owner, key = chance.choice(list(_places(document)) or [(document, "cells")])
    value: Any = "x"
    for _ in range(chance.choice((2, 50, 200))):
        value = [value] if chance.random() < 0.5 else {"a": value}
    owner[key] = value


def _change_version(document: dict[str, Any], chance: random.Random) -> None:
    document["nbformat"] = chance.choice((1, 2, 3, 5, 0, -1, "4", None, 4.5, True, [], 10**30))


def _write_older(document: dict[str, Any], chance: random.Random) -> None:
    """Write it as version 3 had it, more or less."""
    cells = document.pop("cells", [])
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell["input"] = cell.pop("source", "")
            cell |= {"language": "python", "collapsed": False, "prompt_number": None}
    document |= {"nbformat": chance.choice((2, 3)), "nbformat_minor": 0}
    document["worksheets"] = chance.choice(([{"cells": cells}], [], None, [{}], [{"cells": cells}]))


def _name_files(document: dict[str, Any], chance: random.Random) -> None:
    document["metadata"] = {"nbflask": {"files": [chance.choice(_FILES), chance.choice(_FILES)]}}


def _change_metadata(document: dict[str, Any], chance: random.Random) -> None:
    language = chance.choice(("julia", "", None, 3, "Python", "python3", ["python"]))
    document["metadata"] = {"kernelspec": {"language": language, "name": "\ud800"}}


def _change_outputs(document: dict[str, Any], chance: random.Random) -> None:
    for cell in _cells(document):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            data = {"text/plain": chance.choice((*_WRONG, ANSWER, ["200 OK\n", "\n", "x"]))}
            kind = chance.choice(("execute_result", "stream", "error", "nonsense", None, 1))
            cell["outputs"] = [{"output_type": kind, "data": chance.choice((data, data, [], None))}]
            cell["execution_count"] = chance.choice((None, 1, -1, "1", True, 1e9))


def _attach(document: dict[str, Any], chance: random.Random) -> None:
    for cell in _cells(document):
        if isinstance(cell, dict):
            cell["attachments"] = chance.choice(({"../x.png": {"image/png": "!"}}, [], "x", None))
            cell["id"] = chance.choice(("same", "", None, 7, [[]], "../x", "\ud800"))
            cell["metadata"] = {
                "tags": chance.choice(("x", [None], [[]], ["raises-exception"], {}))
            }


def _change_source(document: dict[str, Any], chance: random.Random) -> None:
    if cells := [each for each in _cells(document) if _has_source(each)]:
        cell = chance.choice(cells)
        text = "".join(cell["source"])
        for _ in range(chance.choice((1, 1, 2, 5))):
            text = change_text(text, chance)
        cell["source"] = text


def _join_cells(document: dict[str, Any], chance: random.Random) -> None:
    cells = [each for each in _cells(document) if _has_source(each)]
    if len(cells) > 1:
        one, other = chance.sample(cells, 2)
        one["source"] = (
            "".join(one["source"]) + chance.choice(("\n", "", ";")) + "".join(other["source"])
        )


def change_text(text: str, chance: random.Random) -> str:
    """Change a text in one place."""
    at, until = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    lines = text.split("\n")
    line = chance.randrange(len(lines))
    above, own, below = lines[:line], lines[line], lines[line + 1 :]
    changed = (
        text[:at] + chance.choice(_TOKENS) + text[at:],
        text[:at] + chance.choice(_TOKENS) + text[at:],
        text[:at] + text[at + 1 :],
        text[:at] + text[until:],
        text[:at],
        "\n".join([*above, *below]),
        "\n".join([*above, own, own, *below]),
        "\n".join([*above, f"{chance.choice((' ', '    ', chr(9)))}{own}", *below]),
        text.replace("    ", "\t"),
        text.replace("\n", "\r\n"),
    )
    return chance.choice(changed)


_CHANGES: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    *(_delete_cell, _duplicate_cell, _shuffle_cells, _swap_cells, _add_wrong_cell, _add_wrong_cell),
    *(_put_wrong_value, _put_wrong_value, _delete_key, _nest, _change_version, _write_older),
    *(_name_files, _change_metadata, _change_outputs, _attach, _join_cells),
    *(_change_source, _change_source, _change_source, _change_source, _change_source),
)


def _cells(document: dict[str, Any]) -> list[Any]:
    cells = document.get("cells")
    return cells if isinstance(cells, list) else []


def _has_source(cell: Any) -> bool:
    source = cell.get("source") if isinstance(cell, dict) else None
    return isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(each, str) for each in source)
    )


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give each place of a document: who holds it, and under which key."""
    pairs = list(enumerate(value)) if isinstance(value, list) else []
    pairs = list(value.items()) if isinstance(value, dict) else pairs
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)
