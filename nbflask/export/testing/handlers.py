"""Which error handlers an answer may come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from werkzeug import exceptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..program import Piece
    from .answers import Answer
    from .needs import Needs


def find_handlers(handlers: Iterable[Piece], needs: Needs, answer: Answer | None) -> list[Piece]:
    """Give the error handlers that an answer may come from; of ``None``, which any may give."""
    found = [each for each in handlers if _may_handle(_error_of(each), needs, answer)]
    if answer is None:
        return found
    # Flask asks the handler of a code before that of all errors.
    return [each for each in found if _is_sure(each, needs, answer)] or found


def _may_handle(error: str, needs: Needs, answer: Answer | None) -> bool:
    """Say whether the handler of an error may be the one that an answer would come from."""
    if answer is None or not error:
        return True
    if error.isdecimal():
        return int(error) == answer.status or (error == "500" and bool(answer.raised))
    known = getattr(exceptions, error, None)
    if isinstance(known, type) and issubclass(known, exceptions.HTTPException):
        return known.code is None or known.code == answer.status
    return bool(answer.raised) or answer.status == 400 or error in needs.texts


def _error_of(handler: Piece) -> str:
    """Give what an error handler handles: a status code, or the name of a class."""
    return next((key[-1] for key in sorted(handler.keys) if key[0] == "error"), "")


def _is_sure(handler: Piece, needs: Needs, answer: Answer) -> bool:
    """Say whether an answer came from a handler, as no other error has its status."""
    error = _error_of(handler)
    if error.isdecimal():
        return int(error) == answer.status and error not in ("400", "500")
    is_own = not hasattr(exceptions, error) and error in needs.texts
    return is_own and bool(re.search(rf",\s*{answer.status}\b", handler.statement.text))
