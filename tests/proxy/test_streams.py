"""Content passes as it comes, in both directions, and nothing of it is kept."""

from __future__ import annotations

import contextlib
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.proxy.sample import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.jupyter import JupyterServer
    from tests.proxy.serving import ServingProcess

# The prefix makes no difference here, so that one of the two servers is enough.
pytestmark = pytest.mark.parametrize("jupyter", ["/user/ann/"], indirect=True, scope="session")

#: What a process may grow by while any amount of content passes: buffers of each side, and what
#: the allocator has not given back. Without streaming it would be the content and more.
MAX_GROWTH_BYTES = 32 * 2**20

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "text/event-stream, */*", ""])
@pytest.mark.parametrize("media_type", ["text/event-stream", "text/plain"])
def test_a_stream_arrives_while_it_is_being_made(
    served: ServingProcess, browser: httpx.Client, accept: str, media_type: str
) -> None:
    url = f"{served.url}events?type={media_type}"
    with browser.stream("GET", url, headers={"Accept": accept}) as response:
        chunks = response.iter_raw()
        assert next(chunks).startswith(b"data: first\n\n")
        # The generator waits for this request: only a stream that is not collected gets on.
        assert browser.get(f"{served.url}events/closed").json() is False
        browser.get(f"{served.url}events/go")
        assert b"".join(chunks).endswith(b"data: last\n\n")
    assert browser.get(f"{served.url}events/closed?wait_s=10").json() is True


def test_a_client_that_leaves_ends_the_generator(
    served: ServingProcess, browser: httpx.Client
) -> None:
    with browser.stream("GET", f"{served.url}events") as response:
        next(response.iter_raw())
    assert browser.get(f"{served.url}events/closed?wait_s=20").json() is True


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(
    served: ServingProcess, browser: httpx.Client
) -> None:
    with (
        pytest.raises(httpx.RemoteProtocolError),
        browser.stream("GET", f"{served.url}die") as response,
    ):
        response.read()


@needs_proc
def test_a_large_answer_passes_in_constant_memory(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    with (
        _constant_memory(jupyter.process.pid, served.pid),
        browser.stream("GET", f"{served.url}large/150") as response,
    ):
        assert sum(map(len, response.iter_raw())) == 150 * 2**20


@needs_proc
def test_a_client_that_does_not_read_holds_the_app_back(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    request = browser.build_request("GET", f"{served.url}large/4000")
    with (
        _constant_memory(jupyter.process.pid, served.pid),
        socket.create_connection(("127.0.0.1", jupyter.port)) as slow,
    ):
        fields = "".join(f"{k}: {v}\r\n" for k, v in request.headers.items())
        slow.sendall(f"GET {request.url.raw_path.decode()} HTTP/1.1\r\n{fields}\r\n".encode())
        assert slow.recv(2**16).startswith(b"HTTP/1.1 200")
        # Another answer passes beside it: the server is held back for this client alone.
        with browser.stream("GET", f"{served.url}large/50") as response:
            assert sum(map(len, response.iter_raw())) == 50 * 2**20


@needs_proc
@pytest.mark.parametrize("is_chunked", [False, True], ids=["with a length", "chunked"])
def test_a_large_upload_passes_in_constant_memory(
    jupyter: JupyterServer,
    served: ServingProcess,
    browser: httpx.Client,
    is_chunked: bool,
) -> None:
    # Jupyter's own limit is 512 MiB; both sizes are sent once, for the sake of time.
    count = 600 if is_chunked else 100
    length = {} if is_chunked else {"Content-Length": str(count * 2**20)}
    with _constant_memory(jupyter.process.pid, served.pid):
        response = browser.post(
            f"{served.url}upload", content=(MEBIBYTE for _ in range(count)), headers=length
        )
    assert response.json() == {"total": count * 2**20, "length": length.get("Content-Length")}


def test_an_answer_that_does_not_await_the_content_arrives(
    served: ServingProcess, browser: httpx.Client
) -> None:
    response = browser.post(f"{served.url}refuse", content=(MEBIBYTE for _ in range(20)))
    assert (response.status_code, response.text) == (413, "too much")


@contextlib.contextmanager
def _constant_memory(*pids: int) -> Iterator[None]:
    """Fail if the peak of a process's memory rises by more than the bound."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak begins anew: proc(5).
    before = {pid: _read_peak_bytes(pid) for pid in pids}
    yield
    growth = [_read_peak_bytes(pid) - before[pid] for pid in pids]
    assert max(growth) < MAX_GROWTH_BYTES, growth


def _read_peak_bytes(pid: int) -> int:
    match = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert match is not None
    return int(match[1]) * 1024
