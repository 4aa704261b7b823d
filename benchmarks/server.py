"""The kernel's server against its peers: ratios within one run, whatever else the machine does.

Run it as ``python benchmarks/server.py``. FastHTML takes part where it is installed.

"2.0 x" after a name says that nbflask answers twice as many requests.

Each server has a process of its own, and so have the clients, which speak over
plain sockets. A figure is the median of several rounds, and the rounds of the
servers alternate.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import socket
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

ROUNDS = 5
REQUESTS = 800
BUSY_REQUESTS = 150
_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n"


@dataclass(frozen=True, kw_only=True)
class Load:
    """How clients come: how many at once, and whether they stay."""

    clients: int
    stays: bool

    def __str__(self) -> str:
        kind = "keep-alive" if self.stays else "a connection each"
        return f"{kind}, {self.clients} at once"


LOADS = tuple(Load(clients=clients, stays=stays) for stays in (True, False) for clients in (1, 16))


def build_app() -> Flask:
    app = Flask("bench")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def serve_nbflask(ready: Connection) -> None:
    from nbflask.server.addresses import TcpAddress
    from nbflask.server.life import AppServer

    server = AppServer(build_app(), address=TcpAddress())
    server.start()
    ready.send(getattr(server.address, "port", 0))
    threading.Event().wait()


def serve_werkzeug(ready: Connection) -> None:
    import logging

    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, build_app(), threaded=True)
    ready.send(server.server_port)
    server.serve_forever()


def serve_fasthtml(ready: Connection) -> None:
    import uvicorn
    from fasthtml.common import FastHTML

    app = FastHTML()
    app.get("/")(lambda: "hello")
    listening = socket.create_server(("127.0.0.1", 0))
    ready.send(listening.getsockname()[1])
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listening])


def serve_beside_a_loop(ready: Connection, interval_s: float) -> None:
    """Serve while the main thread computes, as a cell does, with this switch interval."""
    from nbflask.server.addresses import TcpAddress
    from nbflask.server.life import AppServer

    server = AppServer(build_app(), address=TcpAddress())
    server.start()
    sys.setswitchinterval(interval_s)
    ready.send(getattr(server.address, "port", 0))
    number = 0
    while True:
        number += 1


def request_once(port: int, sock: socket.socket | None, *, stays: bool) -> socket.socket | None:
    """Send one request and read its response; give the connection back if it goes on."""
    if sock is None:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(_HEAD + (b"\r\n" if stays else b"Connection: close\r\n\r\n"))
    head = read_response(sock)
    if stays and b"connection: close" not in head:
        return sock
    sock.close()
    return None


def read_response(sock: socket.socket) -> bytes:
    """Read a response to the end of its content, and give its head in lower case."""
    received, missing = b"", 1
    while missing > 0:
        block = sock.recv(65536)
        if not block:
            raise ConnectionError("The server closed before it had answered.")
        received += block
        head, end, content = received.partition(b"\r\n\r\n")
        if end:
            head = head.lower()
            missing = int(head.partition(b"content-length: ")[2].split()[0]) - len(content)
    return head


def run_load(port: int, load: Load, results: multiprocessing.Queue[float]) -> None:
    """Put the requests per second of one round."""
    count = REQUESTS // load.clients

    def client() -> None:
        sock = None
        for _ in range(count):
            sock = request_once(port, sock, stays=load.stays)
        if sock is not None:
            sock.close()

    threads = [threading.Thread(target=client) for _ in range(load.clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(count * load.clients / (time.perf_counter() - began))


def run_delays(port: int, results: multiprocessing.Queue[list[float]]) -> None:
    """Put the milliseconds that single requests took.

    A person pauses between two requests; without pauses the server's thread often keeps the
    interpreter from one request to the next, and the delay hardly shows.
    """
    sock, delays = None, []
    for _ in range(BUSY_REQUESTS):
        time.sleep(0.02)
        began = time.perf_counter()
        sock = request_once(port, sock, stays=True)
        delays.append((time.perf_counter() - began) * 1000)
    results.put(delays)


def start_server(serve: Callable[..., None], *args: float) -> tuple[multiprocessing.Process, int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, *args), daemon=True)
    process.start()
    port: int = ours.recv()
    while True:
        try:
            request_once(port, None, stays=False)
        except OSError:
            time.sleep(0.05)
        else:
            return process, port


def measure_throughput() -> None:
    kinds: dict[str, Callable[..., None]] = {"nbflask": serve_nbflask, "werkzeug": serve_werkzeug}
    if importlib.util.find_spec("fasthtml"):
        kinds["fasthtml"] = serve_fasthtml
    servers = {name: start_server(serve) for name, serve in kinds.items()}
    results: multiprocessing.Queue[float] = multiprocessing.Queue()
    for load in LOADS:
        rates: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(ROUNDS):
            for name, (_process, port) in servers.items():
                client = multiprocessing.Process(target=run_load, args=(port, load, results))
                client.start()
                rates[name].append(results.get())
                client.join()
        medians = {name: statistics.median(found) for name, found in rates.items()}
        words = [
            f"{name} {rate:.0f}/s ({medians['nbflask'] / rate:.1f} x)"
            for name, rate in medians.items()
        ]
        print(f"{load!s:30}", "  ".join(words), flush=True)
    for process, _port in servers.values():
        process.terminate()


def measure_busy_cell() -> None:
    results: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    for interval_s in (0.005, 0.001):
        process, port = start_server(serve_beside_a_loop, interval_s)
        client = multiprocessing.Process(target=run_delays, args=(port, results))
        client.start()
        delays = sorted(results.get())
        client.join()
        process.terminate()
        p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
        what = f"beside a Python loop, interval {interval_s * 1000:g} ms"
        print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=("throughput", "busy"), help="measure this alone")
    only = parser.parse_args().only
    multiprocessing.set_start_method("spawn")
    if only != "busy":
        measure_throughput()
    if only != "throughput":
        measure_busy_cell()


if __name__ == "__main__":
    main()
