"""Async views where a loop runs already: the kernel's, when a cell calls the test client."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from asgiref.sync import async_to_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
R = TypeVar("R")

_MISSING = object()


def run_async(function: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """Give a plain function that runs the coroutine function to its end.

    Where a loop runs in the caller's thread, asgiref refuses, since it would wait
    for itself; the call then hops to a thread with the caller's context. Context
    variables that the function sets are set for the caller, too.
    """
    direct = async_to_sync(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _has_running_loop():
            return direct(*args, **kwargs)
        return _call_in_thread(functools.partial(direct, *args, **kwargs))

    return call


def _has_running_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _call_in_thread(function: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    results: list[R] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(context.run(function))
        except BaseException as error:  # noqa: BLE001  # it is raised again in the caller's thread
            errors.append(error)

    # A daemon: an interrupted cell leaves it behind, and the kernel must still be able to end.
    thread = threading.Thread(target=work, name="nbflask-async-view", daemon=True)
    thread.start()
    thread.join()
    for variable, value in context.items():
        if variable.get(_MISSING) is not value:
            variable.set(value)
    if errors:
        raise errors[0]
    return results[0]
