"""``nbflask import PROJECT NOTEBOOK``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nbflask.importing import import_project, place_notebook

from .paths import read_path

if TYPE_CHECKING:
    import argparse

HELP = "Make a notebook of a Flask module or package. Nothing of it is run."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.add_argument(
        "project", type=read_path, metavar="PROJECT", help="a .py file or a package"
    )
    parser.add_argument("notebook", type=read_path, metavar="NOTEBOOK", help="a new .ipynb file")


def run(options: argparse.Namespace) -> int:
    """Write the notebook, and say what lies beside it."""
    notebook = import_project(options.project)
    written = place_notebook(notebook, options.notebook)
    sys.stdout.write(f"{options.notebook}: {len(notebook.cells)} cells.\n")
    for name in written:
        sys.stdout.write(f"{options.notebook.parent / name} lies beside it.\n")
    for note in notebook.notes:
        sys.stdout.write(f"{note}\n")
    return 0
