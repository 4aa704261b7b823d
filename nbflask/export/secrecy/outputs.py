"""Stored answers, of which a project's tests are made, without what must not leave the notebook.

Rule 1: a header field with a secret is left out, and so are the answers of a cell of several.

Rule 2: a content with a secret, or with a path of the machine, is no longer whole: nothing asserts
it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.redaction import REDACTED, redact_text

from .looks import has_secret_look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..notebooks import SourceCell, SourceNotebook

_PATH = re.compile(r"(?:/(?:home|Users)/[\w.-]+|/(?:root|tmp|var|mnt|srv)/[\w.-]+|[A-Za-z]:\\\w)")
#: Nobody asserts it.
_COOKIE = re.compile(r"^set-cookie: .*$", re.IGNORECASE | re.MULTILINE)
#: What stands for a value that was covered when the answer was stored.
_MASK = "…"
_CUT = "\n… 1 more characters"


def without_secret_outputs(notebook: SourceNotebook) -> SourceNotebook:
    """Give a notebook whose stored answers hold no secret and no path of the machine."""
    return replace(notebook, cells=tuple(map(_cover_cell, notebook.cells)))


def _cover_cell(cell: SourceCell) -> SourceCell:
    is_several = cell.source.lstrip().startswith("%%http")
    if is_several:
        return replace(cell, outputs=()) if any(map(_tells, cell.outputs)) else cell
    return replace(cell, outputs=tuple(map(_cover_output, cell.outputs)))


def _tells(output: Mapping[str, Any]) -> bool:
    return any(map(_is_telling, _COOKIE.sub("", _text_of(output)).split("\n\n")))


def _cover_output(output: Mapping[str, Any]) -> Mapping[str, Any]:
    text = _text_of(output)
    covered = _cover_answer(text)
    return output if covered == text else {**output, "data": {"text/plain": covered}}


def _text_of(output: Mapping[str, Any]) -> str:
    data = output.get("data")
    text = data.get("text/plain") if isinstance(data, dict) else ""
    text = "".join(map(str, text)) if isinstance(text, list) else text
    return text if output.get("output_type") == "execute_result" and isinstance(text, str) else ""


def _cover_answer(text: str) -> str:
    head, gap, content = text.partition("\n\n")
    status, *fields = head.split("\n")
    kept = [each for each in fields if _COOKIE.match(each) or not _is_telling(each)]
    cut = f"{_MASK}{_CUT}" if gap and _is_telling(content) else content
    return "\n".join([status, *kept]) + gap + cut


def _is_telling(text: str) -> bool:
    is_secret = redact_text(text).replace(REDACTED, _MASK) != text or has_secret_look(text)
    return is_secret or bool(_PATH.search(text))
