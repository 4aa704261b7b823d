"""The few live objects that outlast their request, for whoever debugs it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from flask import g, has_app_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .bounds import Bounds


class Keepsakes:
    """The last context of each template, and the exception of the exchange that failed last."""

    def __init__(self, bounds: Bounds) -> None:
        self._most = bounds.contexts
        self._lock = threading.Lock()
        self._contexts: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._error: tuple[int, BaseException] | None = None
        self._globals: Any = None

    def keep_context(self, template_name: str | None, context: dict[str, Any]) -> None:
        """Hold a template's context until its next one."""
        if template_name is None:
            return
        with self._lock:
            self._contexts[template_name] = context
            self._contexts.move_to_end(template_name)
            if len(self._contexts) > self._most:
                self._contexts.popitem(last=False)

    def context_of(self, template_name: str) -> Mapping[str, Any] | None:
        """Give what a template was last rendered with."""
        return self._contexts.get(template_name)

    def keep_error(self, number: int, error: BaseException) -> None:
        """Hold the exception of an exchange until the next one."""
        self._error = (number, error)
        self._globals = g._get_current_object() if has_app_context() else None

    def error_of(self, number: int) -> BaseException | None:
        """Give the exception of an exchange, if it was the last."""
        last = self._error
        return last[1] if last is not None and last[0] == number else None

    def globals_of(self, number: int) -> Any:
        """Give ``flask.g`` of an exchange, if its exception is kept; ``None`` if not."""
        return self._globals if self.error_of(number) is not None else None

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self._contexts.clear()
            self._error = self._globals = None
