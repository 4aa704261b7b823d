"""Chapters of the guide, run cell by cell where learners run them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab import OpenNotebook, read_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.jupyter import JupyterServer

pytestmark = pytest.mark.browser

_OUTPUTS = """(index) => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  return cells.filter((cell) => cell.model.type === 'code')[index].model.outputs.toJSON();
}"""


def read_texts(outputs: list[dict[str, Any]]) -> list[str]:
    """Give what outputs say as text: streams joined, values by their text, errors by their line."""
    texts: list[str] = []
    was_stream = ""
    for output in outputs:
        name = output.get("name", "")
        if name and name == was_stream:
            texts[-1] += join(output["text"])
        elif name:
            texts.append(join(output["text"]))
        elif output["output_type"] == "error":
            texts.append(f"{output['ename']}: {output['evalue']}")
        else:
            texts.append(join(output["data"].get("text/plain", "")))
        was_stream = name
    return texts


def join(text: str | list[str]) -> str:
    """Give a text, which nbformat may hold as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def as_stored(text: str) -> str:
    """Take out of a text what JupyterLab adds to what a kernel without a front end gives.

    A preview asks for its page, which the inspector then shows; and since JupyterLab names cells,
    a route that another cell covers stays declared.
    """
    lines = text.splitlines()
    if lines and lines[0].startswith("#  method"):
        # Without their numbers, each once.
        lines = list(dict.fromkeys(re.sub(r"^\d+ +", "", line).rstrip() for line in lines))
    lines = [line for line in lines if not line.endswith("(another view answers)")]
    return re.sub(r"with \d+ routes", "with its routes", "\n".join(lines))


@pytest.mark.parametrize("chapter", ["01_application", "11_forms", "20_async_and_websockets"])
def test_each_cell_of_a_chapter_shows_what_is_stored(
    page: Page, jupyter: JupyterServer, chapter: str
) -> None:
    stored, _ = read_notebook(f"guide/{chapter}")
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    expected = [[as_stored(each) for each in read_texts(cell.outputs)] for cell in code]
    for cell in code:
        cell.outputs = []
    notebook = OpenNotebook(page, jupyter, stored)
    shown = []
    for index, cell in enumerate(code):
        fails = "raises-exception" in cell.metadata.get("tags", ())
        notebook.run(index, may_fail=fails)
        texts = read_texts(page.evaluate(_OUTPUTS, index))
        shown.append([as_stored(each) for each in texts])
    assert shown == expected
