"""What is exported to HTTPie and httpx is run, and sends what was recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

import pytest

from nbflask.exchanges.exports import export, to_httpie, to_httpx
from tests.exchanges.echo import EchoServer, Seen
from tests.exchanges.requests import exchange, known_traps, random_exchanges
from tests.exchanges.test_exports_curl import expected, without_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.exchanges.exchange import Exchange

VISIBLE = bytes(range(0x21, 0x7F))

EXCHANGES = [*known_traps(), *random_exchanges(seed=25, count=80)]


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    """Give a server to all tests here."""
    with EchoServer() as server:
        yield server


def run(command: list[str], folder: Path) -> None:
    """Run a program that finds the environment's own first, and nobody's settings."""
    # HTTPie would ask PyPI for a newer one of itself.
    (folder / "config.json").write_text(json.dumps({"disable_update_warnings": True}))
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "HTTPIE_CONFIG_DIR": str(folder),
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def as_seen(seen: Seen) -> tuple[bytes, bytes, list[tuple[bytes, bytes]], bytes]:
    """Give what two requests must have in common, if one's URL is encoded anew."""
    fields = sorted((name.lower(), value) for name, value in without_own(seen.fields))
    return seen.method, unquote_to_bytes(seen.target), fields, seen.content


def test_httpie_sends_what_was_recorded(server: EchoServer, tmp_path: Path) -> None:
    base_url = f"http://{server.host}"
    possible = [each for each in EXCHANGES if "HTTPie cannot send it" not in to_httpie(each)][:20]
    assert len(possible) == 20
    server.seen.clear()
    script = tmp_path / "script.sh"
    script.write_text(export(possible, "httpie", base_url=base_url))
    run(["sh", str(script)], tmp_path)
    assert [as_seen(each) for each in server.seen] == [as_seen(expected(x)) for x in possible]


def test_httpx_sends_the_bytes_that_were_recorded(server: EchoServer, tmp_path: Path) -> None:
    server.seen.clear()
    script = tmp_path / "script.py"
    script.write_text(export(EXCHANGES, "httpx", base_url=f"http://{server.host}"))
    run([sys.executable, str(script)], tmp_path)
    found = [
        Seen(
            method=each.method,
            target=each.target,
            fields=without_own(each.fields),
            content=each.content,
        )
        for each in server.seen
    ]
    # A target that is not ASCII is no target of HTTP's, and httpx sends it encoded.
    wanted = (
        replace(each, target=quote(each.target, safe=VISIBLE).encode())
        for each in map(expected, EXCHANGES)
    )
    assert found == list(wanted)


def test_each_program_is_python_or_shell(tmp_path: Path) -> None:
    """Each alone, so that none leans on what stands before it."""
    for each in EXCHANGES:
        compile(to_httpx(each), "script.py", "exec")
        path = tmp_path / "script.sh"
        path.write_text(to_httpie(each))
        subprocess.run(["sh", "-n", str(path)], check=True, timeout=60)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (0, "its method is not made of capital letters."),
        (1, "its target is not a path."),
        (2, "its target has a % that encodes nothing."),
        (3, "the value of X-A holds what it has no way to write."),
    ],
)
def test_what_httpie_cannot_send_is_not_sent_otherwise(number: int, reason: str) -> None:
    sent: Exchange = (
        exchange("M-SEARCH"),
        exchange("OPTIONS", "*"),
        exchange(target="/%zz%20"),
        exchange(headers=[("X-A", "a\\=b")]),
    )[number]
    lines = to_httpie(sent).splitlines()
    assert all(line.startswith("#") for line in lines)
    assert lines[1] == f"# HTTPie cannot send it: {reason} curl can."
