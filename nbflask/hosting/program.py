"""What runs an exported project: ``python -P -m nbflask.hosting.program FOLDER ...``.

On the descriptor ``--lifeline`` nothing ever comes: when whoever started it is gone, it ends.

On the descriptor ``--tell`` it says in one line how the start went: ``ready``, or why not; then, in
another, the line of the project at which it went no further.
"""

from __future__ import annotations

import argparse
import mmap
import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

# Of one worker; as in the project's own Dockerfile.
_THREADS = 8
# gunicorn's own status of a worker that does not start: it starts no other in its place.
_NOT_STARTED = 3
# A stream that goes on when the server is to end is cut after so long.
_GRACE_S = 3
# Where a project has it, its data are set up while the app is loaded.
_OWN_SETTINGS = "gunicorn.conf.py"


def main() -> None:
    """Serve a project until it is told to end."""
    parser = argparse.ArgumentParser(prog="nbflask.hosting.program")
    parser.add_argument("folder")
    parser.add_argument("--server", choices=("gunicorn", "werkzeug"), required=True)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--tell", type=int, required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    lifeline = threading.Thread(
        target=_end_with_parent, args=(options.lifeline,), name="lifeline", daemon=True
    )
    lifeline.start()
    if options.server == "gunicorn":
        _run_gunicorn(options)
    else:
        _run_werkzeug(options)


def _load(options: argparse.Namespace) -> Any:
    """Load the project's app; what is beside the notebook can be imported, too."""
    sys.path[:0] = [options.folder, str(os.getcwd())]  # noqa: PTH109  (as Python writes it)
    try:
        return import_module("wsgi").app
    except BaseException as fault:  # noqa: BLE001  (whatever it is, it is told)
        reason = str(fault).partition("\n")[0]
        line = f"{type(fault).__name__}: {reason}" if reason else type(fault).__name__
        steps = _find_steps(fault, options.folder)
        source = (steps[-1].line or "") if steps else ""
        if _tell(options, f"{line}\n{source}"):
            _print_traceback(fault, options.folder)
        raise SystemExit(_NOT_STARTED) from None


def _find_steps(fault: BaseException, folder: str) -> list[traceback.FrameSummary]:
    """Give the lines of the project that were under way."""
    steps = traceback.extract_tb(fault.__traceback__)
    return [each for each in steps if each.filename.startswith(folder)]


def _print_traceback(fault: BaseException, folder: str) -> None:
    """Print what happened in the project, and not how its server came to it."""
    step = fault.__traceback__
    while step is not None and not step.tb_frame.f_code.co_filename.startswith(folder):
        step = step.tb_next
    traceback.print_exception(type(fault), fault, step or fault.__traceback__)


def _run_gunicorn(options: argparse.Namespace) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.errors import HaltServer

    class Project(BaseApplication):  # type: ignore[misc]
        """A project as gunicorn takes it."""

        def load_config(self) -> None:
            for name, value in _write_settings(options).items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return _load(options)

    try:
        Project().run()
    except HaltServer as halt:
        # Its workers did not start, and it was asked to end before it had ended by itself.
        raise SystemExit(halt.exit_status) from None


def _write_settings(options: argparse.Namespace) -> dict[str, Any]:
    from gunicorn.errors import HaltServer

    has_begun = mmap.mmap(-1, 1)  # The workers' and the arbiter's.

    def begin(_worker: Any) -> None:
        has_begun[0] = 1
        _tell(options, "ready")

    def check(_server: Any, _worker: Any) -> None:
        if not has_begun[0]:
            # gunicorn would start another one, which ends as well, for ever.
            _tell(options, "its process has ended while the app was loaded\n")
            raise HaltServer("Worker failed to boot.", _NOT_STARTED)

    settings: dict[str, Any] = {
        "bind": f"fd://{options.listen}",
        "threads": _THREADS,
        "graceful_timeout": _GRACE_S,
        "loglevel": "warning",
        "proc_name": "nbflask serve",
        "control_socket_disable": True,
        "post_worker_init": begin,
        "child_exit": check,
    }
    if options.workers:
        settings["workers"] = options.workers
    if Path(options.folder, _OWN_SETTINGS).is_file():
        settings["on_starting"] = lambda server: _set_up(options, server)
    return settings


def _set_up(options: argparse.Namespace, server: Any) -> None:
    """Load the app once before there are workers, who would all set its data up at once."""
    if server.cfg.workers < 2:
        return
    process = os.fork()
    if process:
        os.waitpid(process, 0)
        return
    try:
        _load(options)
    finally:
        # What fails here fails again in a worker, which says so.
        os._exit(0)


def _run_werkzeug(options: argparse.Namespace) -> None:
    import socket

    from werkzeug.serving import make_server

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port, *_ = socket.socket(fileno=os.dup(options.listen)).getsockname()
    app = _load(options)
    with make_server(host, port, app, threaded=True, fd=options.listen) as server:
        _tell(options, "ready")
        server.serve_forever()


def _tell(options: argparse.Namespace, line: str) -> bool:
    """Say how the start went, and give whether somebody waits for it."""
    try:
        os.write(options.tell, f"{line}\n".encode(errors="replace"))
    except OSError:
        # A worker that is started later, or is not the first to fail.
        return False
    return True


def _end_with_parent(lifeline: int) -> None:
    while os.read(lifeline, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
