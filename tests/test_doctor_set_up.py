"""The doctor on versions, environments and pages: of real processes in real environments."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from nbflask.notebook.doctor.apps import look_at_apps
from nbflask.notebook.doctor.environments import (
    Environment,
    read_environment_of,
    read_kernel_environment,
)
from nbflask.notebook.doctor.front_end import look_at_front_end
from nbflask.notebook.doctor.probe import LAB_EXTENSIONS
from nbflask.notebook.doctor.versions import look_at_versions, read_floors
from nbflask.notebook.doctor.widgets import PATIENCE_S, look_at_widgets
from nbflask.notebook.idle import Idle
from nbflask.notebook.shown import Shown
from nbflask.notebook.surroundings import ServerExtension, Surroundings
from nbflask.values.base_url import ServerClues
from nbflask.widgets.preview import Preview
from tests.magics.conftest import jupyter_data, shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbflask.notebook.doctor import Finding
    from tests.magics.shell import Shell

__all__ = ["jupyter_data", "shell"]

BEHIND_JUPYTER = Surroundings(
    front_end="jupyter",
    kernel_id="k-1",
    notebook="",
    extension=ServerExtension(is_enabled=True, file="nbflask.json"),
    server=ServerClues(server_file="/user/ann/", hub="/user/ann/"),
)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Give an environment with nothing in it."""
    venv.create(tmp_path / "other env", with_pip=False, symlinks=True)
    return tmp_path / "other env"


