"""Notebooks' files that are spoilt as bytes, and files that are wrong as a whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.export.written import document_of

from .documents import EXAMPLE, Case, example_document, write
from .sources import all_sources

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator


def fixed_cases() -> Iterator[Case]:
    """Give a sound notebook with each wrong cell in it, and files that are wrong as a whole."""
    for name, source in all_sources().items():
        document = document_of("%load_ext nbflask", source, "%%route /\n'x'")
        yield Case(name=f"cell: {name}", content=write(document))
    for name, content in _whole_files().items():
        yield Case(name=f"file: {name}", content=content)


def _flip_bytes(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _cut_out(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.choice((1, 2, 10, 200)) :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    new = chance.choice(
        (b"\0", b"\xff", b'"', b"{", b"[" * 2_000, b"\xed\xa0\x80", b"9" * 5_000, b"\r")
    )
    return content[:at] + new + content[at:]


def _encode(content: bytes, chance: random.Random) -> bytes:
    text = json.dumps(json.loads(content), ensure_ascii=False)
    name = chance.choice(("utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "utf-7"))
    return text.encode(name, "replace")


def _end_lines(content: bytes, chance: random.Random) -> bytes:
    text = json.dumps(json.loads(content), indent=1)
    return text.replace("\n", chance.choice(("\r\n", "\r"))).encode()


SPOILING: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip_bytes, _flip_bytes, _cut, _cut_out, _insert, _insert, _encode, _end_lines),
)


def _whole_files() -> dict[str, bytes]:
    example = write(example_document())
    cells = b", ".join([b'{"cell_type": "markdown", "metadata": {}, "source": "x"}'] * 10_000)
    many = document_of(*EXAMPLE, *(f"x{n} = {n}" for n in range(300)))
    views = document_of(*EXAMPLE, *(f"%%route /v{n}\n'{n}'" for n in range(25)))
    return {
        "nothing": b"",
        "spaces": b" \n",
        "NUL": b"\0" * 100,
        "not text": bytes(range(256)),
        "null": b"null",
        "number": b"4",
        "list": b"[]",
        "object": b"{}",
        "version alone": b'{"nbformat": 4}',
        "no cells": b'{"nbformat": 4, "cells": []}',
        "cells are an object": b'{"nbformat": 4, "cells": {}}',
        "cells are null": b'{"nbformat": 4, "cells": [null]}',
        "keys twice": b'{"nbformat": 4, "cells": [], "nbformat": 3, "cells": 1}',
        "not a number": b'{"nbformat": NaN, "cells": []}',
        "no end of a number": b'{"nbformat": 4, "nbformat_minor": 1e999, "cells": []}',
        "deep list": b"[" * 100_000,
        "deep object": b'{"a":' * 100_000,
        "deep metadata": example[:-1] + b', "x": ' + b"[" * 900 + b"]" * 900 + b"}",
        "two documents": example * 2,
        "Python": b"from flask import Flask\napp = Flask(__name__)\n",
        "page": b"<!doctype html><title>Sign in</title>",
        "archive": b"PK\x03\x04",
        "many cells of text": b'{"nbformat": 4, "cells": [' + cells + b"]}",
        "many cells of code": write(many),
        "many views": write(views),
        "version 1": b'{"nbformat": 1, "cells": [{"cell_type": "code", "code": "x"}]}',
        "version 2": b'{"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "raw"}]}]}',
    }
