"""What is exported to curl is run by a shell, and sends the bytes that were recorded."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from nbflask.exchanges.exports import to_curl
from nbflask.exchanges.exports.outgoing import CLIENTS_OWN
from nbflask.exchanges.targets import field_bytes
from tests.exchanges.curl import require_curl
from tests.exchanges.echo import EchoServer, Seen
from tests.exchanges.requests import known_traps, random_exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbflask.exchanges.exchange import Exchange

EXCHANGES = [*known_traps(), *random_exchanges(seed=20, count=180)]


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    """Give a server to all tests here, and curl with it."""
    require_curl()
    with EchoServer() as server:
        yield server


def expected(exchange: Exchange) -> Seen:
    """Give what a server is to see of a request that is sent again."""
    request = exchange.request
    fields = [(name.encode(), field_bytes(value)) for name, value in request.headers]
    return Seen(
        method=request.method.encode(),
        target=field_bytes(request.target),
        fields=without_own(tuple(fields)),
        content=request.content.data,
    )


def without_own(fields: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Leave out what each client writes itself."""
    return tuple(pair for pair in fields if pair[0].lower().decode() not in CLIENTS_OWN)


def run(script: str, folder: Path, locale: str = "C") -> None:
    """Run a script by ``sh``, as a file: it may be longer than an argument."""
    path = folder / "script.sh"
    path.write_bytes(script.encode())
    environment = {"PATH": os.environ["PATH"], "LC_ALL": locale, "HOME": str(folder)}
    done = subprocess.run(
        ["sh", str(path)], cwd=folder, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, (script[:2000], done.stderr.decode())


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_curl_sends_the_bytes_that_were_recorded(
    server: EchoServer, tmp_path: Path, locale: str
) -> None:
    assert len(EXCHANGES) >= 200
    for exchange in EXCHANGES:
        server.seen.clear()
        script = to_curl(exchange, base_url=f"http://{server.host}")
        run(script, tmp_path, locale)
        (seen,) = server.seen
        found = Seen(
            method=seen.method,
            target=seen.target,
            fields=without_own(seen.fields),
            content=seen.content,
        )
        assert found == expected(exchange), script[:2000]
