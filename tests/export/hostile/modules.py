"""Modules of Python that are spoilt: what ``nbflask import`` may be given."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from .documents import Case
from .mutating import change_text
from .sources import all_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLE = '''\
"""A shop of teas."""

from __future__ import annotations

import os

from flask import Flask, jsonify, request

# The app.

app = Flask(__name__)
app.config.from_mapping(SECRET_KEY="dev", DEBUG=True)
teas = {"green": 3}  # pounds


def find(name: str) -> int:
    """Find a tea."""
    return teas[name]


@app.route("/")
def index():
    return f"<h1>{len(teas)} teas</h1>"


@app.route("/teas/<name>", methods=["GET", "POST"])
def tea(name):
    # All of them.
    if request.method == "POST":
        teas[name] = int(request.form["n"])
    return jsonify(name=name, count=find(name))


if __name__ == "__main__":
    app.run(debug=True)
'''


def fixed_modules() -> Iterator[Case]:
    """Give a sound module with each wrong text in it."""
    head, _, tail = _EXAMPLE.partition("# The app.\n")
    for name, source in all_sources().items():
        text = f"{head}\n{source}\n{tail}"
        yield Case(name=f"module: {name}", content=text.encode("utf-8", "surrogatepass"))
    for name, content in _whole_files().items():
        yield Case(name=f"module: {name}", content=content)


def random_modules(seed: int, count: int) -> Iterator[Case]:
    """Give as many modules, each spoilt in a few places."""
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        text = _EXAMPLE
        for _ in range(chance.choice((1, 2, 4))):
            text = change_text(text, chance)
        content = text.encode("utf-8", "surrogatepass")
        if chance.random() < 0.2:
            at = chance.randrange(len(content) + 1)
            content = content[:at] + bytes([chance.randrange(256)]) + content[at:]
        yield Case(name=f"module {seed}:{number}", content=content)


def _whole_files() -> dict[str, bytes]:
    return {
        "empty": b"",
        "byte order mark": b"\xef\xbb\xbf" + _EXAMPLE.encode(),
        "UTF-16": _EXAMPLE.encode("utf-16"),
        "coding that it has not": b"# coding: latin-1\n" + _EXAMPLE.encode() + b"# \xe4\n",
        "coding of nobody": b"# coding: nonsense\n" + _EXAMPLE.encode(),
        "two codings": b"\xef\xbb\xbf# coding: latin-1\n" + _EXAMPLE.encode(),
        "not UTF-8": _EXAMPLE.encode() + b"# \xff\n",
        "CRLF": _EXAMPLE.replace("\n", "\r\n").encode(),
        "CR": _EXAMPLE.replace("\n", "\r").encode(),
        "no line end": _EXAMPLE.encode().rstrip(),
        "bytecode": b"\xa7\r\r\n" + bytes(range(256)),
        "continued": _EXAMPLE.encode() + b"x = 1 \\",
        "form feeds": _EXAMPLE.replace("\n\n\n", "\n\f\n").encode(),
    }
