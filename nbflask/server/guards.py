"""What the kernel's process must know about views while servers run: small, counted patches.

A thread that a view starts prints where the view prints. ``input()`` in a view
is an error: it would ask in whatever cell runs, and wait there for ever.
"""

from __future__ import annotations

import builtins
import contextvars
import getpass
import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any

from IPython.core.error import StdinNotImplementedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Runs a function with its output where the current view's goes; ``None`` outside of views.
current_view: contextvars.ContextVar[Callable[[Callable[[], None]], None] | None] = (
    contextvars.ContextVar("nbflask_current_view", default=None)
)


class Guards:
    """Installed while one server or more runs.

    :param kernel: ipykernel's; ``None`` in a terminal.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._undo: list[Callable[[], None]] = []

    def acquire(self, kernel: Any | None) -> None:
        """Count a user more; the first installs the patches."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._undo = [_follow_threads()]
                self._undo += [_refuse_input(*each) for each in _askers(kernel)]

    def release(self) -> None:
        """Count a user less; the last removes the patches."""
        with self._lock:
            self._users -= 1
            if not self._users:
                for undo in self._undo:
                    undo()
                self._undo = []


def _follow_threads() -> Callable[[], None]:
    """Have threads started in views run as the view does.

    A new thread has an empty context, and ipykernel then takes the last message's cell.
    """
    original = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        run_in_view = current_view.get()
        # Python 3.14 can have threads inherit the context; then nothing is left to do.
        if run_in_view is not None and not getattr(sys.flags, "thread_inherit_context", 0):
            run = thread.run
            thread.run = lambda: run_in_view(run)  # type: ignore[method-assign]
        original(thread)

    threading.Thread.start = start  # type: ignore[method-assign, assignment]

    def undo() -> None:
        # Somebody who patched after us keeps our function in theirs; without views it does nothing.
        if threading.Thread.start is start:
            threading.Thread.start = original  # type: ignore[method-assign]

    return undo


def _refuse_input(owner: Any, name: str) -> Callable[[], None]:
    """Have a function that asks the user raise an error in views.

    :param owner: The module or object whose attribute ``name`` it is.
    """
    original = getattr(owner, name)
    is_method = inspect.ismethod(original) and original.__self__ is owner

    def ask(*args: Any, **kwargs: Any) -> Any:
        if current_view.get() is not None:
            raise StdinNotImplementedError(
                "A served view cannot ask for input: nobody knows which cell would answer. "
                "Try the view with `%flask_get`, or take the input from the request."
            )
        return original(*args, **kwargs)

    setattr(owner, name, ask)

    def undo() -> None:
        if getattr(owner, name, None) is not ask:
            return
        if is_method:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

    return undo


def _askers(kernel: Any | None) -> Iterator[tuple[Any, str]]:
    """Name what asks the user, wherever it is kept: while a cell runs, and between cells.

    ipykernel puts its own functions in place for the time of a cell, keeps Python's meanwhile,
    and puts those back. Python's would read the kernel's empty standard input.
    """
    yield builtins, "input"
    yield getpass, "getpass"
    for name in ("raw_input", "getpass", "_sys_raw_input", "_save_getpass"):
        if callable(getattr(kernel, name, None)):
            yield kernel, name


# What they patch belongs to the process, and so do they.
guards = Guards()
