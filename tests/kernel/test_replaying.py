"""A replay leaves the kernel free: its view may need the main thread, and an interrupt ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
%load_ext nbflask
import threading
from flask import Flask
app = Flask(__name__)
gate, told = threading.Event(), threading.Event()

@app.get("/slow")
def slow():
    print("in the view", flush=True)
    gate.wait(30)
    return threading.current_thread().name
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Give a kernel with an app that was asked once."""
    data = tmp_path_factory.mktemp("data")
    environment = {"JUPYTER_DATA_DIR": str(data), "JUPYTER_RUNTIME_DIR": str(data)}
    with Kernel(environment=environment) as started:
        assert started.execute(APP).error is None
        started.execute("gate.set(); response = app.test_client().get('/slow')")
        yield started


@pytest.mark.parametrize("line", ["%flask_replay 1", "%flask_replay 1 --times 1000"])
def test_an_interrupt_ends_what_waits_for_a_replay(kernel: Kernel, line: str) -> None:
    kernel.execute("gate.clear()")
    request = kernel.send(line)
    kernel.wait_for_output(request, "in the view")
    kernel.interrupt()
    done = kernel.collect(request)
    if "times" in line:
        assert done.texts == ("Exchange 1 was sent again 1,000 times. Stopped after 0.",)
    else:
        assert (done.error or ("",))[0] == "KeyboardInterrupt"
    assert kernel.execute("gate.set()").error is None


def test_a_replay_runs_beside_the_main_thread(kernel: Kernel) -> None:
    kernel.execute("gate.set(); replay = get_ipython().run_line_magic('flask_replay', '1')")
    done = kernel.execute("replay.exchange.response.content.data")
    assert done.texts == ("b'nbflask-replay'",)
