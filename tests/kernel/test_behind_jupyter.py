"""A notebook of a real Jupyter server serves its app through that server."""

from __future__ import annotations

import json
import re
import site
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbflask
from tests.jupyter import TOKEN, JupyterServer
from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    with JupyterServer(tmp_path_factory.mktemp("jupyter"), base_url="/user/ann/") as running:
        yield running


@pytest.fixture
def session(server: JupyterServer) -> Iterator[dict[str, Any]]:
    path = server.root / "site.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    made = server.api(
        "sessions",
        "POST",
        {
            "path": path.name,
            "name": path.name,
            "type": "notebook",
            "kernel": {"name": "python3"},
        },
    )
    yield made
    server.stop_kernels()


@pytest.fixture
def kernel(server: JupyterServer, session: dict[str, Any]) -> Iterator[Kernel]:
    file = server.runtime_dir / f"kernel-{session['kernel']['id']}.json"
    with Kernel(connection_file=str(file)) as connected:
        connected.execute("%load_ext nbflask", cell_id="load")
        yield connected


def get(server: JupyterServer, path: str) -> str:
    request = urllib.request.Request(  # noqa: S310  (always http, to ourselves)
        f"{server.url}{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        text: str = response.read().decode()
    return text


def test_an_app_is_served_through_the_server_on_a_private_socket(
    server: JupyterServer, session: dict[str, Any], kernel: Kernel
) -> None:
    kernel.execute("%%route /hello/<name>\nurl_for('hello_name', name=name)", cell_id="view")
    shown = kernel.execute("%flask_run", cell_id="run")
    kernel_id = session["kernel"]["id"]

    assert shown.texts == ("Preview(app, '/')",)
    assert get(server, f"nbflask/{kernel_id}/app/hello/Ada") == (
        f"/user/ann/nbflask/{kernel_id}/app/hello/Ada"
    )
    # An app on a port would have an address that needs no Jupyter server.
    url = kernel.execute("import nbflask; nbflask.get_notebook().url()")
    assert url.texts == (f"'nbflask/{kernel_id}/app/'",)


def test_a_stopped_app_is_not_found_and_its_registration_is_gone(
    server: JupyterServer, session: dict[str, Any], kernel: Kernel
) -> None:
    kernel.execute("%%route /\n'home'", cell_id="view")
    kernel.execute("%flask_run --no-preview", cell_id="run")
    url = f"nbflask/{session['kernel']['id']}/app/"
    assert get(server, url) == "home"
    assert len(registrations(server, session)) == 1

    kernel.execute("%flask_stop", cell_id="stop")
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(server, url)
    assert refused.value.code in {404, 502, 503}
    refused.value.close()
    assert registrations(server, session) == []


def test_a_port_is_served_through_the_server_as_well(
    server: JupyterServer, session: dict[str, Any], kernel: Kernel
) -> None:
    kernel.execute("%%route /\n'home'", cell_id="view")
    kernel.execute("%flask_run --port 0 --no-preview", cell_id="run")
    assert get(server, f"nbflask/{session['kernel']['id']}/app/") == "home"
    direct = kernel.execute("import nbflask; nbflask.get_notebook().url()").texts[0].strip("'")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", direct)
    with urllib.request.urlopen(direct, timeout=30) as response:  # noqa: S310
        assert response.read() == b"home"


def test_the_doctor_finds_the_way_through_the_server(kernel: Kernel) -> None:
    (text,) = kernel.execute("%flask_doctor").texts
    assert "a notebook of a Jupyter server" in text
    assert "loaded by the Jupyter server" in text


def test_the_doctor_knows_a_kernel_of_another_environment_than_the_servers(
    server: JupyterServer, tmp_path: Path
) -> None:
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    paths = [*site.getsitepackages(), str(Path(nbflask.__file__).parents[1])]
    (packages / "shared.pth").write_text("\n".join(paths))
    python = str(tmp_path / "env" / "bin" / "python")
    spec = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Another environment",
        "language": "python",
    }
    folder = Path(server.environment["JUPYTER_DATA_DIR"], "kernels", "another")
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    made = server.api("kernels", "POST", {"name": "another"})
    with Kernel(connection_file=str(server.runtime_dir / f"kernel-{made['id']}.json")) as connected:
        connected.execute("%load_ext nbflask")
        connected.execute("%%route /\n'home'", cell_id="view")
        connected.execute("%flask_run --no-preview", cell_id="run")
        assert get(server, f"nbflask/{made['id']}/app/") == "home"
        (text,) = connected.execute("%flask_doctor").texts
    server.stop_kernels()
    lines = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    assert lines[0] == ["Nothing to mend."]
    assert ["kernel's environment", str(tmp_path / "env")] in lines
    version = nbflask.__version__
    another = f"another one: {sys.prefix}, with nbflask {version}"
    assert ["server's environment", another] in lines
    assert ["server extension", "loaded by the Jupyter server"] in lines


def registrations(server: JupyterServer, session: dict[str, Any]) -> list[Path]:
    return sorted((server.runtime_dir / "nbflask").glob(f"{session['kernel']['id']}.*.json"))


def test_jupyters_credentials_are_in_no_exchange(
    server: JupyterServer, session: dict[str, Any], kernel: Kernel
) -> None:
    kernel.execute("%%route /\n'home'", cell_id="view")
    kernel.execute("%flask_run --no-preview", cell_id="run")
    path = f"nbflask/{session['kernel']['id']}/app/?token={TOKEN}&page=2"
    cookies = "_xsrf=2|beef|cafe; username-localhost-8888=jupyters-login; theme=dark"
    headers = {
        "Cookie": cookies,
        "Authorization": f"token {TOKEN}",
        "Referer": f"{server.url}lab?token={TOKEN}",
    }
    request = urllib.request.Request(f"{server.url}{path}", headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        assert response.read() == b"home"
    # Raw: not even the kernel's memory has them, since the app has not.
    raw = kernel.execute(
        "import dataclasses, json, nbflask\n"
        "json.dumps(dataclasses.asdict(nbflask.requests()[-1].exchange), default=repr)"
    ).texts[0]
    assert "theme=dark" in raw
    assert "page=2" in raw
    assert [each for each in (TOKEN, "jupyters-login", "beef", "X-Nbflask") if each in raw] == []
