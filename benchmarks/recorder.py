"""What it costs to record a request, beside the same app bare and under flask-debugtoolbar.

Each of the three has a process of its own, and is asked in turns, so that a machine that slows down
slows all. What is said are medians of turns. The command fails when a target is missed.
"""

from __future__ import annotations

import gc
import importlib.util
import io
import logging
import multiprocessing
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
from flask import Response, flash, render_template_string, request, session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from nbflask.recorder import Recorder
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

KINDS = ("bare", "recorded", "toolbar")
TURNS = 20
#: Requests a turn; those that take long are sent less often.
MANY = {"toolbar": 8, "bare": 100, "recorded": 100}
STREAM_BYTES = 100 * 1024 * 1024
BLOCK = b"x" * 65_536
#: Microseconds that recording may add to a small request: at the median, and for 99 of 100.
MEDIAN_US, P99_US = 100.0, 500.0
SMALL = ("a page", "JSON", "a template", "a form, session, log and print", "no such page")
MANY_BIG = 10_000


def make_app(kind: str) -> flask.Flask:
    """Make the app that is measured."""
    app = flask.Flask("bench", static_folder=None)
    app.config.update(SECRET_KEY=os.urandom(16))
    for handler in app.logger.handlers:
        app.logger.removeHandler(handler)
    app.logger.addHandler(logging.NullHandler())
    app.logger.propagate = False
    app.add_url_rule("/", view_func=lambda: "<html><body>Hello</body></html>", endpoint="page")
    app.add_url_rule("/json/<int:n>", view_func=lambda n: {"n": n}, endpoint="json")
    app.add_url_rule("/template", view_func=_template, endpoint="template")
    app.add_url_rule("/form", view_func=_form, endpoint="form", methods=["POST"])
    app.add_url_rule("/up", view_func=_up, endpoint="up", methods=["POST"])
    app.add_url_rule("/blocks", view_func=_blocks, endpoint="blocks")
    app.add_url_rule("/big", view_func=lambda: b"x" * 1_000_000, endpoint="big")
    if kind == "recorded":
        Recorder(app).attach()
    if kind == "toolbar":
        _add_toolbar(app)
    return app


def _add_toolbar(app: flask.Flask) -> None:
    from flask_debugtoolbar import DebugToolbarExtension

    app.config.update(DEBUG_TB_ENABLED=True, DEBUG_TB_INTERCEPT_REDIRECTS=False)
    app.debug = True
    DebugToolbarExtension(app)


def _template() -> str:
    source = "{% for row in rows %}{{ row.name }}: {{ row.n }}\n{% endfor %}"
    return render_template_string(source, rows=[{"name": "x", "n": n} for n in range(20)], a=1)


def _form() -> str:
    session["n"] = session.get("n", 0) + 1
    flask.current_app.logger.warning("got %s", request.form["a"])
    flash("saved")
    print(request.form["b"])
    return "saved"


def _up() -> str:
    return str(len(request.get_data()))


def _blocks() -> Response:
    count = request.args.get("n", 160, int)
    return Response((BLOCK for _ in range(count)), mimetype="application/octet-stream")


def make_requests() -> dict[str, dict[str, Any]]:
    """Give each case's environ; its content is made anew each time."""
    cases = {
        "a page": EnvironBuilder("/"),
        "JSON": EnvironBuilder("/json/7"),
        "a template": EnvironBuilder("/template"),
        "a form, session, log and print": EnvironBuilder(
            "/form", method="POST", data={"a": "1", "b": "2"}
        ),
        "no such page": EnvironBuilder("/nowhere"),
        "1 MB up": EnvironBuilder("/up", method="POST", data=b"x" * 1_000_000),
        "160 blocks of 64 KiB": EnvironBuilder("/blocks"),
    }
    return {name: builder.get_environ() for name, builder in cases.items()}


def make_sender(app: flask.Flask, environ: dict[str, Any]) -> Callable[[], None]:
    """Give what sends a request to an app and reads the response."""
    content = environ["wsgi.input"].read()

    def send() -> None:
        # A server's request is not made by a cell's code.
        asked = environ | {"wsgi.input": io.BytesIO(content), "werkzeug.socket": None}
        blocks, _, _ = run_wsgi_app(app, asked)
        for _ in blocks:
            pass

    return send


