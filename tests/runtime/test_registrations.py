"""Registrations on disk: only running apps are listed, whatever lies there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.errors import ServerError
from nbflask.runtime.processes import is_alive, read_start_ticks
from nbflask.runtime.registrations import Alive, Dead, RegistrationDirectory, Unknown
from nbflask.server.registry import collect_dead, register, unregister
from nbflask.values.registration import Registration

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@pytest.fixture
def directory(tmp_path: Path) -> RegistrationDirectory:
    """Give a directory that does not exist yet."""
    return RegistrationDirectory(tmp_path)


@pytest.fixture
def dead_pid() -> int:
    """Give the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def own_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a socket as the kernel's server makes it."""
    directory = tmp_path_factory.mktemp("x") / "nbflask-1-2-abc"
    directory.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(directory / "s"))
        (directory / "s").chmod(0o600)
        yield directory / "s"


def build(**changes: Any) -> Registration:
    """Give the registration of an app in this very process."""
    pid = os.getpid()
    alive = Registration(
        kernel_id="k",
        app_name="app",
        pid=pid,
        started_ticks=read_start_ticks(pid),
        host=gethostname(),
        port=5000,
        secret="s" * 32,
    )
    return replace(alive, **changes)


def test_what_is_registered_is_listed_until_it_is_withdrawn(tmp_path: Path) -> None:
    directory = RegistrationDirectory(tmp_path)
    path = register(build(), tmp_path)
    assert path == tmp_path / "nbflask" / "k.app.json"
    assert directory.list_alive() == (build(),)
    assert directory.find("k", "app") == Alive(registration=build())
    unregister(path)
    unregister(path)
    assert directory.list_alive() == ()
    assert directory.find("k", "app") == Unknown(reason="It is not running.")


def test_what_is_written_is_private_and_whole(directory: RegistrationDirectory) -> None:
    old_mask = os.umask(0)
    try:
        path = directory.write(build())
    finally:
        os.umask(old_mask)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    directory.write(build(port=5001))
    assert [it.name for it in path.parent.iterdir()] == ["k.app.json"]
    assert directory.list_alive()[0].port == 5001


def test_a_directory_that_was_open_to_others_is_closed(directory: RegistrationDirectory) -> None:
    directory.path.mkdir(mode=0o755)
    assert directory.write(build()).parent.stat().st_mode & 0o777 == 0o700


def test_a_directory_behind_a_link_is_refused(
    directory: RegistrationDirectory, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    directory.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServerError, match=r"is a link or belongs to another user\. Remove it"):
        directory.write(build())
    assert directory.list_alive() == ()


def test_a_dead_kernels_files_are_removed(tmp_path: Path, dead_pid: int, own_socket: Path) -> None:
    directory = RegistrationDirectory(tmp_path)
    dead = build(pid=dead_pid, port=None, socket=str(own_socket))
    path = directory.write(dead)
    assert directory.find("k", "app") == Dead(registration=dead)
    assert directory.list_alive() == ()
    assert collect_dead(tmp_path) == 1
    assert (path.exists(), own_socket.parent.exists()) == (False, False)
    assert collect_dead(tmp_path) == 0


def test_a_kernel_that_restarts_meanwhile_stays_registered(
    directory: RegistrationDirectory, dead_pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = directory.write(build(pid=dead_pid))

    def look(pid: int, started_ticks: int) -> bool:
        directory.write(build())  # The old file was read, and is not removed yet.
        return is_alive(pid, started_ticks)

    with monkeypatch.context() as patch:
        patch.setattr("nbflask.runtime.registrations.is_alive", look)
        assert directory.collect_dead() == 1
    assert directory.find("k", "app") == Alive(registration=build())
    assert list(directory.path.iterdir()) == [path]


def test_a_file_that_is_not_our_socket_is_left_alone(
    directory: RegistrationDirectory, dead_pid: int, tmp_path: Path
) -> None:
    precious = tmp_path / "nbflask-1-2-abc" / "s"
    precious.parent.mkdir(mode=0o700)
    precious.write_text("precious")
    directory.write(build(pid=dead_pid, port=None, socket=str(precious)))
    assert directory.collect_dead() == 1
    assert precious.read_text() == "precious"


@needs_proc
def test_a_number_that_was_used_again_is_another_process() -> None:
    ticks = read_start_ticks(os.getpid())
    assert is_alive(os.getpid(), ticks)
    assert is_alive(os.getpid(), 0)
    assert not is_alive(os.getpid(), ticks + 1)
    assert not is_alive(0, 0)
    assert not is_alive(2**40, 0)


@needs_proc
def test_a_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(process.pid, 0)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(process.pid, 0)
    process.communicate()


def test_another_machines_registrations_are_neither_listed_nor_removed(
    directory: RegistrationDirectory, dead_pid: int
) -> None:
    path = directory.write(build(pid=dead_pid, host="another"))
    assert (directory.list_alive(), directory.collect_dead(), path.exists()) == ((), 0, True)


def test_a_hundred_planted_files_are_passed_over(
    directory: RegistrationDirectory, dead_pid: int, tmp_path: Path
) -> None:
    directory.write(build())
    for number in range(100):
        _plant(directory.path, number, dead_pid, tmp_path)
    assert directory.list_alive() == (build(),)
    directory.collect_dead()
    assert directory.list_alive() == (build(),)
    assert [type(directory.find("k", name)) for name in ("app", "../app", "x")] == [
        Alive,
        Unknown,
        Unknown,
    ]


def _plant(directory: Path, number: int, dead_pid: int, outside: Path) -> None:
    """Leave something in the directory that must not be listed."""
    good = build(kernel_id=f"k{number}")
    path = directory / good.file_name
    data = json.loads(good.to_json())
    texts = {
        "dead": replace(good, pid=dead_pid).to_json(),
        "pid used again": replace(good, started_ticks=1).to_json(),
        "truncated": good.to_json()[:-30],
        "later version": json.dumps({**data, "version": 99}),
        "huge": json.dumps({**data, "padding": "x" * 100_000}),
        "empty": "",
        "deep": "[" * 10_000,
        "another's name": replace(good, kernel_id="k").to_json(),
        "not UTF-8": "\udcff\udcff{",
        "open to others": good.to_json(),
        "link": good.to_json(),
    }
    match (*texts, "pipe", "directory")[number % (len(texts) + 2)]:
        case "pipe":  # A reader would wait for ever.
            os.mkfifo(path, mode=0o600)
        case "directory":
            path.mkdir()
        case "link":  # To a file that would do.
            _write(outside / path.name, texts["link"])
            path.symlink_to(outside / path.name)
        case kind:
            _write(path, texts[kind])
            if kind == "open to others":
                path.chmod(0o644)


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_bytes(text.encode(errors="surrogateescape"))
