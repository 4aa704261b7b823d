"""Coroutine views in a thread whose event loop may be running already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def run_async(func: Callable[..., Any]) -> Callable[..., Any]:
    """Make a coroutine function callable."""
    from asgiref.sync import async_to_sync

    return async_to_sync(func)
