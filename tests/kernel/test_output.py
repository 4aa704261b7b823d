"""What views print, display and raise goes below the cell that runs the server, in a real kernel.

The tests run with the ipykernel that is installed; both 6.29 and 7 are meant to pass.
"""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

_SERVER = """
from flask import Flask
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer
from nbflask.server.output import CellOutput

app = Flask("app")
server = AppServer(app, address=TcpAddress(), output=CellOutput(get_ipython()))
server.start()
print(server.address.port)
"""

_VIEWS = """
import logging, sys, threading, time, warnings
from IPython.display import display

@app.get("/print")
def print_():
    print("from the view")
    return "printed"

@app.get("/stderr")
def stderr():
    print("to the error stream", file=sys.stderr)
    return "printed"

@app.get("/log")
def log():
    logging.getLogger("mine").warning("from the log")
    return "logged"

@app.get("/warn")
def warn():
    warnings.warn("from a warning")
    return "warned"

class Shown:
    def __repr__(self):
        return "a shown object"

@app.get("/display")
def display_():
    display(Shown())
    return "displayed"

@app.get("/thread")
def thread():
    threads = [threading.Thread(target=print, args=("from a thread",)),
               threading.Thread(target=lambda: display(Shown()))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return "started"

@app.get("/fail")
def fail():
    secret = 1
    return secret / 0

@app.get("/print-fail")
def print_fail():
    print("from before the fault")
    raise LookupError("nothing there")

@app.get("/stream-fail")
def stream_fail():
    def blocks():
        yield "begun"
        raise BufferError("in the midst")
    return blocks()

@app.get("/debug-fail")
def debug_fail():
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return 1 / 0

@app.get("/input")
def input_():
    return input("?")
"""


@dataclass
class Site:
    """A kernel with a server: ``cell`` is the request that runs it."""

    kernel: Kernel
    cell: str
    port: int

    def get(self, path: str) -> tuple[int, str]:
        """Request a page."""
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def wait_for(self, text: str, parent: str | None = None) -> str:
        """Read what the cell shows until ``text`` is in it; what another cell shows is a fault."""
        client = self.kernel.client
        assert client is not None
        shown = ""
        give_up_at = time.monotonic() + 60
        while text not in shown:
            message = client.get_iopub_msg(timeout=max(0.1, give_up_at - time.monotonic()))
            if message["msg_type"] in {"stream", "display_data", "error"}:
                assert message["parent_header"].get("msg_id") == (parent or self.cell), message
                shown += _text_of(message)
        return shown


def _text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    if message["msg_type"] == "stream":
        return _ANSI.sub("", str(content["text"]))
    return str(content.get("data", {}).get("text/plain", content))


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with Kernel() as kernel:
        cell = kernel.send(_SERVER)
        port = int(kernel.collect(cell).stdout)
        assert kernel.execute(_VIEWS).error is None
        yield Site(kernel, cell, port)
        assert kernel.execute("server.stop()").error is None


@pytest.fixture
def site(running: Site) -> Site:
    """Make another cell the last one that ran."""
    assert running.kernel.execute("pass").error is None
    return running


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/print", "from the view\n"),
        ("/stderr", "to the error stream\n"),
        ("/log", "from the log\n"),
        ("/warn", "UserWarning: from a warning"),
        ("/display", "a shown object"),
    ],
)
def test_what_a_view_shows_goes_below_the_cell_that_runs_the_server(
    site: Site, path: str, text: str
) -> None:
    assert site.get(path)[0] == 200
    site.wait_for(text)


@pytest.mark.parametrize("text", ["from a thread\n", "a shown object"])
def test_what_a_thread_of_a_view_shows_goes_there_too(site: Site, text: str) -> None:
    assert site.get("/thread")[0] == 200
    shown = site.wait_for(text)
    if "from a thread" not in shown or "a shown object" not in shown:
        site.wait_for("a shown object" if "from a thread" in shown else "from a thread")


def test_a_completion_between_cells_loses_nothing(site: Site) -> None:
    site.kernel.complete("pri")
    site.get("/print")
    site.wait_for("from the view\n")


