"""What it costs to record a request, beside the same app bare and under flask-debugtoolbar.

Each of the three has a process of its own, and is asked in many short turns, so that a machine that
slows down slows all. What is added is the median of the turns' differences to the bare app in the
same turn. Times are those that the thread itself ran: other programs are not in them, nor what is
waited for. Those by the clock stand beside them. The command fails when a target is missed.
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
from flask import Response, flash, render_template, request, session
from jinja2 import DictLoader
from werkzeug.test import EnvironBuilder, run_wsgi_app

from nbflask.recorder import Recorder
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

KINDS = ("bare", "recorded", "toolbar")
TURNS = 60
#: Requests a turn; those that take long are sent less often.
MANY = {"toolbar": 4, "bare": 30, "recorded": 30}
STREAM_BYTES = 100 * 1024 * 1024
BLOCK = b"x" * 65_536
#: Microseconds that recording may add to a small request: at the median, and for 99 of 100.
MEDIAN_US, P99_US = 100.0, 500.0
SMALL = ("a page", "JSON", "a template", "a form, session, log and print", "no such page")
MANY_BIG = 10_000
ROWS = "{% for row in rows %}{{ row.name }}: {{ row.n }}\n{% endfor %}"


def make_app(kind: str) -> flask.Flask:
    """Make the app that is measured."""
    app = flask.Flask("bench", static_folder=None)
    app.config.update(SECRET_KEY=os.urandom(16))
    for handler in app.logger.handlers:
        app.logger.removeHandler(handler)
    app.logger.addHandler(logging.NullHandler())
    app.logger.propagate = False
    app.jinja_loader = DictLoader({"rows.html": ROWS})
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
    # A template of a string would be compiled each time: 1.3 ms, beside which nothing counts.
    return render_template("rows.html", rows=[{"name": "x", "n": n} for n in range(20)], a=1)


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
    """Send a case's requests as often as is asked for.

    It answers with pairs of durations in us: the thread's own, and by the clock.
    """
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    app = make_app(kind)
    senders = {name: make_sender(app, environ) for name, environ in make_requests().items()}
    while name := asked.recv():
        if name == "stream":
            asked.send(stream_s(app))
            continue
        send, durations = senders[name], []
        send()
        gc.collect()
        for _ in range(MANY[kind]):
            began, began_cpu = time.perf_counter_ns(), time.thread_time_ns()
            send()
            cpu_ns = time.thread_time_ns() - began_cpu
            durations.append((cpu_ns / 1000, (time.perf_counter_ns() - began) / 1000))
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

    def measure(self, name: str) -> Any:
        """Give the durations of one turn, or the seconds of a stream."""
        self._ours.send(name)
        return self._ours.recv()

    def stop(self) -> None:
        """End the process."""
        self._ours.send("")
        self._process.join()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case, in us.

    :param bare: The bare app's median, of the thread's own time.
    :param added: At the median, by recording; ``clock`` by the clock.
    :param top: Between what 99 of 100 requests stay below, with the recorder and without.
    :param toolbar: At the median, by the toolbar; ``None`` if it is not installed.
    """

    name: str
    bare: float
    added: float
    top: float
    clock: float
    toolbar: float | None

    @property
    def is_missed(self) -> bool:
        """Whether a target is missed."""
        return self.name in SMALL and (self.added > MEDIAN_US or self.top > P99_US)

    def __str__(self) -> str:
        """Give the line."""
        compared = "" if self.toolbar is None else f"{self.toolbar:>+12.0f}"
        told = f"{self.name:<34}{self.bare:>8.0f}{self.added:>+9.0f}{self.top:>+9.0f}"
        return f"{told}{self.clock:>+9.0f}{compared}{'  MISSED' if self.is_missed else ''}"


Turns = list[list[tuple[float, float]]]


def find_added(bare: Turns, other: Turns, which: int) -> float:
    """Give the median of what a turn takes more than the bare app's.

    :param which: 0 for the thread's own time, 1 for the clock's.
    """
    medians = [[statistics.median(it[which] for it in turn) for turn in each]
               for each in (bare, other)]  # fmt: skip
    more = [after - before for before, after in zip(*medians, strict=True)]
    return float(statistics.median(more))


def find_top(turns: Turns) -> float:
    """Give what 99 of 100 requests stay below, of the thread's own time."""
    durations = [it[0] for turn in turns for it in turn]
    return statistics.quantiles(durations, n=100, method="inclusive")[98]


def measure_case(name: str, processes: dict[str, Process]) -> Row:
    """Measure one case, each kind in its turn."""
    turns: dict[str, Turns] = {kind: [] for kind in processes}
    for number in range(TURNS):
        # Whoever runs second finds the caches warm, so the order changes.
        for kind in list(processes)[:: 1 if number % 2 else -1]:
            turns[kind].append(processes[kind].measure(name))
    bare, recorded = turns["bare"], turns["recorded"]
    return Row(
        name=name,
        bare=statistics.median(it[0] for turn in bare for it in turn),
        added=find_added(bare, recorded, 0),
        top=find_top(recorded) - find_top(bare),
        clock=find_added(bare, recorded, 1),
        toolbar=find_added(bare, turns["toolbar"], 0) if "toolbar" in turns else None,
    )


def measure_stream(processes: dict[str, Process]) -> float:
    """Give how much of the bare app's throughput a recorded stream has."""
    ratios = []
    for _ in range(7):
        bare, recorded = (processes[kind].measure("stream") for kind in ("bare", "recorded"))
        ratios.append(float(bare / recorded))
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
    print(f"{'microseconds':<34}{'bare':>8}{'recorded':>9}{'p99':>9}{'clock':>9}", end="")
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
