"""What the site is made of: all notebooks, all magics, all keys of filters."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbflask_docs.api import rewrite_docstring
from nbflask_docs.cells import CellLexer
from nbflask_docs.filters import render_table
from nbflask_docs.magics import TITLES, render_reference
from nbflask_docs.notebooks import adapt_notebook, copy_notebooks, find_files
from nbflask_docs.uses import find_uses
from sphinx.errors import ExtensionError
from traitlets.config import Config

import nbflask
from nbflask.exchanges.exchange import FormFile
from nbflask.exchanges.filters.keys import KEYS
from nbflask.magics import install

ROOT = Path(__file__).parents[2]
DOCS, NOTEBOOKS = ROOT / "docs", ROOT / "notebooks"


def test_every_magic_that_a_shell_is_given_is_in_the_reference() -> None:
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    before = {kind: set(names) for kind, names in shell.magics_manager.magics.items()}
    install(shell)
    marks = {"line": "%", "cell": "%%"}
    installed = {
        f"{marks[kind]}{name}"
        for kind, names in shell.magics_manager.magics.items()
        for name in set(names) - before[kind]
    }
    headings = re.findall(r"^### (.*)$", render_reference(()), re.MULTILINE)
    assert {form for each in headings for form in each.replace("`", "").split(", ")} == installed


def test_a_class_of_magics_without_a_title_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TITLES, "HookMagics")
    with pytest.raises(ExtensionError, match=r"The class of magics 'HookMagics' has no title"):
        render_reference(())


def test_examples_of_cell_magics_are_cells_of_the_notebooks() -> None:
    reference = render_reference(find_uses(NOTEBOOKS))
    (example,) = re.findall(r"```nbflask-cell\n(%%template .*?)\n```", reference, re.DOTALL)
    cells = [
        "".join(cell["source"])
        for path in NOTEBOOKS.rglob("*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
    ]
    assert example in cells
    assert "](notebooks/quickstart.ipynb)" in reference


def test_every_public_name_is_in_the_reference_of_python() -> None:
    reference = (DOCS / "api.md").read_text()
    named = set(re.findall(r"^\.\. auto\w+:: nbflask\.(\w+)$", reference, re.MULTILINE))
    assert named - {"errors"} == set(nbflask._HOMES)


def test_an_exchange_s_fields_stand_in_its_reference_with_their_types() -> None:
    lines = ["What.", "", ":param name: The form's", "    field.", ":raises ValueError: Never.", ""]
    rewrite_docstring(None, "class", "a.FormFile", FormFile, None, lines)  # type: ignore[arg-type]
    assert lines[:7] == [
        *("What.", "", ":raises ValueError: Never.", ""),
        *(":ivar name: The form's field.", ":vartype name: str", ":ivar filename: "),
    ]
    assert lines[-3:] == [":ivar sha256: ", ":vartype sha256: str", ""]


def test_every_key_of_filters_is_in_their_table_and_in_the_guide() -> None:
    keys = {f"`{name}.NAME:`" if key.is_named else f"`{name}:`" for name, key in KEYS.items()}
    assert set(re.findall(r"^\| (`\S+`)", render_table(), re.MULTILINE)) == keys
    guide = (DOCS / "inspector.md").read_text()
    assert [key for key in keys if key not in guide] == []


def test_all_notebooks_are_copied_and_what_is_gone_goes(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/gone.ipynb").write_text("{}")
    copy_notebooks(NOTEBOOKS, tmp_path)
    assert {path.relative_to(tmp_path) for path in find_files(tmp_path)} == {
        path.relative_to(NOTEBOOKS) for path in find_files(NOTEBOOKS)
    }
    assert (tmp_path / "quickstart.ipynb").exists()
    stamp = (tmp_path / "quickstart.ipynb").stat().st_mtime_ns
    copy_notebooks(NOTEBOOKS, tmp_path)
    assert (tmp_path / "quickstart.ipynb").stat().st_mtime_ns == stamp


def test_a_copy_has_its_links_into_docs_mended_and_nothing_else() -> None:
    cells = [
        {
            "cell_type": "markdown",
            "source": ["[a](../../docs/a.md#x) [b](2.ipynb)\n", "`docs/`"],
        },
        {"cell_type": "code", "source": "'](../docs/a.md'", "outputs": ["kept"]},
    ]
    adapted = json.loads(adapt_notebook(json.dumps({"cells": cells, "metadata": {}}).encode()))
    assert adapted["metadata"] == {"language_info": {"pygments_lexer": "nbflask-cell"}}
    assert adapted["cells"] == [
        {"cell_type": "markdown", "source": "[a](../../a.md#x) [b](2.ipynb)\n`docs/`"},
        cells[1],
    ]


@pytest.mark.parametrize(
    ("cell", "token"),
    {
        "a view is Python": ("%%route /\nreturn 1", ("Token.Keyword", "return")),
        "a template is Jinja": ("%%template a.html\n{% if a %}", ("Token.Keyword", "if")),
        "a sheet is CSS": ("%%static a.css\np { color: red }", ("Token.Name.Tag", "p")),
        "a file of no known kind is text": ("%%static a.unknown\nif", ("Token.Text", "if\n")),
        "a cell without a magic is IPython": ("%flask_run", ("Token.Keyword", "flask_run")),
    }.values(),
)
def test_a_cell_is_highlighted_by_its_magic(cell: str, token: tuple[str, str]) -> None:
    tokens = [(str(kind), value) for kind, value in CellLexer().get_tokens(cell)]
    assert token in tokens
    assert "".join(value for _kind, value in tokens) == f"{cell}\n"
