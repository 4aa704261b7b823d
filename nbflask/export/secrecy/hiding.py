"""A project's files without secrets: those that are written, and those from beside the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.errors import NotebookError

from ..project import Note
from .local_paths import shorten_in_comments, shorten_paths
from .looks import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .secrets import Vault


def hide_in_file(name: str, text: str, vault: Vault) -> str:
    """Give a file's text without secrets.

    :param name: Its path in the project: the app's own modules hold none any more, tests know those
        of the app, and other modules have their own.
    """
    if not name.endswith(".py"):
        prose = shorten_paths(text) if name.endswith(".md") else text
        return vault.cover(prose, kind_of(name))
    text = shorten_in_comments(text)
    if name.startswith("tests/"):
        return vault.hide_known(text)
    return vault.cover_code(text) if name in ("app.py", "wsgi.py") else vault.hide_module(text)


def hide_in_files_beside(files: Mapping[str, bytes], vault: Vault) -> dict[str, bytes]:
    """Give the files from beside a notebook without secrets.

    :raises NotebookError: One that is no text holds a secret, so that nobody can cover it.
    """
    return {name: _hide_beside(name, data, vault) for name, data in files.items()}


def _hide_beside(name: str, data: bytes, vault: Vault) -> bytes:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        if any(each.encode("utf-8", "replace") in data for each in vault.literals):
            raise NotebookError(
                f"The file {name!r} beside the notebook holds a secret of its cells. Take it off "
                "the list `nbflask.files` in the notebook's metadata."
            ) from None
        return data
    try:
        hidden = hide_in_file(f"./{name}", text, vault)
    except (SyntaxError, ValueError, RecursionError):
        # It is called a module, and is none of this Python.
        hidden = vault.cover(text)
    return data if hidden == text else hidden.encode()


def describe_covered(name: str) -> Note:
    """Say that a file that is no code held a secret."""
    return Note(
        text=f"{name} held a secret, which is REDACTED there. Hand it to the template by "
        "render_template(), or leave it out."
    )
