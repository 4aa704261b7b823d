"""Words of a POSIX shell (dash, bash, zsh, in any locale) that stand for exact bytes."""

from __future__ import annotations

import base64
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .outgoing import Outgoing

#: Linux takes at most 128 KiB in one argument; base64 and the rest of the line need their part.
MAX_ARGUMENT_BYTES = 32 * 1024

# A terminal that a command is pasted into acts on control characters, quoted or not.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def is_writable(data: bytes) -> bool:
    """Whether a quoted word can stand for the data in a script, and be pasted and read."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return len(data) <= MAX_ARGUMENT_BYTES and not _CONTROLS.search(text)


def quote_bytes(data: bytes) -> str:
    """Give the word of a shell for bytes without NUL and without a line end as the last one."""
    if is_writable(data):
        return shlex.quote(data.decode())
    octal = "".join(f"\\{byte:03o}" for byte in data)
    return f"\"$(printf '{octal}')\""


def pipe_content(request: Outgoing, command: str) -> str:
    """Give a command that reads the content from its standard input."""
    if request.content_file:
        return f"{command} < {request.content_file}"
    encoded = base64.b64encode(request.content).decode()
    return f"printf %s {encoded} | base64 -d | {command}"


def write_command(request: Outgoing, words: Sequence[str]) -> str:
    """Give a command with a comment above it, an option a line."""
    comments = [f"# {line}" for line in (request.title, *request.warnings)]
    return "\n".join([*comments, " \\\n  ".join(words)]) + "\n"


def write_script(commands: Sequence[str]) -> str:
    """Give one command as it is, several as a script."""
    if len(commands) == 1:
        return commands[0]
    return "\n".join(["#!/bin/sh\n", *commands])
