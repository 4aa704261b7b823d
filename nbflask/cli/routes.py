"""``nbflask routes NOTEBOOK``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nbflask.export import read_notebook
from nbflask.export.rules import list_declared_rules

from .paths import read_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from nbflask.export.rules import DeclaredRule

HELP = "List the rules of a notebook's app, as its cells say. Nothing is imported or run."
_HEAD = ("Endpoint", "Methods", "Rule", "Cell")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.add_argument("notebook", type=read_path, metavar="NOTEBOOK", help="the .ipynb file")
    parser.add_argument(
        "--app", metavar="NAME", help="the app's variable; by default `app`, else the last"
    )


def run(options: argparse.Namespace) -> int:
    """Write the table."""
    rules = list_declared_rules(read_notebook(options.notebook), options.app)
    sys.stdout.write(write_table(rules))
    return 0


def write_table(rules: Sequence[DeclaredRule]) -> str:
    """Write rules as ``flask routes`` does, with the number of each one's cell."""
    rows = [
        (each.endpoint, ", ".join(each.methods), each.rule, str(each.cell or "")) for each in rules
    ]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    lines = [_HEAD, tuple("-" * width for width in widths), *rows]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )
