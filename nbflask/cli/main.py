"""``nbflask COMMAND``: reads its line, calls one command, and says what came of it."""

from __future__ import annotations

import argparse
import keyword
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from nbflask import __version__
from nbflask.errors import NbflaskError
from nbflask.export.soundness import without_warnings
from nbflask.values.visible import make_line

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Each module has ``HELP``, ``declare(parser)`` and ``run(options)``, which gives the exit status.
COMMANDS = ("check", "export", "import", "routes", "serve")
#: What shells give a command that Ctrl+C ended.
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    :param arguments: Its words; by default those of the process.
    :returns: The exit status: 0 if all is well, 1 if not, 2 if the line cannot be read,
        130 if it was interrupted.
    """
    parser = argparse.ArgumentParser(
        prog="nbflask", description="Take a Flask app out of a notebook, and back."
    )
    parser.add_argument("--version", action="version", version=f"nbflask {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        # "import" cannot name a module: its own is "import_".
        module = f"{name}_" if keyword.iskeyword(name) else name
        command = import_module(f"nbflask.cli.{module}")
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        command.declare(subparser)
        subparser.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    try:
        with without_warnings():
            status = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads, such as `head`, has had enough; Python would write the rest once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except NbflaskError as fault:
        sys.stderr.write(f"nbflask: {make_line(str(fault))}\n")
        return 1
    return status
