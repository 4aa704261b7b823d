"""``nbflask check NOTEBOOK``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from nbflask.alike.notebooks import run_and_compare
from nbflask.alike.page import render_text, write_findings
from nbflask.checking import examine, write_data, write_fault, write_text
from nbflask.errors import NbflaskError
from nbflask.export import read_notebook

from .paths import read_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from nbflask.alike import Parity
    from nbflask.checking import Finding

HELP = (
    "Say what of a notebook will not survive leaving its kernel. Nothing of it is run, unless "
    "--parity is given."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.epilog = (
        "The exit status is 0 if the app can be shipped, with warnings or without; 1 if there is "
        "an error, or with --parity an answer that differs; 2 if this line is wrong."
    )
    parser.add_argument("notebook", type=read_path, metavar="NOTEBOOK", help="the .ipynb file")
    parser.add_argument(
        "--app", metavar="NAME", help="the app's variable; by default `app`, else the last"
    )
    parser.add_argument("--json", action="store_true", help="write a list of objects")
    parser.add_argument(
        "--parity",
        action="store_true",
        help="besides, run the notebook, all of it, in its folder, and compare what its app has "
        "answered with what the exported app answers",
    )


def run(options: argparse.Namespace) -> int:
    """Write what was found; the status is 1 where the app cannot be shipped.

    :raises NbflaskError: It could not be checked or compared; what was found before is written.
    """
    findings: Sequence[Finding] = ()
    parity = None
    kind = "not-checked"
    try:
        findings = examine(read_notebook(options.notebook), options.app, options.notebook.parent)
        is_bad = any(each.is_error for each in findings)
        kind = "not-compared"
        # What is not exported whole is not worth a run.
        if options.parity and not is_bad:
            parity = run_and_compare(options.notebook, options.app)
    except NbflaskError as fault:
        if options.json:
            _write_json([*write_data(findings), write_fault(kind, fault)])
        elif kind == "not-compared":
            _write_text(options.notebook.name, findings)
        raise
    if options.json:
        _write_json(
            [*write_data(findings), *(write_findings(parity) if parity is not None else ())]
        )
    else:
        _write_text(options.notebook.name, findings, parity)
    return int(is_bad or (parity is not None and parity.differs))


def _write_json(data: list[dict[str, Any]]) -> None:
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def _write_text(name: str, findings: Sequence[Finding], parity: Parity | None = None) -> None:
    sys.stdout.write(write_text(name, findings))
    if parity is not None:
        sys.stdout.write(f"\n{render_text(parity)}\n")
    sys.stdout.flush()
