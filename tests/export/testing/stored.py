"""Notebooks with stored answers, for tests of the tests that an export writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nbflask.export.building import build_project
from nbflask.export.notebooks import parse_notebook
from tests.export.written import document_of

if TYPE_CHECKING:
    from nbflask.export.project import Project

LOAD = "%load_ext nbflask"


def page(text: str, status: str = "200 OK", media_type: str = "text/html; charset=utf-8") -> str:
    """Write a response as a notebook stores it."""
    length = len(text.encode())
    return f"{status}\nContent-Type: {media_type}\nContent-Length: {length}\n\n{text}"


def as_json(document: object, status: str = "200 OK") -> str:
    """Write a response of JSON as a notebook stores it."""
    return f"{status}\nContent-Type: application/json\n\n{json.dumps(document, indent=2)}"


def build(*cells: str | tuple[str, ...], runs: tuple[int, ...] = ()) -> Project:
    """Export a notebook.

    :param cells: A cell with an output is a pair; what it has printed may follow.
    :param runs: Which run of the kernel was each code cell's; by default they ran in order.
    """
    sources = [each if isinstance(each, str) else each[0] for each in cells]
    document = document_of(*sources)
    count = 0
    for cell, given in zip(document["cells"], cells, strict=True):
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = runs[count - 1] if runs else count
        if not isinstance(given, str):
            data = {"text/plain": given[1]}
            result = {"output_type": "execute_result", "data": data, "metadata": {}}
            printed = [
                {"output_type": "stream", "name": "stdout", "text": each} for each in given[2:]
            ]
            cell["outputs"] = [*printed, *([result] if given[1] else [])]
    return build_project(parse_notebook(json.dumps(document), "shop"))


def write_test_module(*cells: str | tuple[str, ...]) -> str:
    """Give the tests of a notebook's export, without the docstring; ``""`` if it has none."""
    text = build(*cells).files.get("tests/test_app.py", b"").decode()
    return text.partition('"""\n')[2].strip()
