"""What a second gunicorn worker brings an exported notebook: ``python -m benchmarks.scaling``.

A notebook of two views is exported, one that computes and one that waits, and gunicorn serves it
with one worker and with two. Both servers run all the time, and are asked in turns, so that a
machine that slows down slows both; a figure is the median of the rounds.

The clients need the machine's cores, too. How much of one they took is printed beside each figure:
where clients and workers together want more cores than there are, the ratio is too low.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from examples.scaled.cluster import choose_port, is_listening
from examples.scaled.processes import Process
from nbflask.export import build_project, place, read_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

WORKERS = (1, 2)
THREADS = 4
ROUNDS = 15
ROUND_S = 0.6
# Three times as many as two workers have threads: a worker keeps the connections that it has
# accepted, and with fewer the one with less of them would have threads that nobody asks.
CLIENTS = 24

CELLS = (
    "%load_ext nbflask",
    # About 5 ms: many times what a client needs for a request.
    "%%route /computes\nreturn str(sum(number * number for number in range(60_000)))",
    "import time",
    # A database, another service.
    "%%route /waits\ntime.sleep(0.02)\nreturn 'done'",
)
VIEWS = {"computes": "a view that computes", "waits": "a view that waits 20 ms"}


@dataclass(frozen=True, kw_only=True)
class Round:
    """What clients saw of a server.

    :param rate: Answers per second.
    :param client_cores: How much of a core the clients took, 1 for all of one.
    """

    rate: float
    client_cores: float


def export(folder: Path) -> Path:
    """Write the notebook and export it; give the project's folder."""
    cells = [{"cell_type": "code", "metadata": {}, "source": each, "outputs": []} for each in CELLS]
    document = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    notebook = folder / "scaling.ipynb"
    notebook.write_text(json.dumps(document), encoding="utf-8")
    place(build_project(read_notebook(notebook)), folder / "project")
    return folder / "project"


def plan_server(project: Path, workers: int, port: int) -> Process:
    """Give gunicorn with so many workers, which is not started yet."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level"]
    command += ["warning", "--workers", str(workers), "--threads", str(THREADS), "wsgi:app"]
    return Process(
        f"{workers}-workers",
        command,
        folder=project,
        is_ready=partial(is_listening, f"127.0.0.1:{port}"),
    )


def send_requests(asked: Connection) -> None:
    """Send requests for a round, each time that a port and a view are asked for, until none is."""
    while target := asked.recv():
        before, began = _cpu_s(), time.perf_counter()
        counts: list[int] = []
        threads = [
            threading.Thread(target=send_until, args=(*target, began + ROUND_S, counts))
            for _ in range(CLIENTS)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        took_s = time.perf_counter() - began
        rate, cores = sum(counts) / took_s, (_cpu_s() - before) / took_s
        asked.send(Round(rate=rate, client_cores=cores))


def send_until(port: int, view: str, end_at: float, counts: list[int]) -> None:
    """Send one request after another over a connection, and add how many were answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count = 0
    while time.perf_counter() < end_at:
        connection.request("GET", f"/{view}")
        response = connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"/{view} was answered by a {response.status}.")
        count += 1
    connection.close()
    counts.append(count)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(asked: Connection, ports: Sequence[int], view: str) -> list[list[Round]]:
    """Give the rounds of each server, asked in turns."""
    rounds: list[list[Round]] = [[] for _ in ports]
    for turn in range(ROUNDS + 1):
        for port, found in zip(ports, rounds, strict=True):
            asked.send((port, view))
            seen = asked.recv()
            # The first makes what is made only once.
            found += [seen] if turn else []
    return rounds


def write_lines(view: str, rounds: list[list[Round]]) -> list[str]:
    """Give what is printed of a view."""
    rates = [[each.rate for each in found] for found in rounds]
    lines = []
    for workers, found in zip(WORKERS, rounds, strict=True):
        rate = statistics.median(each.rate for each in found)
        cores = statistics.median(each.client_cores for each in found)
        label = f"{VIEWS[view]}, {workers} worker{'s' * (workers > 1)}"
        lines.append(f"{label:<40}{rate:>8.0f}/s   clients: {cores:.2f} cores")
    ratios = [two / one for one, two in zip(*rates, strict=True)]
    between = f"{min(ratios):.2f} to {max(ratios):.2f}"
    lines.append(f"  2 workers : 1 worker{statistics.median(ratios):>26.2f} x    rounds: {between}")
    return lines


def main() -> None:
    """Print the ratios."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="scaling-"))
        project = export(Path(folder))
        ports = [choose_port("127.0.0.1") for _ in WORKERS]
        for workers, port in zip(WORKERS, ports, strict=True):
            server = plan_server(project, workers, port)
            stack.callback(server.stop)
            server.start()
        ours, theirs = context.Pipe()
        client = context.Process(target=send_requests, args=(theirs,), daemon=True)
        client.start()
        print(f"{os.cpu_count()} cores; gunicorn with {THREADS} threads a worker")
        for view in VIEWS:
            print("\n".join(write_lines(view, measure(ours, ports, view))), flush=True)
        ours.send(None)
        client.join()


if __name__ == "__main__":
    main()
