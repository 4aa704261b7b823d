"""Run notebooks and store what their cells give: ``python tools/store_outputs.py NOTEBOOK...``.

A widget's view is left out, since its model ends with the kernel; what stands in its place stays.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

VIEW = "application/vnd.jupyter.widget-view+json"


def store_outputs(path: Path) -> None:
    """Run one notebook, and write it back.

    :raises CellExecutionError: A cell failed. The file is as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook,
        timeout=60,
        store_widget_state=False,
        # Lines that a cell prints may come in several messages, as the kernel's timer has it.
        coalesce_streams=True,
        resources=resources,
    ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
            output.get("metadata", {}).pop(VIEW, None)
    notebook.metadata.pop("widgets", None)
    # The versions of Python and its lexer would differ from machine to machine.
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    # The kernel of this environment, not one that is installed for the user.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    for name in sys.argv[1:]:
        store_outputs(Path(name))
