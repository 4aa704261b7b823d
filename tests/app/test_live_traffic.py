"""The live app under real traffic: threads ask for a view while cells define it anew.

A clock that only counts orders what happens. A cell's run is on show from its beginning
(what it declares applies at once) until another run of it has ended well, or until its own
end if it fails. A response is right if it shows a version that was on show at some moment
between its request and itself.
"""

from __future__ import annotations

import http.client
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from nbflask.app import Flask, Journal
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer

CLIENTS = 8
RUNS = 200
# Between two runs the clients get this many responses, one each on the average.
RESPONSES_A_RUN = 8
TIMEOUT_S = 60

Ask = Callable[[str], tuple[int, str]]
Connect = Callable[[], AbstractContextManager[Ask]]


@dataclass(frozen=True)
class Answer:
    """A response, and the moments of its request and of itself."""

    path: str
    status: int
    text: str
    asked: int
    answered: int


@dataclass
class Traffic:
    """Clients that ask for paths in turn until they are stopped."""

    connect: Connect
    paths: tuple[str, ...]
    answers: list[Answer] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    clock: Iterator[int] = field(default_factory=itertools.count)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    is_over: bool = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the clients, and end them."""
        threads = [threading.Thread(target=self.ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over = True
            for thread in threads:
                thread.join(TIMEOUT_S)
        assert not any(thread.is_alive() for thread in threads)
        assert self.errors == []

    def ask(self) -> None:
        """Be one client."""
        try:
            with self.connect() as ask:
                paths = itertools.cycle(self.paths)
                while not self.is_over:
                    self.ask_once(ask, next(paths))
        except BaseException as error:
            self.errors.append(error)
            raise

    def ask_once(self, ask: Ask, path: str) -> None:
        """Ask for a path, and keep what came."""
        asked = next(self.clock)
        status, text = ask(path)
        answer = Answer(path, status, text, asked, next(self.clock))
        with self.arrived:
            self.answers.append(answer)
            self.arrived.notify_all()

    def wait_for_answers(self, count: int) -> None:
        """Wait until this many more responses have come."""
        with self.arrived:
            wanted = len(self.answers) + count
            assert self.arrived.wait_for(
                lambda: len(self.answers) >= wanted or self.errors, TIMEOUT_S
            )


@dataclass
class Versions:
    """From when to when each version of a view was on show."""

    shown: dict[str, tuple[int, float]] = field(default_factory=dict)
    last: str | None = None

    def end(self, version: str, began: int, ended: int, *, succeeded: bool) -> None:
        """Enter a run that has ended."""
        if not succeeded:
            self.shown[version] = (began, ended)
            return
        if self.last is not None:
            self.shown[self.last] = (self.shown[self.last][0], ended)
        self.shown[version] = (began, math.inf)
        self.last = version

    def is_right(self, answer: Answer) -> bool:
        """Whether a response shows what was on show while it was asked for."""
        since, until = self.shown.get(answer.text, (math.inf, -math.inf))
        return answer.status == 200 and since <= answer.answered and answer.asked <= until


@contextmanager
def directly(app: Flask) -> Iterator[Ask]:
    """Give a client that calls the WSGI application in its own thread."""
    client = app.test_client()

    def ask(path: str) -> tuple[int, str]:
        response = client.get(path)
        return response.status_code, response.text

    yield ask


@contextmanager
def by_socket(port: int) -> Iterator[Ask]:
    """Give a client with a connection that it keeps."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def ask(path: str) -> tuple[int, str]:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()

    with closing(connection):
        yield ask


@pytest.fixture
def app() -> Flask:
    app: Flask = Flask("traffic")
    return app


@pytest.fixture(params=["directly", "by socket"])
def connect(request: pytest.FixtureRequest, app: Flask) -> Iterator[Connect]:
    if request.param == "directly":
        yield partial(directly, app)
        return
    with AppServer(app, address=TcpAddress(port=0)) as server:
        address = server.address
        assert isinstance(address, TcpAddress)
        yield partial(by_socket, address.port)


def run_cell(app: Flask, journal: Journal, number: int, *, succeeded: bool) -> None:
    """Run the cell that defines the view: by turns under one name and at another rank."""
    run = journal.begin("view", source="view")
    endpoint = f"view{number % 3}"
    methods = ["GET", "POST"] if number % 2 else ["GET"]
    app.add_url_rule("/view", endpoint, lambda: f"version {number}", methods=methods)
    journal.finish(run, succeeded=succeeded)


def run_neighbours(app: Flask, journal: Journal, number: int) -> None:
    """Run cells that add routes and hooks around the view, and delete the one before."""
    run = journal.begin(f"neighbour{number}", source="neighbour")
    app.add_url_rule(f"/neighbour/{number}", f"neighbour{number}", lambda: "neighbour")
    app.add_url_rule("/<name>", f"any{number}", lambda name: f"any {name}")
    app.before_request(lambda: None)
    journal.finish(run, succeeded=True)
    journal.forget([f"neighbour{number - 1}"])


def test_no_response_is_lost_or_wrong_while_cells_define_the_view_200_times(
    app: Flask, connect: Connect
) -> None:
    app.add_url_rule("/steady", "steady", lambda: "steady")
    journal, versions = Journal(), Versions()
    traffic = Traffic(connect, ("/view", "/steady", "/view"))
    run_cell(app, journal, 0, succeeded=True)
    versions.end("version 0", next(traffic.clock), next(traffic.clock), succeeded=True)
    with traffic.running():
        for number in range(1, RUNS + 1):
            succeeded = number % 5 != 0
            began = next(traffic.clock)
            run_cell(app, journal, number, succeeded=succeeded)
            ended = next(traffic.clock)
            versions.end(f"version {number}", began, ended, succeeded=succeeded)
            run_neighbours(app, journal, number)
            traffic.wait_for_answers(RESPONSES_A_RUN)
    views = [answer for answer in traffic.answers if answer.path == "/view"]
    steady = {(a.status, a.text) for a in traffic.answers if a.path == "/steady"}
    assert [answer for answer in views if not versions.is_right(answer)] == []
    assert steady == {(200, "steady")}
    assert len(views) > RUNS
    # Most versions were seen, so the traffic did meet the changes.
    assert len({answer.text for answer in views}) > RUNS / 2
