"""Servers start, are found running, stop, and leave nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbflask.errors import ServerError
from nbflask.server.addresses import TcpAddress, UnixAddress
from nbflask.server.life import AppServer, NotRunning, Reused, Started, Stopped
from tests.server.conftest import QUICK, left_behind
from tests.server.wire import Wire, connect, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _count_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def hello(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def test_a_server_starts_once_and_stops_once() -> None:
    server = AppServer(hello, address=TcpAddress())
    assert (server.is_running, server.stop()) == (False, NotRunning())
    started = server.start()
    assert isinstance(started, Started)
    assert started.address == server.address
    assert server.start() == Reused(address=started.address)
    assert server.is_running
    assert (server.stop(), server.stop()) == (Stopped(views_left=0), NotRunning())
    assert not server.is_running


def test_a_server_on_a_socket_removes_it() -> None:
    with AppServer(hello) as server:
        assert isinstance(server.address, UnixAddress)
        path = Path(server.address.path)
        wire = Wire(server)
        assert wire.get().content == b"hello"
        wire.close()
    assert not path.exists()
    assert not path.parent.exists()


def test_a_stopped_server_starts_again_at_a_fresh_address() -> None:
    server = AppServer(hello, limits=QUICK)
    for _ in range(2):
        server.start()
        wire = Wire(server)
        assert wire.get().content == b"hello"
        wire.close()
        server.stop()


def test_the_port_is_free_at_once_after_a_stop() -> None:
    with AppServer(hello, address=TcpAddress()) as server:
        wire = Wire(server)
        wire.get()
    assert server.address is not None
    with AppServer(hello, address=server.address) as again:
        assert again.address == server.address
    wire.close()


def test_a_failed_start_leaves_nothing() -> None:
    with AppServer(hello, address=TcpAddress()) as server:
        other = AppServer(hello, address=server.address)
        with pytest.raises(ServerError, match=r"^Port \d+ is taken by another program\."):
            other.start()
        assert not other.is_running


def test_fifty_starts_and_stops_leave_no_thread_or_descriptor_more() -> None:
    def cycle() -> None:
        server = AppServer(hello, limits=QUICK)
        server.start()
        wire = Wire(server)
        wire.get()
        server.stop()
        wire.close()

    cycle()
    gc.collect()
    before = (threading.active_count(), _count_descriptors(), left_behind())
    for _ in range(50):
        cycle()
    wait_until(
        lambda: (threading.active_count(), _count_descriptors(), left_behind()) == before,
        "as before",
    )


def test_the_interpreter_changes_threads_faster_while_any_server_runs() -> None:
    before = sys.getswitchinterval()
    with AppServer(hello) as first:
        assert sys.getswitchinterval() == pytest.approx(0.001)
        with AppServer(hello):
            first.stop()
            assert sys.getswitchinterval() == pytest.approx(0.001)
    assert sys.getswitchinterval() == before


def test_a_request_under_way_is_answered_before_the_server_stops(
    serve: Callable[..., AppServer], wire: Callable[[AppServer], Wire]
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun.set()
        go_on.wait()
        return hello(environ, start_response)

    server = serve(slow)
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    begun.wait()
    stopping = threading.Thread(target=server.stop, kwargs={"grace_s": 30.0})
    stopping.start()
    wait_until(lambda: not server.is_running, "stopping")
    go_on.set()
    assert client.read().content == b"hello"
    stopping.join()


def test_a_view_that_does_not_end_is_reported() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def stuck(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun.set()
        go_on.wait()
        return hello(environ, start_response)

    server = AppServer(stuck, address=TcpAddress())
    server.start()
    wire = Wire(server)
    wire.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    begun.wait()
    assert server.stop(grace_s=0.01) == Stopped(views_left=1)
    go_on.set()
    wire.close()


def test_a_view_may_stop_its_own_server(
    serve: Callable[..., AppServer], wire: Callable[[AppServer], Wire]
) -> None:
    def stop(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        server.stop()
        return hello(environ, start_response)

    server = serve(stop)
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    client.read_to_end()
    assert not server.is_running


_FORK = r"""
import os, signal, sys
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer

def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]

server = AppServer(app, address=TcpAddress())
server.start()
child = os.fork()
if not child:
    # A short write to a pipe is one piece: both processes say when they are ready.
    os.write(1, b"child %d\n" % os.getpid())
    signal.pause()
os.write(1, b"port %d\n" % server.address.port)
signal.pause()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_that_outlives_the_kernel_holds_no_port() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _FORK], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    said = dict(parent.stdout.readline().split() for _ in range(2))
    child, address = int(said[b"child"]), TcpAddress(port=int(said[b"port"]))
    try:
        connect(address).close()
        parent.kill()
        parent.wait()
        with pytest.raises(ConnectionRefusedError):
            connect(address)
        with AppServer(hello, address=address):
            pass
    finally:
        os.kill(child, 9)
        parent.kill()
        parent.wait()
        parent.stdout.close()


def test_a_process_with_a_server_ends_by_itself() -> None:
    program = _FORK.partition("child =")[0] + "print('done')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"done\n", b"")
