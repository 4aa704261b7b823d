"""Servers for tests, and a look at what each test left behind."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer
from nbflask.server.limits import Limits
from tests.server.wire import Wire, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed.wsgi import WSGIApplication

#: Looks often, so that tests of deadlines need not wait for the look.
QUICK = Limits(tick_s=0.02, gone_s=0.0, quiet_s=0.02, worker_idle_s=0.05)


def left_behind() -> set[str]:
    """Name the server's threads, sockets and files of this process."""
    threads = {each.name for each in threading.enumerate() if each.name.startswith("nbflask")}
    files = {str(each) for each in Path(tempfile.gettempdir()).glob(f"nbflask-{os.getpid()}-*")}
    return threads | files | _sockets()


def _sockets() -> set[str]:
    found = set()
    # Only Linux lists them; elsewhere the threads and files are looked at.
    for descriptor in Path("/proc/self/fd").glob("*"):
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    before, interval = left_behind(), sys.getswitchinterval()
    yield
    wait_until(lambda: left_behind() <= before, f"gone: {sorted(left_behind() - before)}")
    assert sys.getswitchinterval() == interval


@pytest.fixture
def serve() -> Iterator[Callable[..., AppServer]]:
    """Start servers that are stopped after the test."""
    servers: list[AppServer] = []

    def start(application: WSGIApplication, **options: Any) -> AppServer:
        chosen: dict[str, Any] = {"address": TcpAddress(), "limits": QUICK} | options
        server = AppServer(application, **chosen)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def wire() -> Iterator[Callable[[AppServer], Wire]]:
    """Open connections that are closed after the test."""
    wires: list[Wire] = []

    def open_(server: AppServer) -> Wire:
        wires.append(Wire(server))
        return wires[-1]

    yield open_
    for each in wires:
        each.close()
