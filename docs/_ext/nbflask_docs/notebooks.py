"""The site's notebooks are those of the repository, brought below ``docs/`` when the site is built.

Sphinx reads what lies below ``docs/`` alone. The copies differ from the notebooks in two things:
links to ``docs/`` lose that folder, as the copies are in it, and code is highlighted by
:class:`~nbflask_docs.cells.CellLexer`. A copy that is up to date is left alone, so that only what
changed is read again.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask_docs.cells import CellLexer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

#: The folder below ``docs/`` that holds the copies; git ignores it.
FOLDER = "notebooks"

# "../docs/", "../../docs/": how notebooks/x.ipynb and notebooks/guide/x.ipynb reach the pages.
_INTO_DOCS = re.compile(r"(\]\((?:\.\./)+)docs/")


def setup(app: Sphinx) -> dict[str, Any]:
    """Copy the notebooks before Sphinx looks for pages."""
    app.add_lexer(CellLexer.name, CellLexer)
    app.connect("config-inited", lambda app, _config: copy_all(app))
    app.connect("source-read", mend_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def copy_all(app: Sphinx) -> None:
    """Bring the repository's notebooks below the site's sources."""
    source = Path(app.srcdir)
    copy_notebooks(source.parent / "notebooks", source / FOLDER)


def copy_notebooks(origin: Path, copies: Path) -> None:
    """Make ``copies`` hold what ``origin`` does, and nothing else.

    :param origin: The folder of the repository's notebooks, with the pictures that they show.
    """
    wanted = {copies / path.relative_to(origin): path for path in find_files(origin)}
    for copy, path in wanted.items():
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            content = adapt_notebook(content)
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    for stale in set(find_files(copies)) - set(wanted):
        stale.unlink()


def find_files(folder: Path) -> Iterator[Path]:
    """Give all files below a folder but those of Jupyter's and other hidden folders."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            yield path


def adapt_notebook(content: bytes) -> bytes:
    """Make a notebook's links and its highlighting right for its copy."""
    notebook = json.loads(content)
    notebook["metadata"].setdefault("language_info", {})["pygments_lexer"] = CellLexer.name
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _INTO_DOCS.sub(r"\1", "".join(cell["source"]))
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


def mend_page(_app: Sphinx, docname: str, content: list[str]) -> None:
    """Turn the links of ``docs/*.md`` to the repository's notebooks into those to their copies."""
    if not docname.startswith(f"{FOLDER}/"):
        content[0] = content[0].replace("](../notebooks/", f"]({FOLDER}/")
