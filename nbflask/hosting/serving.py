"""``nbflask serve``: a notebook's app is served until somebody ends it.

Rule 1: one version of the app serves until the next one answers. A notebook that is saved broken
changes nothing.

Rule 2: whatever ends it, no process and no file of it is left.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.errors import NbflaskError, NotebookError, ServerError
from nbflask.export import read_notebook
from nbflask.values.code_names import cover_secret

from .listening import listen, write_url
from .process import Failed, ServingProcess, Started, find_server
from .temporary import Exports
from .variables import NO_SECRET_KEY, lacks_secret_key, make_environment, make_secret_key
from .watching import Watch

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .process import Server
    from .temporary import Placed

# How soon a saved notebook is noticed, in seconds.
_LOOK_EVERY_S = 0.3


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be served, and how.

    :param app: The app's variable; ``None`` for the notebook's own choice.
    :param port: 0 lets the system choose.
    :param workers: Processes; ``None`` leaves it to gunicorn.
    :param reload: Whether a saved notebook is served anew.
    """

    notebook: Path
    app: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int | None = None
    reload: bool = False


def serve(wish: Wish, say: Callable[[str], None]) -> None:
    """Serve a notebook's app, and return when a signal asks to end.

    :param say: Takes what there is to tell, a line at a time.
    :raises NotebookError: The notebook cannot be exported.
    :raises ServerError: The port is taken, a variable is missing, or the app does not start.
    """
    server = find_server()
    with ExitStack() as stack:
        interrupted = stack.enter_context(_signals())
        exports = stack.enter_context(Exports(wish.notebook, wish.app))
        listener = stack.enter_context(listen(wish.host, wish.port))
        service = _Service(
            wish=wish,
            say=say,
            exports=exports,
            listener=listener,
            interrupted=interrupted,
            server=server,
        )
        stack.callback(service.stop)
        service.start()
        service.watch()


@dataclass(kw_only=True)
class _Service:
    """What serves now.

    :param interrupted: A descriptor that can be read when a signal has come.
    """

    wish: Wish
    say: Callable[[str], None]
    exports: Exports
    listener: socket.socket
    interrupted: int
    server: Server
    secret_key: str = field(default_factory=make_secret_key, repr=False)
    process: ServingProcess | None = None

    def start(self) -> None:
        """Start the first version.

        :raises NbflaskError: There is none that starts.
        """
        self._say_server()
        placed = self.exports.export()
        for note in placed.project.notes:
            # What is said of no cell is for whoever keeps the project: its tests, its packages.
            if note.place is not None:
                self.say(str(note))
        if lacks_secret_key(placed.project, os.environ):
            self.say(NO_SECRET_KEY)
        process = self._run(placed)
        self.process = process
        match self._wait_for(process):
            case Failed() as failed:
                raise ServerError(_describe_failure(failed, self.exports.notebook))
            case Started():
                url = write_url(self.wish.host, self.listener)
                self.say(f"{self.wish.notebook} is served at {url} (Ctrl+C ends it).")

    def watch(self) -> None:
        """Serve until a signal comes, and follow the notebook where that is wished.

        :raises ServerError: The server has ended by itself.
        """
        watch = Watch(self.exports.notebook)
        while self.process is not None and not self.process.has_ended:
            if select.select([self.interrupted], [], [], _LOOK_EVERY_S)[0]:
                return
            if self.wish.reload and watch.has_changed():
                self._reload()
        if self.process is not None:
            raise ServerError("The server has ended by itself; what it wrote says why.")

    def stop(self) -> None:
        """End what serves. May be called twice."""
        process, self.process = self.process, None
        if process is not None:
            process.stop()

    def _reload(self) -> None:
        try:
            process = self._run(self.exports.export())
        except NbflaskError as fault:
            self.say(f"{fault} The app stays as it was.")
            return
        match self._wait_for(process):
            case Started():
                former, self.process = self.process, process
                if former is not None:
                    former.stop()
                self.say(f"{self.wish.notebook} was saved: it is served anew.")
            case Failed() as failed:
                process.stop()
                told = _describe_failure(failed, self.exports.notebook)
                self.say(f"{told} The app stays as it was.")
            case None:
                process.stop()

    def _run(self, placed: Placed) -> ServingProcess:
        return ServingProcess(
            placed.folder,
            self.listener,
            server=self.server,
            work_folder=self.exports.notebook.parent,
            environment=make_environment(placed.project, os.environ, self.secret_key),
            workers=self.wish.workers,
        )

    def _wait_for(self, process: ServingProcess) -> Started | Failed | None:
        """Wait until a version answers or fails; ``None`` if a signal came before."""
        ready = select.select([self.interrupted, process.told], [], [])[0]
        return None if self.interrupted in ready else process.read_start()

    def _say_server(self) -> None:
        if self.server == "werkzeug":
            self.say(
                "gunicorn is not there, so this is Werkzeug's server, in one process and for "
                "development only. `pip install nbflask[serve]` brings gunicorn."
            )


def _describe_failure(failed: Failed, notebook: Path) -> str:
    text = failed.reason or "its process has ended"
    place = _find_cell(failed.source, notebook)
    where = f"In {place}: " if place else ""
    return f"The app does not start: {where}{text}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _find_cell(source: str, notebook: Path) -> str:
    """Name the one cell that has a line of the project; ``""`` if none has it, or several."""
    try:
        cells = read_notebook(notebook).cells
    except NotebookError:
        return ""
    wanted = _with_one_quote(source)
    found = [
        each
        for each in cells
        if each.kind == "code" and wanted in map(_with_one_quote, each.source.split("\n"))
    ]
    if not wanted or len(found) != 1:
        return ""
    # A line with a secret in it is not shown.
    label = found[0].label
    return label if cover_secret(label) == label else f"cell {found[0].number}"


def _with_one_quote(line: str) -> str:
    """Give a line as exports quote it."""
    return line.strip().replace("'", '"')


@contextmanager
def _signals() -> Iterator[int]:
    """Give a descriptor that can be read once a signal has asked to end."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)

    def note(_number: int, _frame: object) -> None:
        with suppress(BlockingIOError):
            os.write(writable, b"!")

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    former = {
        number: signal.signal(number, note)
        for name in names
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield readable
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(readable)
        os.close(writable)
