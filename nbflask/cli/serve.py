"""``nbflask serve NOTEBOOK``."""

from __future__ import annotations

import argparse
import sys

from nbflask.hosting.process import is_number_of_workers
from nbflask.hosting.serving import Wish, serve

from .paths import read_path

HELP = "Serve a notebook's app with gunicorn. The other cells of the notebook are not run."
_MAX_PORT = 65535


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what stands on the line."""
    parser.add_argument("notebook", type=read_path, metavar="NOTEBOOK", help="the .ipynb file")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1 by default; 0.0.0.0 for all")
    parser.add_argument(
        "--port", type=_read_port, default=8000, help="8000 by default; 0 for any that is free"
    )
    parser.add_argument(
        "--workers",
        type=_read_workers,
        metavar="N",
        help="processes; by default $WEB_CONCURRENCY, else 1",
    )
    parser.add_argument(
        "--reload", action="store_true", help="serve the notebook anew whenever it is saved"
    )
    parser.add_argument(
        "--app", metavar="NAME", help="the app's variable; by default `app`, else the last"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until a signal asks to end."""
    wish = Wish(
        notebook=options.notebook,
        app=options.app,
        host=options.host,
        port=options.port,
        workers=options.workers,
        reload=options.reload,
    )
    serve(wish, _say)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _read_port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= _MAX_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: write a number from 0 to {_MAX_PORT}")


def _read_workers(text: str) -> int:
    if is_number_of_workers(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of workers: write 1 or more")