@pytest.fixture
def server(other: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that runs in it, as a Jupyter server might."""
    command = [str(other / "bin" / "python"), "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def install(environment: Path, name: str, version: str) -> None:
    """Leave of a distribution what says that it is installed."""
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / f"{name}-{version}.dist-info").mkdir()
    metadata = packages / f"{name}-{version}.dist-info" / "METADATA"
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def bring(environment: Path, extension: str) -> None:
    folder = environment / "share" / "jupyter" / "labextensions" / extension
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}")


def pairs(findings: Iterator[Finding]) -> dict[str, tuple[str, str]]:
    return {each.subject: (each.found, each.remedy) for each in findings}


def test_another_process_is_asked_what_its_environment_holds(
    other: Path, server: subprocess.Popen[bytes]
) -> None:
    install(other, "nbflask", "0.0.9")
    bring(other, "anywidget")
    found = read_environment_of(server.pid)
    assert found is not None
    assert (found.prefix, found.versions) == (str(other), {"nbflask": "0.0.9"})
    assert found.lab_extensions == ("anywidget",)
    assert found.pip == f'"{other}/bin/python" -m pip'
    assert not found.is_same(read_kernel_environment())


def test_the_kernels_own_path_of_modules_is_not_the_other_processs(
    other: Path, server: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = read_environment_of(server.pid)
    assert found is not None
    assert (found.prefix, found.versions) == (str(other), {})


def test_a_process_in_the_same_environment_is_known_by_its_interpreter() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = read_environment_of(process.pid)
        process.kill()
    assert found == read_kernel_environment()
    assert set(found.lab_extensions) == set(LAB_EXTENSIONS)


def test_what_is_no_python_is_not_asked() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        found = read_environment_of(process.pid)
        process.kill()
    assert found is None
    assert read_environment_of(process.pid) is None


def test_a_kernel_in_another_environment_than_the_servers_is_told_the_exact_command(
    other: Path, server: subprocess.Popen[bytes]
) -> None:
    theirs, ours = read_environment_of(server.pid), read_kernel_environment()
    found = pairs(look_at_front_end(BEHIND_JUPYTER, ours, theirs))
    assert found["kernel's environment"] == (sys.prefix, "")
    assert found["server's environment"] == (f"another one: {other}, without nbflask", "")
    assert found["base URL"] == (
        "/user/ann/ of a JupyterHub, from the Jupyter server's info file",
        "",
    )
    assert found["server extension"] == (
        "not loaded by the Jupyter server",
        f'Run `"{other}/bin/python" -m pip install nbflask=={ours.versions["nbflask"]}`, '
        "and restart the Jupyter server.",
    )


def test_another_version_in_the_servers_environment_is_told(
    other: Path, server: subprocess.Popen[bytes]
) -> None:
    install(other, "nbflask", "0.0.9")
    theirs, ours = read_environment_of(server.pid), read_kernel_environment()
    found = pairs(look_at_front_end(BEHIND_JUPYTER, ours, theirs))
    version = ours.versions["nbflask"]
    assert found["server's environment"] == (
        f"another one: {other}, with nbflask 0.0.9, here it is {version}",
        f'Run `"{other}/bin/python" -m pip install nbflask=={version}`, '
        "and restart the Jupyter server.",
    )
    command = f'"{other}/bin/python" -m jupyter server extension enable nbflask'
    assert found["server extension"][1] == f"Run `{command}`, and restart the Jupyter server."


def build(**versions: str) -> Environment:
    """Make an environment in which everything is as nbflask asks, but these."""
    current = dict(read_kernel_environment().versions)
    changed = {name.replace("_", "-"): version for name, version in versions.items()}
    merged = {**current, **changed}
    return replace(
        read_kernel_environment(), versions={name: it for name, it in merged.items() if it}
    )


def test_what_is_older_than_nbflask_needs_is_told_with_the_pip_line() -> None:
    old = build(flask="2.3.3", jupyter_server_proxy="5.0.0", jupyterlab="4.1.0", voila="")
    found = pairs(look_at_versions(old, old))
    assert found["flask"] == (
        "2.3.3; nbflask needs >=3.0.0",
        "Run `%pip install 'flask>=3.0.0'`, and restart the kernel.",
    )
    pip = f"{sys.executable} -m pip"
    assert found["jupyter-server-proxy"] == (
        "5.0.0; nbflask needs <5,>=4.4",
        f"Run `{pip} install 'jupyter-server-proxy<5,>=4.4'`, and restart the Jupyter server.",
    )
    assert found["jupyterlab"][1].startswith(f"Run `{pip} install 'jupyterlab>=4.2'`")
    assert found["voila"] == ("not installed", "")
    assert found["ipython"][1] == ""
    # Without a server nobody is served by an old JupyterLab.
    assert pairs(look_at_versions(old, None))["jupyterlab"] == ("4.1.0", "")


def test_what_is_missing_is_told_and_a_development_version_is_new_enough() -> None:
    found = pairs(look_at_versions(build(anywidget="", flask="3.2.0.dev0"), None))
    floor = read_floors()["anywidget"]
    assert found["anywidget"] == (
        "not installed",
        f"Run `%pip install 'anywidget{floor}'`, and restart the kernel.",
    )
    assert found["flask"] == ("3.2.0.dev0", "")


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


@pytest.mark.parametrize(
    ("is_heard", "waits_s", "found"),
    [
        pytest.param(True, 0, ("shown: the page has answered (preview)", ""), id="shown"),
        pytest.param(
            False,
            PATIENCE_S - 1,
            ("a page has not answered yet; run this again in a moment", ""),
            id="not yet",
        ),
        pytest.param(
            False,
            PATIENCE_S,
            (
                "no page has answered (preview), so none is drawn",
                "Reload the page, and run the cell with the widget again. Then look here again.",
            ),
            id="silent",
        ),
    ],
)
def test_a_page_is_silent_when_the_kernel_could_have_heard_it(
    shell: Shell, is_heard: bool, waits_s: float, found: tuple[str, str]
) -> None:
    notebook, clock = shell.notebook, Clock()
    notebook.surroundings = BEHIND_JUPYTER
    notebook.idle = Idle(clock)
    notebook.shown = Shown(notebook.idle)
    preview = Preview()
    notebook.shown.keep(preview, "run")
    # A cell that computes: whatever the page says waits.
    clock.at_s += 1000
    notebook.idle.end_cell()
    clock.at_s += waits_s
    notebook.idle.begin_cell()
    clock.at_s += 1000
    preview.is_heard = is_heard
    assert pairs(look_at_widgets(notebook, read_kernel_environment())) == {"widgets": found}
    notebook.shown.close()


def test_what_draws_widgets_is_looked_for_where_the_pages_come_from(
    shell: Shell, other: Path, server: subprocess.Popen[bytes]
) -> None:
    bring(other, "anywidget")
    shell.notebook.surroundings = BEHIND_JUPYTER
    found = list(look_at_widgets(shell.notebook, read_environment_of(server.pid)))
    assert [(each.found, each.remedy) for each in found] == [
        (
            f"the Jupyter server's environment ({other}) has no "
            "@jupyter-widgets/jupyterlab-manager",
            f'Run `"{other}/bin/python" -m pip install jupyterlab-widgets`, '
            "and restart the Jupyter server.",
        ),
        ("none shown yet; run `%flask_preview`, then this again", ""),
    ]


def test_an_extension_of_jupyterlab_that_is_disabled_is_told(shell: Shell) -> None:
    shell.notebook.surroundings = BEHIND_JUPYTER
    disabled = replace(read_kernel_environment(), disabled=("anywidget",))
    (problem, _) = look_at_widgets(shell.notebook, disabled)
    command = f"{sys.executable} -m jupyter labextension enable anywidget"
    assert (problem.found, problem.remedy) == (
        "anywidget is disabled in the Jupyter server's configuration",
        f"Run `{command}`, and restart the Jupyter server.",
    )


def test_without_any_proxy_in_the_server_the_port_alone_is_named(
    shell: Shell, server: subprocess.Popen[bytes]
) -> None:
    shell.run("%flask_run --no-preview")
    shell.notebook.surroundings = BEHIND_JUPYTER
    theirs = read_environment_of(server.pid)
    found = {
        each.subject: each.found
        for each in look_at_apps(shell.notebook, read_kernel_environment(), theirs)
        if not each.is_problem
    }
    url = shell.notebook.url().partition("?")[0]
    assert found["app 'app'"] == (
        f"{url}?nbflask_token=… (a port of this machine, as the Jupyter server has neither "
        "nbflask nor jupyter-server-proxy)"
    )


SOCK = """\
from flask_sock import Sock

@Sock(app).route("/talk")
def talk(ws):
    ws.send(ws.receive())
"""


@pytest.mark.parametrize(
    ("around", "way"),
    [
        pytest.param(
            replace(
                BEHIND_JUPYTER,
                server=ServerClues(extension="/", extension_pid=7, parent_pid=7),
            ),
            "passed on by nbflask in the Jupyter server",
            id="extension",
        ),
        pytest.param(
            BEHIND_JUPYTER,
            "passed on by jupyter-server-proxy: messages up to 10 MB, and no close codes",
            id="proxy",
        ),
        pytest.param(
            replace(BEHIND_JUPYTER, front_end="voila", server=ServerClues(voila="/")),
            "straight to the app's port",
            id="port",
        ),
    ],
)
def test_websockets_are_told_with_their_way(shell: Shell, around: Surroundings, way: str) -> None:
    kernel = read_kernel_environment()
    found = pairs(look_at_apps(shell.notebook, kernel))
    assert found["websockets"] == ("no app has any; flask-sock is installed", "")
    assert shell.run(SOCK).error == ""
    shell.notebook.surroundings = around
    assert pairs(look_at_apps(shell.notebook, kernel))["websockets"] == (f"app /talk: {way}", "")
    without = build(simple_websocket="")
    assert pairs(look_at_apps(shell.notebook, without))["websockets"] == (
        "app /talk: nothing here speaks them: simple-websocket is not installed",
        "Run `%pip install flask-sock`, and restart the kernel.",
    )
