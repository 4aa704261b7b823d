"""Start the example, and take hosts away from it by hand: ``python -m examples.scaled``."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .cluster import NOTEBOOK, Cluster, export
from .processes import StartError

if TYPE_CHECKING:
    from .processes import Process

HELP = "Commands: stop one, kill two, start one, ... (Ctrl+C ends all)."
_VERBS = ("stop", "kill", "start")


def main() -> None:
    """Run until somebody ends it.

    :raises SystemExit: It does not start.
    """
    parser = argparse.ArgumentParser(prog="python -m examples.scaled", description=__doc__)
    parser.add_argument("--sessions", choices=("cookie", "redis"), default="cookie")
    parser.add_argument("--port", type=int, default=8080, help="nginx's; 0 lets the system choose")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="scaled-") as folder:
            _run(Path(folder), options)
    except KeyboardInterrupt:
        _say("")
    except (StartError, subprocess.CalledProcessError) as fault:
        raise SystemExit(str(fault)) from None


def _run(folder: Path, options: argparse.Namespace) -> None:
    project = export(folder / "project")
    _say(f"{NOTEBOOK.name} is exported.")
    (folder / "running").mkdir()
    cluster = Cluster(project, folder / "running", sessions=options.sessions, port=options.port)
    with cluster:
        for each in cluster.processes:
            _say(f"{each.name} runs as process {each.pid}; it writes to {each.log_path}.")
        _say(f"The app is at {cluster.url}")
        _say(HELP)
        for line in sys.stdin:
            _obey(line.split(), cluster.hosts)
        # Nobody is there to type.
        signal.pause()


def _obey(words: list[str], hosts: dict[str, Process]) -> None:
    match words:
        case [verb, name] if verb in _VERBS and name in hosts:
            getattr(hosts[name], verb)()
            states = (f"{each} {_state_of(host)}" for each, host in hosts.items())
            _say(f"{', '.join(states)}.")
        case []:
            pass
        case _:
            _say(HELP)


def _state_of(host: Process) -> str:
    return "runs" if host.is_running else "does not run"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
