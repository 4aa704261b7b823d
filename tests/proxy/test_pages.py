"""The list of running apps, and what stands in for an app that is gone."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

import pytest

from nbflask.runtime.processes import read_start_ticks
from tests.proxy.serving import ServingProcess

if TYPE_CHECKING:
    import httpx

    from tests.jupyter import JupyterServer

PAGE = {"Accept": "text/html,*/*;q=0.8"}


def test_the_index_lists_running_apps_by_notebook(
    jupyter: JupyterServer,
    served: ServingProcess,
    second: ServingProcess,
    browser: httpx.Client,
) -> None:
    page = browser.get(f"{jupyter.url}nbflask/")
    assert page.status_code == 200
    for process in (served, second):
        assert f'href="{process.ready.mount.removeprefix("nbflask/")}"' in page.text
    assert page.text.count("folder/note.ipynb") == 1
    assert browser.get(f"{jupyter.url}nbflask", follow_redirects=True).text.count("<h1>") == 1


def test_the_probe_says_what_is_there(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    probe = f"{jupyter.url}nbflask/__probe__"
    names = served.ready.mount.removeprefix("nbflask/").rstrip("/")
    statuses = [browser.get(it).status_code for it in (probe, f"{probe}/{names}", f"{probe}/a/b")]
    assert statuses == [204, 204, 200]


def test_hostile_names_are_text(jupyter: JupyterServer, browser: httpx.Client) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}.ipynb"
    directory = jupyter.runtime_dir / "nbflask"
    directory.mkdir(mode=0o700, exist_ok=True)
    path = directory / "dddd.x.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(_registration("dddd", "x", notebook=hostile)))
    page = browser.get(f"{jupyter.url}nbflask/").text
    path.unlink()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;{{7*7}}.ipynb" in page
    assert "<script>alert" not in page


def test_a_name_that_is_no_text_is_listed_all_the_same(
    jupyter: JupyterServer, browser: httpx.Client
) -> None:
    directory = jupyter.runtime_dir / "nbflask"
    directory.mkdir(mode=0o700, exist_ok=True)
    path = directory / "dddd.x.json"
    path.touch(mode=0o600)
    # What Python makes of the file name b"caf\xe9.ipynb".
    path.write_text(json.dumps(_registration("dddd", "x", notebook="caf\udce9.ipynb")))
    page = browser.get(f"{jupyter.url}nbflask/")
    path.unlink()
    assert (page.status_code, "caf?.ipynb" in page.text) == (200, True)


def test_a_page_runs_no_script_but_its_own(jupyter: JupyterServer, browser: httpx.Client) -> None:
    page = browser.get(f"{jupyter.url}nbflask/eeee/gone/", headers=PAGE)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert policy.endswith("frame-ancestors 'self'")
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert page.text.count(f'<script nonce="{nonce}">') == page.text.count("<script") == 1


@pytest.mark.parametrize("path", ["%3Cscript%3Ealert(1)%3C/script%3E", "?<script>alert(1)"])
def test_a_page_never_repeats_the_path(
    jupyter: JupyterServer, browser: httpx.Client, path: str
) -> None:
    page = browser.get(f"{jupyter.url}nbflask/eeee/gone/{path}", headers=PAGE)
    assert (page.status_code, "alert" in page.text) == (404, False)


def test_an_app_that_was_stopped_has_a_page_until_it_is_back(
    jupyter: JupyterServer, browser: httpx.Client
) -> None:
    process = ServingProcess(jupyter, kernel_id="ffff", app_name="shop")
    process.stop()
    page = browser.get(process.url, headers=PAGE)
    assert page.status_code == 404
    assert "is not running" in page.text
    assert f'data-probe="{jupyter.base_url}nbflask/__probe__/ffff/shop"' in page.text
    plain = browser.post(f"{process.url}x", content=b"some")
    assert (plain.status_code, plain.text) == (
        404,
        "The app 'shop' is not running. Run its notebook's cells again.\n",
    )
    with ServingProcess(jupyter, kernel_id="ffff", app_name="shop") as again:
        assert browser.get(f"{again.url}me", headers=PAGE).text == "nobody"


def test_a_killed_kernel_leaves_nothing(jupyter: JupyterServer, browser: httpx.Client) -> None:
    process = ServingProcess(jupyter, kernel_id="abab", app_name="killed")
    assert browser.get(f"{process.url}me").text == "nobody"
    process.kill()
    assert process.ready.socket is not None
    left = [Path(process.ready.registration), Path(process.ready.socket).parent]
    assert [it.exists() for it in left] == [True, True]
    assert [browser.get(process.url, headers=PAGE).status_code for _ in range(2)] == [503, 404]
    assert [it.exists() for it in left] == [False, False]
    assert "killed" not in browser.get(f"{jupyter.url}nbflask/").text


def test_a_server_that_does_not_answer_has_the_page(
    jupyter: JupyterServer, browser: httpx.Client
) -> None:
    with ServingProcess(jupyter, kernel_id="acac", app_name="mute") as process:
        assert process.ready.socket is not None
        shutil.rmtree(Path(process.ready.socket).parent)
        page = browser.get(process.url, headers=PAGE)
    assert (page.status_code, "is not running" in page.text) == (503, True)


def test_a_socket_that_is_not_ours_is_not_connected_to(
    jupyter: JupyterServer, browser: httpx.Client, tmp_path: Path
) -> None:
    with ServingProcess(jupyter, kernel_id="adad", app_name="real") as process:
        assert process.ready.socket is not None
        link = tmp_path / "nbflask-link"
        link.symlink_to(Path(process.ready.socket).parent)
        data = json.loads(Path(process.ready.registration).read_text())
        data["socket"] = str(link / Path(process.ready.socket).name)
        Path(process.ready.registration).write_text(json.dumps(data))
        assert browser.get(process.url, headers=PAGE).status_code == 503


def _registration(kernel_id: str, app_name: str, *, notebook: str) -> dict[str, object]:
    return {
        "version": 1,
        "kernel_id": kernel_id,
        "app_name": app_name,
        "notebook": notebook,
        "pid": os.getpid(),
        "started_ticks": read_start_ticks(os.getpid()),
        "host": gethostname(),
        "port": 1,
        "secret": "s" * 20,
    }
