"""``nbflask check NOTEBOOK``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nbflask.checking import examine, write_data, write_text
from nbflask.export import read_notebook

if TYPE_CHECKING:
    import argparse

HELP = "Say what of a notebook will not survive leaving its kernel. Nothing of it is run."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the .ipynb file")
    parser.add_argument("--app", metavar="NAME", help="the app's variable; `app` by default")
    parser.add_argument("--json", action="store_true", help="write a list of objects")


def run(options: argparse.Namespace) -> int:
    """Write what was found; the status is 1 where the app cannot be shipped."""
    findings = examine(read_notebook(options.notebook), options.app, options.notebook.parent)
    if options.json:
        sys.stdout.write(json.dumps(write_data(findings), indent=2) + "\n")
    else:
        sys.stdout.write(write_text(options.notebook.name, findings))
    return int(any(each.is_error for each in findings))
