"""An error in a view, as a notebook shows errors: the cell's lines, without the machinery's."""

from __future__ import annotations

import copy
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Set in a request's environ once the response's head is sent, with its status code.
HAS_BEGUN = "nbflask.response_has_begun"
#: A longer path would hide the traceback that it heads.
MAX_PATH_CHARS = 200

#: Packages between the socket and the view; a frame in one of them says nothing about the fault.
_MACHINERY = frozenset({"nbflask", "flask", "werkzeug", "asgiref", "jinja2"})


def trim(error: BaseException) -> TracebackType | None:
    """Give the traceback without the machinery's frames; all of it if nothing is left."""
    frames = [frame for frame in _walk(error.__traceback__) if not _is_machinery(frame)]
    if not frames:
        return error.__traceback__
    trimmed: TracebackType | None = None
    for frame in reversed(frames):
        trimmed = TracebackType(trimmed, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return trimmed


def render(error: BaseException, shell: Any | None) -> str:
    """Give the traceback as text, in the colours and style of the shell's own."""
    trimmed = trim(error)
    if shell is None:
        return "".join(traceback.format_exception(type(error), error, trimmed))
    one_line = getattr(error, "_render_traceback_", None)
    if one_line is not None:
        return "\n".join(one_line()) + "\n"
    # The shell's own remembers what it showed last, for %debug; ours must not.
    formatter = copy.copy(shell.InteractiveTB)
    lines = formatter.structured_traceback(type(error), error, trimmed, tb_offset=0)
    return str(formatter.stb2text(lines)) + "\n"


def describe_request(environ: Mapping[str, Any]) -> str:
    """Give the line that heads what a request shows, as ``GET /hello -> 500``.

    The query is left out: it may hold a secret, and a notebook is handed on.
    """
    path = str(environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")
    if len(path) > MAX_PATH_CHARS:
        path = f"{path[:MAX_PATH_CHARS]}…"
    end = "ended early" if environ.get(HAS_BEGUN) else "500"
    return f"{_escape(str(environ.get('REQUEST_METHOD', '')))} {_escape(path)} -> {end}"


def identify(error: BaseException) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Give what two errors have in common that show the same: type, text, and lines."""
    frames = tuple((tb.tb_frame.f_code.co_filename, tb.tb_lineno) for tb in _walk(trim(error)))
    return "".join(traceback.format_exception_only(error)), frames


def _escape(text: str) -> str:
    """Write out what would act on a terminal, or turn the direction of the line."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _walk(tb: TracebackType | None) -> list[TracebackType]:
    found = []
    while tb is not None:
        found.append(tb)
        tb = tb.tb_next
    return found


def _is_machinery(tb: TracebackType) -> bool:
    name = tb.tb_frame.f_globals.get("__name__") or ""
    filename = tb.tb_frame.f_code.co_filename
    is_template = filename.startswith("<template") or filename.endswith((".html", ".txt", ".xml"))
    return not is_template and str(name).partition(".")[0] in _MACHINERY
