"""Async views run where a loop runs already, as it does in every cell."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from nbflask.app.async_views import run_async

_variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


async def _view(name: str) -> tuple[str, str]:
    await asyncio.sleep(0)
    before = _variable.get()
    _variable.set("set by the view")
    return name, before


async def _fail() -> None:
    raise ValueError("from the view")


def _call() -> tuple[tuple[str, str], str]:
    _variable.set("set by the caller")
    return run_async(_view)("Ada"), _variable.get()


async def _call_under_a_loop() -> tuple[tuple[str, str], str]:
    return _call()


def test_a_view_runs_with_the_callers_context_and_gives_it_back() -> None:
    expected = (("Ada", "set by the caller"), "set by the view")
    assert contextvars.copy_context().run(_call) == expected
    assert asyncio.run(_call_under_a_loop()) == expected


def test_what_a_view_raises_is_the_callers() -> None:
    async def call() -> None:
        run_async(_fail)()

    for attempt in (run_async(_fail), lambda: asyncio.run(call())):
        with pytest.raises(ValueError, match=r"^from the view$"):
            attempt()


def test_the_thread_of_a_call_ends_with_it() -> None:
    asyncio.run(_call_under_a_loop())
    names = [thread.name for thread in threading.enumerate()]
    assert "nbflask-async-view" not in names
