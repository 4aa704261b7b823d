"""What goes wrong with a second worker, or needs another server."""

from __future__ import annotations

import pytest

from tests.checking.checked import found

TICKER = (
    "import threading\nclass Ticker:\n    def start(self):\n"
    "        threading.Thread(target=print).start()\n        return self"
)


@pytest.mark.parametrize(
    ("cells", "finding"),
    [
        (
            ["import threading\nthreading.Thread(target=print).start()", "app.x = threading"],
            "warning thread-at-start 2:2",
        ),
        (
            ["from threading import Thread\njob = Thread()\njob.start()", "%%route /\nstr(job)"],
            "warning thread-at-start 2:3",
        ),
        (
            [
                "from threading import Timer\nbeats = []\ndef beat():\n    beats.append(1)\n"
                "timer = Timer(1, beat)\ntimer.start()",
                "%%route /\nstr(beats)",
            ],
            "warning thread-at-start 2:6",
        ),
        (
            [
                "from threading import Thread\nclass Poller(Thread):\n    n = 0\n"
                "poller = Poller()\npoller.start()",
                "%%route /\nstr(poller.n)",
            ],
            "warning thread-at-start 2:5",
        ),
        ([TICKER, "ticker = Ticker().start()", "%%route /\nstr(ticker)"], "thread-at-start 3:1"),
        (
            [
                "from apscheduler.schedulers.background import BackgroundScheduler\n"
                "jobs = BackgroundScheduler()\njobs.start()\napp.jobs = jobs"
            ],
            "warning thread-at-start 2:3",
        ),
        (
            ["import tempfile\nfolder = tempfile.mkdtemp()", "%%route /\nfolder"],
            "info temporary-folder 2:2",
        ),
        (
            ["import tempfile\n_, path = tempfile.mkstemp()", "%%route /\nopen(path, 'w')\n''"],
            "warning temporary-folder 2:2",
        ),
        (
            [
                "import tempfile\nfolder = tempfile.mkdtemp()",
                "import cachelib\nkept = cachelib.FileSystemCache(folder)",
                "%%route /\nstr(kept)",
            ],
            "warning temporary-folder 2:2",
        ),
        (
            ["app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'"],
            "warning database-in-memory 2:1",
        ),
        (
            ["import sqlite3", "%%route /\nstr(sqlite3.connect(':memory:'))"],
            "warning database-in-memory 3:2",
        ),
        (
            ["import uuid\nrun = uuid.uuid4()", "%%route /\nstr(run)"],
            "info chance-at-start 2:2",
        ),
        (["%%route /\nawait x()\n'x'", "async def x(): ..."], "info async-view 2:2"),
        (["from flask_sock import Sock\nsock = Sock(app)"], "info websocket-server 2:2"),
        (
            ["from flask_socketio import SocketIO\nio = SocketIO(app)"],
            "warning websocket-server 2:2",
        ),
    ],
)
def test_what_each_worker_has_for_itself_is_told(cells: list[str], finding: str) -> None:
    assert finding in "\n".join(found(*cells))


@pytest.mark.parametrize(
    "cells",
    [
        ["import threading", "%%route /\nthreading.Thread(target=print).start()\n'x'"],
        ["clock = object()\nclock.start()\napp.clock = clock"],
        ["import tempfile", "%%route /\nwith tempfile.TemporaryDirectory() as a:\n    pass\n'x'"],
        ["app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:////srv/shop.db'"],
        ["import uuid", "%%route /\nstr(uuid.uuid4())"],
        ["import random\nrandom.seed(1)\nn = random.random()", "%%route /\nstr(n)"],
        ["async def ask(): ...", "await ask()", "%%route /\n'x'"],
    ],
)
def test_what_each_request_has_for_itself_is_no_finding(cells: list[str]) -> None:
    assert found(*cells) == []


def test_async_views_are_told_once() -> None:
    views = [f"%%route /{name}\nawait x()\n'x'" for name in "abc"]
    assert found("async def x(): ...", *views) == ["info async-view 2:1"]
