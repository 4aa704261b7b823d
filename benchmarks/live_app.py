"""What the live app costs, as ratios within one run: see the table that it prints.

Every pair is measured in turns, a bit of each, so that a machine that slows down slows both.
The command fails when a target is missed.
"""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from nbflask.app import Blueprint, Flask, Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection

FEW, MANY = 10, 1000
# Medians of this many runs vary by 2 % on a quiet machine.
CELL_RUNS = 200
REQUESTS_A_TURN = 400
TURNS = 75


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table.

    :param target: The most that ``value`` may be; ``None`` where it is only told.
    """

    what: str
    value: float
    unit: str
    target: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the value is above its target."""
        return self.target is not None and self.value > self.target

    def __str__(self) -> str:
        """Give the line."""
        target = "" if self.target is None else f"at most {self.target:g}"
        verdict = "MISSED" if self.is_missed else ""
        return f"{self.what:<64}{self.value:>9.3f} {self.unit:<4}{target:<14}{verdict}".rstrip()


def view(number: int) -> Callable[[], str]:
    """Make a view."""
    return lambda: f"view {number}"


@dataclass
class Notebook:
    """An app of many cells with one route each, and one cell that is run again and again."""

    app: Any
    journal: Journal
    runs: int = 0

    @classmethod
    def of(cls, routes: int) -> Notebook:
        """Make an app of this many routes, each declared by a cell of its own."""
        notebook = cls(Flask("bench"), Journal())
        for number in range(routes):
            notebook.run(f"cell{number}", f"/page/{number}/<name>", f"page{number}")
        # The first request makes what Flask makes only once.
        notebook.app.test_client().get("/")
        return notebook

    def run(self, cell: str, rule: str, endpoint: str) -> None:
        """Run a cell that declares one route."""
        run = self.journal.begin(cell, source=cell)
        self.app.add_url_rule(rule, endpoint, view(self.runs))
        self.journal.finish(run, succeeded=True)

    def run_same_rule(self) -> None:
        """Run the cell again with another view."""
        self.runs += 1
        self.run("cell5", "/page/5/<name>", "page5")

    def run_other_rule(self) -> None:
        """Run the cell again with another rule, and serve it."""
        self.runs += 1
        self.run("cell5", f"/other/{self.runs}/<name>", "page5")
        self.app.url_map.bind("localhost").match(f"/other/{self.runs}/x")


def medians_ms(actions: Iterable[Callable[[], object]], repeats: int) -> list[float]:
    """Give each action's median duration in milliseconds, measured by turns."""
    timed: list[tuple[Callable[[], object], list[float]]] = [(action, []) for action in actions]
    for action, _ in timed:
        for _ in range(10):
            action()
    gc.collect()
    gc.disable()
    try:
        for turn in range(repeats):
            # Whoever runs second finds the caches warm, so the order changes.
            for action, durations_s in timed[:: 1 if turn % 2 else -1]:
                began = time.perf_counter()
                action()
                durations_s.append(time.perf_counter() - began)
    finally:
        gc.enable()
    return [statistics.median(durations_s) * 1000 for _, durations_s in timed]


def measure_cells() -> list[Row]:
    """Measure cells that are run again in a small and in a large app."""
    few, many = Notebook.of(FEW), Notebook.of(MANY)
    same_few, same_many = medians_ms([few.run_same_rule, many.run_same_rule], CELL_RUNS)
    other_few, other_many = medians_ms([few.run_other_rule, many.run_other_rule], CELL_RUNS)
    return [
        Row(what=f"a cell run again, {FEW} routes", value=same_few, unit="ms"),
        Row(what=f"a cell run again, {MANY} routes", value=same_many, unit="ms"),
        Row(what=f"  {MANY} routes : {FEW} routes", value=same_many / same_few, unit="x", target=2),
        Row(what=f"a cell run again with another rule, {FEW} routes", value=other_few, unit="ms"),
        Row(
            what=f"a cell run again with another rule, {MANY} routes",
            value=other_many,
            unit="ms",
            target=10,
        ),
    ]


