"""Where the output of views goes: below the cell that runs the server, and nowhere else.

ipykernel sends what a thread prints to the cell of its last message, whichever
that was: a cell that runs by chance, or none after a click on a widget.

Rule 1: each request runs in a copy of one context in which the cell is pinned;
the kernel's own streams read it from there.

Rule 2: that context holds nothing else. A copy of the cell's would bring along
what the cell has pushed: Flask's contexts, the journal's running cell.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import threading
from typing import TYPE_CHECKING, Any

from flask import got_request_exception, has_request_context, request

from nbflask.server.guards import current_view, guards
from nbflask.server.tracebacks import describe_request, identify, render

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

    from _typeshed.wsgi import WSGIEnvironment
    from flask import Flask

_shown_error: contextvars.ContextVar[BaseException | None] = contextvars.ContextVar(
    "nbflask_shown_error", default=None
)


class CellOutput:
    """Shows what views print, log, warn, display and raise below one cell.

    Make it in the cell. In a terminal there is nothing to pin; only errors look different.

    :param shell: IPython's shell.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._kernel = getattr(shell, "kernel", None)
        self._context = contextvars.Context()
        self._header: dict[str, Any] | None = None
        self._filtered: list[logging.Handler] = []
        #: The newest error that a view raised, with its frames.
        self.last_error: BaseException | None = None
        #: Keeps one error's lines together, and the repeat below what it repeats.
        self._lock = threading.Lock()
        self._shown_last: object = None
        self._context.run(current_view.set, self.run)
        self.pin()

    def pin(self) -> None:
        """Show from now on what views print below the cell that runs now."""
        # Above what comes now stands nothing that it could repeat.
        self._shown_last = None
        parent = self._shell.get_parent() if hasattr(self._shell, "get_parent") else None
        if parent:
            self._header = parent.get("header", {})
            self._context.run(_pin, self._shell, parent, self._header)

    def open(self) -> None:
        """Begin: the server starts."""
        guards.acquire(self._kernel)
        got_request_exception.connect(self._on_request_exception)

    def close(self) -> None:
        """End: the server has stopped."""
        got_request_exception.disconnect(self._on_request_exception)
        for handler in self._filtered:
            handler.removeFilter(_is_news)
        self._filtered.clear()
        guards.release()

    def run(self, serve: Callable[[], None]) -> None:
        """Run a function of a view's thread, with its output below the cell."""
        self._context.copy().run(self._run, serve)

    def show_error(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Show what a view raised, once, below what it has printed.

        The same error again, as each reload of a preview brings it, is one line.
        """
        if _shown_error.get() is error:
            return
        _shown_error.set(error)
        self.last_error = error
        head = describe_request(environ) if environ else "A view failed"
        # Before the lock is taken: an error's own __str__ may do anything.
        identity, text = identify(error), f"{head}\n{render(error, self._shell)}"
        with self._lock:
            if identity == self._shown_last:
                text = f"{head}: {type(error).__name__} again, as above.\n"
            self._shown_last = identity
            # The kernel sends the two streams separately, and the errors' sooner.
            sys.stdout.flush()
            sys.stderr.write(text)
            sys.stderr.flush()

    def _run(self, serve: Callable[[], None]) -> None:
        with self._pinned_display():
            serve()

    @contextlib.contextmanager
    def _pinned_display(self) -> Iterator[None]:
        """Pin display() where ipykernel keeps no context for it (6.x): by a hook of this thread."""
        publisher: Any = getattr(self._shell, "display_pub", None)
        if self._header is None or isinstance(
            getattr(publisher, "_parent_header", None), contextvars.ContextVar
        ):
            yield
            return

        def readdress(message: dict[str, Any]) -> dict[str, Any]:
            message["parent_header"] = self._header
            return message

        publisher.register_hook(readdress)
        try:
            yield
        finally:
            publisher.unregister_hook(readdress)

    def _on_request_exception(self, sender: Flask, exception: BaseException, **_: Any) -> None:
        if current_view.get() != self.run:
            return
        self.show_error(exception, request.environ if has_request_context() else None)
        # Flask logs the error next. A file may have it, the notebook has it already.
        logger: logging.Logger | None = sender.logger
        while logger is not None:
            for handler in logger.handlers:
                if handler not in self._filtered and _writes_to_screen(handler):
                    handler.addFilter(_is_news)
                    self._filtered.append(handler)
            logger = logger.parent if logger.propagate else None


def _pin(shell: Any, parent: dict[str, Any], header: dict[str, Any]) -> None:
    """Set the cell in the current context, for whatever reads it from there."""
    if hasattr(shell, "set_thread_parent"):
        shell.set_thread_parent(parent)
        return
    targets = [(sys.stdout, header), (sys.stderr, header), (shell.display_pub, header)]
    for target, value in [*targets, (shell.displayhook, header), (shell, parent)]:
        # ipykernel 6.29 to 7.0 read this variable, but have no function that sets it.
        variable = getattr(target, "_parent_header", None)
        if isinstance(variable, contextvars.ContextVar):
            variable.set(value)


def _is_news(record: logging.LogRecord) -> bool:
    return not record.exc_info or record.exc_info[1] is not _shown_error.get()


def _writes_to_screen(handler: logging.Handler) -> bool:
    stream = getattr(handler, "stream", None)
    # Flask's default handler writes to a proxy of the request's error stream.
    is_proxy = type(stream).__module__.startswith("werkzeug.")
    return is_proxy or stream in {sys.stderr, sys.stdout}