def serve_turns(kind: str, asked: Connection) -> None:
    """Send a case's requests as often as is asked for, and answer with the durations in us."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    app = make_app(kind)
    senders = {name: make_sender(app, environ) for name, environ in make_requests().items()}
    while name := asked.recv():
        if name == "stream":
            asked.send([stream_s(app)])
            continue
        send, durations = senders[name], []
        send()
        gc.collect()
        for _ in range(MANY[kind]):
            began = time.perf_counter_ns()
            send()
            durations.append((time.perf_counter_ns() - began) / 1000)
        asked.send(durations)


def stream_s(app: flask.Flask) -> float:
    """Give the seconds that 100 MiB take over a socket."""
    import socket

    with AppServer(app, address=TcpAddress()) as server:
        address: Any = server.address
        with socket.create_connection((address.host, address.port)) as sock:
            count = STREAM_BYTES // len(BLOCK)
            began = time.perf_counter()
            head = f"GET /blocks?n={count} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            sock.sendall(head.encode())
            while sock.recv(1 << 20):
                pass
            return time.perf_counter() - began


class Process:
    """An app of one kind, in a process of its own."""

    def __init__(self, kind: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=serve_turns, args=(kind, theirs), daemon=True)
        self._process.start()

    def measure(self, name: str) -> list[float]:
        """Give the durations of one turn."""
        self._ours.send(name)
        durations: list[float] = self._ours.recv()
        return durations

    def stop(self) -> None:
        """End the process."""
        self._ours.send("")
        self._process.join()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case: of each kind the medians of its turns' medians and 99th percentiles, in us."""

    name: str
    medians: dict[str, float]
    tops: dict[str, float]

    @property
    def added(self) -> tuple[float, float]:
        """Give what recording adds at the median, and to 99 of 100."""
        return tuple(  # type: ignore[return-value]
            values["recorded"] - values["bare"] for values in (self.medians, self.tops)
        )

    @property
    def is_missed(self) -> bool:
        """Whether a target is missed."""
        return self.name in SMALL and (self.added[0] > MEDIAN_US or self.added[1] > P99_US)

    def __str__(self) -> str:
        """Give the line."""
        toolbar = self.medians.get("toolbar")
        compared = "" if toolbar is None else f"{toolbar - self.medians['bare']:>+12.0f}"
        median, top = self.added
        verdict = "  MISSED" if self.is_missed else ""
        bare, bare_top = self.medians["bare"], self.tops["bare"]
        told = f"{self.name:<34}{bare:>8.0f}{bare_top:>8.0f}{median:>+9.0f}{top:>+9.0f}"
        return f"{told}{compared}{verdict}"


def top(turn: list[float]) -> float:
    """Give what 99 of 100 stay below."""
    return statistics.quantiles(turn, n=100, method="inclusive")[98]


def measure_case(name: str, processes: dict[str, Process]) -> Row:
    """Measure one case, each kind in its turn."""
    turns: dict[str, list[list[float]]] = {kind: [] for kind in processes}
    for number in range(TURNS):
        # Whoever runs second finds the caches warm, so the order changes.
        for kind in list(processes)[:: 1 if number % 2 else -1]:
            turns[kind].append(processes[kind].measure(name))
    return Row(
        name=name,
        medians={k: statistics.median(map(statistics.median, each)) for k, each in turns.items()},
        tops={k: statistics.median(top(turn) for turn in each) for k, each in turns.items()},
    )


def measure_stream(processes: dict[str, Process]) -> float:
    """Give how much of the bare app's throughput a recorded stream has."""
    ratios = []
    for _ in range(7):
        bare, recorded = (processes[kind].measure("stream")[0] for kind in ("bare", "recorded"))
        ratios.append(bare / recorded)
    return statistics.median(ratios)


def measure_memory(asked: Connection) -> None:
    """Answer with the MiB that a process grows by when it records many large requests."""
    recorder = Recorder(flask.Flask("bench"))
    app, content = recorder.app, b"x" * 1_000_000
    app.add_url_rule("/", view_func=lambda: request.get_data(), endpoint="x", methods=["POST"])
    environ = EnvironBuilder("/", method="POST", data=content).get_environ()
    send = make_sender(app, environ)
    for _ in range(20):
        send()
    before = resident_mib()
    recorder.attach()
    for _ in range(MANY_BIG):
        send()
    gc.collect()
    asked.send(resident_mib() - before)


def resident_mib() -> float:
    """Give the memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def grown_mib() -> float:
    """Measure memory in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=measure_memory, args=(theirs,), daemon=True)
    process.start()
    grown: float = ours.recv()
    process.join()
    return grown


def main() -> None:
    """Print the table.

    :raises SystemExit: A target is missed.
    """
    has_toolbar = importlib.util.find_spec("flask_debugtoolbar") is not None
    processes = {kind: Process(kind) for kind in KINDS if kind != "toolbar" or has_toolbar}
    print(f"{'microseconds':<34}{'bare':>8}{'p99':>8}{'recorded':>9}{'p99':>9}", end="")
    print(f"{'toolbar':>12}" if has_toolbar else "")
    rows = []
    for name in make_requests():
        rows.append(measure_case(name, processes))
        print(rows[-1], flush=True)
    share = measure_stream(processes)
    for process in processes.values():
        process.stop()
    print(f"100 MiB over a socket: {share:.0%} of the bare app's throughput (at least 95%)")
    grown = grown_mib()
    print(f"{MANY_BIG} requests of 1 MB up and down: {grown:.0f} MiB more (at most 40)")
    missed = [row.name for row in rows if row.is_missed]
    missed += ["throughput"] * (share < 0.95) + ["memory"] * (grown > 40)
    if missed:
        sys.exit(f"Missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
