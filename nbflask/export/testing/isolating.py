"""Statements of a test that change the app, as ones that leave it as it was for other tests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..statements import parse_statements
from .carrying import NotCarriedError
from .effects import find_writes

if TYPE_CHECKING:
    from collections.abc import Sequence


def isolate(lines: Sequence[str], *, has_factory: bool) -> tuple[list[str], bool]:
    """Give lines that leave the app as it was for other tests, and whether they need a fixture.

    :raises NotCarriedError: They change the app in a way that cannot be undone.
    """
    if has_factory:
        return list(lines), False
    written = [_write_setting(each) if each else "" for each in lines]
    for each in written:
        for statement in parse_statements(each):
            if "app" in find_writes(statement.node, is_suspicious=False):
                raise NotCarriedError("it changes the app for all tests")
    return written, written != list(lines)


def _write_setting(text: str) -> str:
    """Write a setting of the app as one that is undone."""
    node = ast.parse(text).body[0]
    comment = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("#"))
    match node:
        case ast.Assign(targets=[ast.Subscript(value=value, slice=key)], value=new) if (
            ast.unparse(value) == "app.config"
        ):
            words = f"app.config, {ast.unparse(key)}, {ast.unparse(new)}"
            return f"{comment}monkeypatch.setitem({words})"
        case ast.Delete(targets=[ast.Subscript(value=value, slice=key)]) if (
            ast.unparse(value) == "app.config"
        ):
            return f"{comment}monkeypatch.delitem(app.config, {ast.unparse(key)})"
    return text
