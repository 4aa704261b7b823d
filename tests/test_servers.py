"""What `make test` and `make scaled` do to find nginx and Redis, without installing anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools import programs, servers
from tools.servers import NGINX, REDIS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for programs, all that is searched, on a machine that starts services."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(servers, "_MORE_FOLDERS", ())
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    for each in (NGINX, REDIS):
        monkeypatch.delenv(each.variable, raising=False)
    return folder


def put(path: Path, script: str) -> None:
    """Write a program."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def test_apt_installs_what_is_missing_and_starts_no_service(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    # It stands for apt-get: it asks for the policy as packages do, and leaves what was wanted.
    put(
        bare / "apt-get",
        f'[ "$1" = install ] || exit 0\n{programs.POLICY}\necho $? $* > {bare}/told\n'
        f"echo '#!/bin/sh' > {bare}/nginx; /bin/chmod 700 {bare}/nginx",
    )
    assert NGINX.provide() == str(bare / "nginx")
    assert (bare / "told").read_text() == "101 install -qq --no-install-recommends nginx\n"
    assert not programs.POLICY.exists()


def test_who_may_not_install_is_told_what_to_do(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    put(bare / "apt-get", "exit 0")
    with pytest.raises(SystemExit) as error:
        REDIS.provide()
    assert str(error.value) == (
        "The example of several hosts needs Redis, and none was found or could be installed. "
        "Install it (on Debian, as root: apt-get update && apt-get install redis-server), or name "
        "one that is there: NBFLASK_REDIS=/path/to/it"
    )
