"""``nbflask export NOTEBOOK DIR``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nbflask.checking import count_workers, describe_errors, examine
from nbflask.export import build_project, place, read_notebook

from .paths import read_path

if TYPE_CHECKING:
    import argparse

HELP = "Write a notebook's app as a plain Flask project. Nothing of the notebook is run."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.add_argument("notebook", type=read_path, metavar="NOTEBOOK", help="the .ipynb file")
    parser.add_argument(
        "folder", type=read_path, metavar="DIR", help="a folder that is new, empty, or an export's"
    )
    parser.add_argument(
        "--app", metavar="NAME", help="the app's variable; by default `app`, else the last"
    )


def run(options: argparse.Namespace) -> int:
    """Write the project, and say what its owner has to know."""
    source = read_notebook(options.notebook)
    findings = examine(source, options.app, options.notebook.parent)
    project = build_project(source, options.app, workers=count_workers(findings))
    place(project, options.folder)
    sys.stdout.write(f"{options.folder}: {len(project.files)} files.\n")
    for note in (*project.notes, *describe_errors(findings, options.notebook.name)):
        sys.stdout.write(f"{note}\n")
    return 0
