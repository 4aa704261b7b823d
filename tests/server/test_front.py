"""What a kernel finds out about the server in front of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.server.front import parse_kernel_id, read_server_clues
from nbflask.values.base_url import ServerClues

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_that_is_said_is_found(tmp_path: Path) -> None:
    (tmp_path / "jpserver-77.json").write_text(json.dumps({"base_url": "/file/", "port": 1}))
    environment = {
        "NBFLASK_BASE_URL": "/explicit/",
        "NBFLASK_SERVER_BASE_URL": "/extension/",
        "NBFLASK_SERVER_PID": "77",
        "JPY_PARENT_PID": "77",
        "JUPYTERHUB_SERVICE_PREFIX": "/hub/",
        "VOILA_BASE_URL": "/voila/",
    }
    assert read_server_clues(environment, tmp_path) == ServerClues(
        explicit="/explicit/",
        extension="/extension/",
        extension_pid=77,
        parent_pid=77,
        server_file="/file/",
        hub="/hub/",
        voila="/voila/",
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"base_url": 1}', "\x00"])
def test_a_file_that_says_nothing_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "jpserver-77.json").write_text(text)
    found = read_server_clues({"JPY_PARENT_PID": "77"}, tmp_path)
    assert found == ServerClues(parent_pid=77)


@pytest.mark.parametrize("pid", ["", "x", "-1", "\N{SUPERSCRIPT TWO}"])
def test_a_parent_that_is_no_number_is_none(tmp_path: Path, pid: str) -> None:
    assert read_server_clues({"JPY_PARENT_PID": pid}, tmp_path) == ServerClues()


@pytest.mark.parametrize(
    ("connection_file", "kernel_id"),
    [
        ("/run/kernel-0a1b-2c.json", "0a1b-2c"),
        ("kernel-v2-12ab.json", "v2-12ab"),
        ("/run/kernel-a.b.json", None),
        ("/run/other.json", None),
        ("", None),
    ],
)
def test_the_kernels_id_is_in_its_connection_file(
    connection_file: str, kernel_id: str | None
) -> None:
    assert parse_kernel_id(connection_file) == kernel_id
