"""``nbflask COMMAND``: reads its line, calls one command, and says what came of it."""

from __future__ import annotations

import argparse
import keyword
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

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
_ENDINGS = (".ipynb", ".py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    :param arguments: Its words; by default those of the process.
    :returns: The exit status: 0 if all is well, 1 if not, 2 if the line cannot be read,
        130 if it was interrupted.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = _read(words)
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


class _Parser(argparse.ArgumentParser):
    """Says how a file is named that begins as an option does."""

    words: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the line, and end."""
        files = (each for each in self.words if each.startswith("-") and each.endswith(_ENDINGS))
        name = next(files, "")
        super().error(f"{message} (write ./{name} for the file)" if name else message)


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="nbflask", description="Take a Flask app out of a notebook, and back.")
    parser.add_argument("--version", action="version", version=f"nbflask {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        # "import" cannot name a module: its own is "import_".
        module = f"{name}_" if keyword.iskeyword(name) else name
        command = import_module(f"nbflask.cli.{module}")
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        subparser.words = words
        command.declare(subparser)
        subparser.set_defaults(run=command.run, parser=subparser)
    options, unknown = parser.parse_known_args(words)
    if unknown:
        # The parser of all commands would show how to write any of them, and not this one.
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    return options