def test_a_cell_that_runs_meanwhile_shows_only_its_own(site: Site) -> None:
    busy = site.kernel.send(
        "import urllib.request\n"
        "print('before')\n"
        f"page = urllib.request.urlopen('http://127.0.0.1:{site.port}/print').read()\n"
        "print('after')"
    )
    execution = site.kernel.collect(busy)
    assert execution.stdout == "before\nafter\n"
    if not execution.late:
        site.wait_for("from the view\n")


def test_an_exception_in_a_view_shows_once_with_the_lines_of_the_cell(site: Site) -> None:
    assert site.get("/fail")[0] == 500
    site.get("/print")
    shown = site.wait_for("from the view\n")
    assert shown.count("ZeroDivisionError") == 2, "the head and the last line of one traceback"
    assert "return secret / 0" in shown
    assert "full_dispatch_request" not in shown
    execution = site.kernel.execute("print(type(server.output.last_error).__name__)")
    assert execution.stdout == "ZeroDivisionError\n"


def test_an_exception_that_flask_hands_on_shows_once_too(site: Site) -> None:
    assert site.get("/debug-fail")[0] == 500
    site.get("/print")
    assert site.wait_for("from the view\n").count("ZeroDivisionError") == 2
    site.kernel.execute("app.config['PROPAGATE_EXCEPTIONS'] = None")


def test_a_repeat_of_an_error_is_one_line_that_names_its_request(site: Site) -> None:
    assert site.get("/print-fail?token=secret")[0] == 500
    shown = site.wait_for("nothing there\n")
    assert shown.startswith("from before the fault\nGET /print-fail -> 500\n---")
    assert site.get("/print-fail")[0] == 500
    assert site.wait_for("as above.\n") == (
        "from before the fault\nGET /print-fail -> 500: LookupError again, as above.\n"
    )
    site.get("/fail")
    site.wait_for("division by zero\n")
    assert site.get("/print-fail")[0] == 500
    assert "raise LookupError" in site.wait_for("nothing there\n"), "another stands between"


def test_an_error_in_the_midst_of_a_response_names_its_request(site: Site) -> None:
    with pytest.raises(http.client.IncompleteRead):
        site.get("/stream-fail")
    assert "GET /stream-fail -> ended early\n---" in site.wait_for("in the midst\n")


def test_input_in_a_view_is_an_error_while_no_cell_runs(site: Site) -> None:
    assert site.get("/input")[0] == 500
    site.wait_for("A served view cannot ask for input")


def test_input_in_a_view_is_an_error_while_a_cell_runs(site: Site) -> None:
    execution = site.kernel.execute(
        "import urllib.request, urllib.error\n"
        "try:\n"
        f"    urllib.request.urlopen('http://127.0.0.1:{site.port}/input')\n"
        "except urllib.error.HTTPError as error:\n"
        "    print(error.code)"
    )
    assert execution.stdout == "500\n"
    if not execution.late:
        site.wait_for("A served view cannot ask for input")


def test_interrupting_the_kernel_stops_the_cell_and_not_the_server(site: Site) -> None:
    busy = site.kernel.send("print('begun', flush=True)\nwhile True: pass")
    site.wait_for("begun\n", parent=busy)
    site.kernel.interrupt()
    execution = site.kernel.collect(busy)
    assert execution.error is not None
    assert execution.error[0] == "KeyboardInterrupt"
    assert site.get("/print") == (200, "printed")
    site.wait_for("from the view\n")


def test_a_server_that_stopped_leaves_the_kernel_as_it_was() -> None:
    state = (
        "import sys, threading, builtins, getpass\n"
        "kernel = get_ipython().kernel\n"
        "state = (threading.Thread.start, sys.getswitchinterval(), builtins.input,\n"
        "         getpass.getpass, kernel.raw_input, kernel.getpass,\n"
        "         kernel._sys_raw_input, kernel._save_getpass)\n"
    )
    with Kernel() as kernel:
        kernel.execute(state + "before = state")
        kernel.execute(_SERVER)
        kernel.execute("server.stop()")
        assert kernel.execute(state + "print(state == before)").stdout == "True\n"
