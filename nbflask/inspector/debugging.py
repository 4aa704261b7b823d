"""Post-mortem: IPython's debugger in the frame that failed, within the request.

Rule 1: ``request``, ``session``, ``g`` and ``url_for`` work there as in the view. The context is
pushed for as long as the debugger is open, and popped whatever happens in it.
Rule 2: the frames are the notebook's own. Those of libraries are shown where they are asked for.
Rule 3: only the exception that was raised last has frames still; they hold all that the request
had in memory.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flask.globals import app_ctx
from IPython.core.display_trap import DisplayTrap
from IPython.core.getipython import get_ipython

from nbflask.errors import RecordError
from nbflask.values.code_names import is_foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.recorder import Recorder

#: Where the environ of a request has its exchange.
_EXCHANGE = "nbflask.exchange"


def post_mortem(
    recorder: Recorder,
    number: int | None = None,
    *,
    all_frames: bool = False,
    shell: Any = None,
) -> None:
    """Open the debugger, and return when it is left.

    :param number: The exchange; ``None`` for the one that failed last.
    :param all_frames: Whether those of libraries are shown, too.
    :param shell: ``None`` for the one that runs.
    :raises RecordError: It has no exception, or its frames are gone; or nobody can type here.
    """
    shell = get_ipython() if shell is None else shell
    if shell is None:
        raise RecordError("The debugger is IPython's. Call this in a notebook or in IPython.")
    number = _find_failed(recorder) if number is None else number
    error = _find_error(recorder, number)
    _require_input(shell)
    traceback = error.__traceback__ if all_frames else _skip_libraries(error.__traceback__)
    debugger = shell.debugger_cls()
    debugger.intro = _introduce(recorder, number, error)
    # As %debug does: what is evaluated is printed, not displayed as a cell's result.
    with _request_of(recorder, number, error), DisplayTrap(hook=sys.__displayhook__):
        debugger.reset()
        debugger.interaction(None, traceback)


def _find_failed(recorder: Recorder) -> int:
    for exchange in reversed(recorder.exchanges()):
        if recorder.error_of(exchange.id) is not None:
            return exchange.id
    raise RecordError("No exchange has failed, so there is nothing to debug.")


def _find_error(recorder: Recorder, number: int) -> BaseException:
    error = recorder.error_of(number)
    if error is not None:
        return error
    if not recorder.exchange(number).errors:
        raise RecordError(f"Exchange {number} raised nothing, so there is nothing to debug.")
    raise RecordError(
        f"The frames of exchange {number} are gone: only those of the one that failed last are "
        f"kept. Send it again with `%flask_replay {number}`, then write `%flask_debug`."
    )


def _require_input(shell: Any) -> None:
    kernel = getattr(shell, "kernel", None)
    is_mute = sys.stdin is None or sys.stdin.closed if kernel is None else not kernel._allow_stdin
    if is_mute:
        raise RecordError(
            "The debugger needs somebody who types, and this notebook runs without. "
            "Run the cell in JupyterLab, or leave it out."
        )


def _skip_libraries(traceback: TracebackType | None) -> TracebackType | None:
    """Give the traceback without libraries' frames, but all of it where nothing else is left."""
    frames = []
    rest = traceback
    while rest is not None:
        frames.append(rest)
        rest = rest.tb_next
    kept: TracebackType | None = None
    for each in reversed(frames):
        if not is_foreign(each.tb_frame.f_code.co_filename):
            kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept or traceback


def _introduce(recorder: Recorder, number: int, error: BaseException) -> str:
    request = recorder.redacted(recorder.exchange(number)).request
    path = ascii(request.path)[1:-1]
    return (
        f"{type(error).__name__} in exchange {number}: {request.method} {path}\n"
        "'request', 'session' and 'g' are those of the request; 'u' and 'd' go up and down, "
        "'q' leaves."
    )


@contextmanager
def _request_of(recorder: Recorder, number: int, error: BaseException) -> Iterator[None]:
    """Be in the request that failed."""
    context = _find_context(error.__traceback__)
    if context is None:
        context = recorder.app.request_context(recorder.environ_of(number) or {})
    # What Flask does to this context is not the exchange's any more.
    environ = context.request.environ
    noted = environ.pop(_EXCHANGE, None)
    try:
        context.push()
        try:
            if (kept := recorder.globals_of(number)) is not None:
                app_ctx.g = kept
            yield
        finally:
            context.pop(None)
    finally:
        if noted is not None:
            environ[_EXCHANGE] = noted


def _find_context(traceback: TracebackType | None) -> Any:
    """Give a copy of the context that Flask's frames hold: its request, parsed, and its session."""
    while traceback is not None:
        context: Any = traceback.tb_frame.f_locals.get("ctx")
        if type(context).__module__ == "flask.ctx" and hasattr(context, "request"):
            return context.copy()
        traceback = traceback.tb_next
    return None
