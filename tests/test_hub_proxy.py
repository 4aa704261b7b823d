"""What `make test` does to find the proxy that a JupyterHub needs, without installing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools import hub_proxy

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
    monkeypatch.delenv(hub_proxy.VARIABLE, raising=False)
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
    assert hub_proxy.find_hub_proxy() is None


def test_a_proxy_on_the_path_is_found(bare: Path) -> None:
    path = put(bare / hub_proxy.NAME, RUNS)
    assert hub_proxy.find_hub_proxy() == path


def test_the_environments_own_is_found_where_the_paths_does_not_run(bare: Path) -> None:
    put(bare / hub_proxy.NAME, FAILS)
    assert hub_proxy.find_hub_proxy() is None
    put(installed(), RUNS)
    assert hub_proxy.find_hub_proxy() == str(installed())


def test_a_named_proxy_comes_first(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / hub_proxy.NAME, RUNS)
    named = put(tmp_path / "named", RUNS)
    monkeypatch.setenv(hub_proxy.VARIABLE, named)
    assert hub_proxy.find_hub_proxy() == named


def test_a_named_proxy_that_does_not_run_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bare / hub_proxy.NAME, RUNS)
    monkeypatch.setenv(hub_proxy.VARIABLE, "/nowhere/proxy")
    with pytest.raises(SystemExit, match=r"NBFLASK_HUB_PROXY='/nowhere/proxy' is no proxy"):
        hub_proxy.find_hub_proxy()


def test_npm_of_the_path_installs_it_into_the_environment(
    bare: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # It stands for npm: it makes what is wanted in the folder after --prefix.
    npm = f"""#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
PATH=/usr/bin:/bin
mkdir -p "$2/node_modules/.bin"
printf '{RUNS.encode("unicode_escape").decode()}' > "$2/node_modules/.bin/{hub_proxy.NAME}"
chmod 700 "$2/node_modules/.bin/{hub_proxy.NAME}"
"""
    put(bare / "npm", npm)
    hub_proxy.main()
    assert capfd.readouterr().out == f"{installed()}\n"


def test_where_nothing_can_be_installed_the_remedy_is_said(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bare.is_dir()
    monkeypatch.setattr(hub_proxy, "INSTALLERS", (hub_proxy.install,))
    with pytest.raises(SystemExit) as error:
        hub_proxy.main()
    assert str(error.value) == hub_proxy.REMEDY