def measure_blueprint() -> list[Row]:
    """Measure a cell that changes one view of a large blueprint after its registration."""
    app: Any = Flask("bench")
    blueprint: Any = Blueprint("large", __name__)
    journal = Journal()
    for number in range(MANY):
        run = journal.begin(f"cell{number}", source="")
        blueprint.add_url_rule(f"/page/{number}/<name>", f"page{number}", view(number))
        journal.finish(run, succeeded=True)
    run = journal.begin("register", source="")
    app.register_blueprint(blueprint, url_prefix="/large")
    journal.finish(run, succeeded=True)

    def run_again() -> None:
        run = journal.begin("cell5", source="")
        blueprint.add_url_rule("/page/5/<name>", "page5", view(-1))
        journal.finish(run, succeeded=True)

    (again,) = medians_ms([run_again], CELL_RUNS)
    what = f"a cell run again, in a registered blueprint of {MANY} routes"
    return [Row(what=what, value=again, unit="ms", target=10)]


def measure_requests() -> list[Row]:
    """Measure a request to a live app, built by cells, beside the same plain app.

    Each app has a process of its own. In one process they would share the code that the
    interpreter specialises for the class that it met first, and the second would pay for it.
    """
    rows = []
    for routes in (FEW, MANY):
        with Process("live", routes) as live, Process("plain", routes) as plain:
            turns = [(live.median_ms(), plain.median_ms()) for _ in range(TURNS)]
        live_ms, plain_ms = (statistics.median(column) for column in zip(*turns, strict=True))
        ratio = statistics.median(live / plain for live, plain in turns)
        rows += [
            Row(what=f"a request, plain Flask, {routes} routes", value=plain_ms, unit="ms"),
            Row(what=f"a request, live app, {routes} routes", value=live_ms, unit="ms"),
            Row(what="  live : plain", value=ratio, unit="x", target=1.05),
        ]
    return rows


class Process:
    """A process that sends requests to an app of a kind, some each time that it is asked to."""

    def __init__(self, kind: str, routes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        arguments = (kind, routes, theirs)
        self._process = context.Process(target=send_requests, args=arguments, daemon=True)

    def __enter__(self) -> Process:
        self._process.start()
        self.median_ms()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._ours.send(0)
        self._process.join()

    def median_ms(self) -> float:
        """Send requests, and give the median duration of one."""
        self._ours.send(REQUESTS_A_TURN)
        median_ms: float = self._ours.recv()
        return median_ms


def send_requests(kind: str, routes: int, asked: Connection) -> None:
    """Send as many requests as is asked for, again and again, until it is none."""
    app = Notebook.of(routes).app if kind == "live" else flask.Flask("bench")
    for number in range(routes if kind == "plain" else 0):
        app.add_url_rule(f"/page/{number}/<name>", f"page{number}", view(number))
    app.view_functions["page5"] = lambda name: name
    send = ask(app, EnvironBuilder("/page/5/Ada").get_environ())
    while count := asked.recv():
        asked.send(medians_ms([send], count)[0])


def ask(app: flask.Flask, environ: dict[str, Any]) -> Callable[[], object]:
    """Give a request to an app, without a client's own work around it."""

    def send() -> object:
        answer = run_wsgi_app(app, environ.copy())
        if answer[1] != "200 OK":
            raise RuntimeError(f"The app answered {answer[1]!r}, so nothing was measured.")
        return answer

    return send


def main() -> None:
    """Print the table.

    :raises SystemExit: A target is missed.
    """
    rows = [*measure_cells(), *measure_blueprint(), *measure_requests()]
    for row in rows:
        print(row)
    missed = [row.what.strip() for row in rows if row.is_missed]
    if missed:
        sys.exit(f"Missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
