"""Sockets that only their owner reaches, and ports with clear errors."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nbflask.errors import ServerError
from nbflask.runtime.processes import read_start_ticks
from nbflask.server.addresses import (
    TcpAddress,
    UnixAddress,
    bind,
    bound_address,
    choose_local_address,
    collect_dead,
    release,
)


@pytest.fixture
def short_path(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have new sockets made in a directory of the test; pytest's own names are too long for one."""
    directory = Path(tempfile.mkdtemp(prefix="nbf", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    return directory


def test_a_new_socket_is_for_its_owner_alone(short_path: Path) -> None:
    address = choose_local_address()
    assert isinstance(address, UnixAddress)
    path = Path(address.path)
    assert path.parent.parent == short_path
    listening = bind(address)
    try:
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
        assert modes == [0o600, 0o700]
    finally:
        listening.close()
        release(address)
    assert list(short_path.iterdir()) == []
    short_path.rmdir()


def test_a_path_too_long_for_a_socket_gives_a_port(
    short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = short_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert choose_local_address() == TcpAddress(host="127.0.0.1", port=0)
    assert list(deep.iterdir()) == []
    deep.rmdir()
    short_path.rmdir()


@pytest.fixture
def dead_directory(short_path: Path) -> Path:
    """Give the directory of a process that began at another time than this one."""
    directory = short_path / f"nbflask-{os.getpid()}-1-abc"
    directory.mkdir(mode=0o700)
    return directory


def test_sockets_of_dead_processes_are_removed_and_others_kept(short_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    dead = short_path / f"nbflask-{int(child.stdout)}-1-abc"
    reused = short_path / f"nbflask-{os.getpid()}-1-abc"
    alive = short_path / f"nbflask-{os.getpid()}-{read_start_ticks(os.getpid())}-abc"
    other = short_path / "nbflask-notes"
    for each in (dead, reused, alive, other):
        each.mkdir()
        (each / "s").touch()
    collect_dead(short_path)
    assert sorted(short_path.iterdir()) == sorted([alive, other])
    for each in (alive, other):
        (each / "s").unlink()
        each.rmdir()
    short_path.rmdir()


def test_a_socket_that_answers_is_kept_whatever_its_directory_says(
    short_path: Path, dead_directory: Path
) -> None:
    # As in a container that shares the directory, and has other numbers for its processes.
    with bind(UnixAddress(path=str(dead_directory / "s"))):
        collect_dead(short_path)
        assert (dead_directory / "s").exists()
    collect_dead(short_path)
    assert not dead_directory.exists()
    short_path.rmdir()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away"
)
def test_directories_of_other_users_are_left_alone(short_path: Path, dead_directory: Path) -> None:
    (dead_directory / "s").touch()
    os.chown(dead_directory, 65534, 65534)
    collect_dead(short_path)
    assert (dead_directory / "s").exists()
    os.chown(dead_directory, 0, 0)
    collect_dead(short_path)
    short_path.rmdir()


def test_a_socket_left_at_a_named_path_is_replaced_and_a_living_one_is_not(
    short_path: Path,
) -> None:
    address = UnixAddress(path=str(short_path / "app.sock"))
    bind(address).close()
    listening = bind(address)
    with pytest.raises(ServerError) as caught:
        bind(address)
    assert str(caught.value) == (
        f"The socket {address.path!r} is taken by another server. Stop it, or name port 0."
    )
    listening.close()
    release(address)
    short_path.rmdir()


def test_a_taken_port_is_an_error_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerError) as caught:
            bind(TcpAddress(port=port))
    assert str(caught.value) == (
        f"Port {port} is taken by another program. "
        "Stop it, or name port 0 to let the system choose."
    )


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            TcpAddress(port=65536),
            "Port 65536 does not exist. Use 1 to 65535, or 0 to let the system choose.",
        ),
        (
            TcpAddress(host="192.0.2.1"),
            "The host '192.0.2.1' is not an address of this machine "
            "(Cannot assign requested address). Name '127.0.0.1'.",
        ),
    ],
)
def test_an_address_that_cannot_be_had_is_an_error(address: TcpAddress, text: str) -> None:
    with pytest.raises(ServerError) as caught:
        bind(address)
    assert str(caught.value) == text


def test_by_default_only_this_machine_is_listened_to() -> None:
    with bind(TcpAddress()) as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        assert bound_address(TcpAddress(), listening) == TcpAddress(port=port)
