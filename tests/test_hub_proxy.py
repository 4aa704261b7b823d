"""What `make test` does to find the proxy that a JupyterHub needs, without installing anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tools import hub_proxy
from tools.hub_proxy import HUB_PROXY

if TYPE_CHECKING:
    from pathlib import Path

RUNS = "#!/bin/sh\necho 5.0.0\n"
#: What a Node that is too old for it does.
FAILS = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for programs that is all of the PATH, on a machine without a proxy."""
    scripts = tmp_path / "bin"
    scripts.mkdir()
    monkeypatch.delenv(HUB_PROXY.variable, raising=False)
    monkeypatch.setenv("PATH", str(scripts))
    monkeypatch.setattr(hub_proxy, "SCRIPTS", tmp_path / "environment" / "bin")
    monkeypatch.setattr(hub_proxy, "PREFIX", tmp_path / "environment" / "hub-proxy")
    return scripts


def put(path: Path, script: str) -> str:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o700)
    return str(path)


def installed() -> Path:
    """Give the path at which npm puts it into the virtual environment."""
    return hub_proxy.PREFIX / "node_modules" / ".bin" / hub_proxy.NAME


def test_without_a_proxy_none_is_found(bare: Path) -> None:
    assert bare.is_dir()
    assert HUB_PROXY.find() is None


def test_a_proxy_on_the_path_is_found(bare: Path) -> None:
    path = put(bare / hub_proxy.NAME, RUNS)
    assert HUB_PROXY.find() == path


def test_the_environments_own_is_found_where_the_paths_does_not_run(bare: Path) -> None:
    put(bare / hub_proxy.NAME, FAILS)
    assert HUB_PROXY.find() is None
    put(installed(), RUNS)
    assert HUB_PROXY.find() == str(installed())


def test_a_named_proxy_comes_first(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / hub_proxy.NAME, RUNS)
    named = put(tmp_path / "named", RUNS)
    monkeypatch.setenv(HUB_PROXY.variable, named)
    assert HUB_PROXY.find() == named


def test_a_named_proxy_that_does_not_run_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / hub_proxy.NAME, RUNS)
    monkeypatch.setenv(HUB_PROXY.variable, "/nowhere/proxy")
    with pytest.raises(SystemExit, match=r"NBFLASK_HUB_PROXY='/nowhere/proxy' is no proxy"):
        HUB_PROXY.find()


def test_npm_of_the_path_installs_it_into_the_environment(bare: Path) -> None:
    # It stands for npm: it makes what is wanted in the folder after --prefix.
    npm = f"""#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
PATH=/usr/bin:/bin
mkdir -p "$2/node_modules/.bin"
printf '{RUNS.encode("unicode_escape").decode()}' > "$2/node_modules/.bin/{hub_proxy.NAME}"
chmod 700 "$2/node_modules/.bin/{hub_proxy.NAME}"
"""
    put(bare / "npm", npm)
    assert HUB_PROXY.provide() == str(installed())


def test_where_nothing_can_be_installed_the_remedy_is_said(bare: Path) -> None:
    assert bare.is_dir()
    with pytest.raises(SystemExit) as error:
        replace(HUB_PROXY, installers=(hub_proxy.install,)).provide()
    assert str(error.value) == HUB_PROXY.remedy
