"""Kernels of front ends without a Jupyter server, and of a notebook with a file in Flask's place.

VS Code and Colab are not here. VS Code is a kernel that is told the notebook's path by a name,
and Colab one that has ``google.colab``, of which a stand-in notes what it is asked for. The
terminal is real.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pexpect
import pytest

from tests.kernel.kernel import CELL_TIMEOUT_S, Kernel

if TYPE_CHECKING:
    from pathlib import Path

SITE = """\
from flask_sock import Sock

@app.route("/", methods=["GET", "POST"])
def index():
    session["count"] = session.get("count", 0) + 1
    return str(session["count"])

@Sock(app).route("/talk")
def talk(ws):
    ws.send(ws.receive())
"""

COLAB = """\
calls = []

class _widgets:
    _installed_url = None

def enable_custom_widget_manager():
    calls.append("enable_custom_widget_manager")
    _widgets._installed_url = "https://ssl.gstatic.com/colab/manager.js"
"""

#: What a browser says of the frame of a page that is another site's.
FRAME = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Let a kernel see neither our Jupyter's files nor a Jupyter server."""
    names = ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    return {**{name: str(tmp_path / "jupyter") for name in names}, "JPY_SESSION_NAME": ""}


def read_link(kernel: Kernel) -> tuple[str, dict[str, str]]:
    """Give the URL of the app's port, and the query of its link."""
    (link,) = kernel.execute("import nbflask\nnbflask.get_notebook().serving('app').link").texts
    match = re.fullmatch(r"'(http://127\.0\.0\.1:\d+/)\?(nbflask_token)=(\w+)'", link)
    assert match is not None
    return match[1], {match[2]: match[3]}


def visit(kernel: Kernel) -> list[str]:
    """Visit the app by its link and twice more, as the frame in another site's page does."""
    url, ticket = read_link(kernel)
    opened = httpx.get(url, params=ticket, headers=FRAME)
    assert (opened.status_code, opened.headers["Location"]) == (303, "/")
    kept, texts = dict(opened.cookies), []
    for _ in range(2):
        # By hand: to httpx http is insecure, where browsers trust their own machine.
        cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
        shown = httpx.get(url, headers={**FRAME, "Cookie": cookie})
        kept |= dict(shown.cookies)
        texts.append(shown.text)
    return texts


def preview_of(kernel: Kernel) -> dict[str, Any]:
    source = (
        "from nbflask.widgets.preview import Preview\n"
        "shown = nbflask.get_notebook().shown.all(Preview)[-1]\n"
        "[shown.mount, shown.direct_url.partition('?')[0], bool(shown.proof), shown.hint]"
    )
    (text,) = kernel.execute(source).texts
    mount, url, has_proof, hint = eval(text)  # noqa: S307 - our own kernel's list of texts.
    return {"mount": mount, "url": url, "has_proof": has_proof, "hint": hint}


def test_in_vs_code_an_app_is_at_its_port_with_a_ticket(environment: dict[str, str]) -> None:
    with Kernel(environment=environment) as kernel:
        kernel.execute("__vsc_ipynb_file__ = '/home/ann/site.ipynb'")
        kernel.execute("%load_ext nbflask", cell_id="load")
        kernel.execute(SITE, cell_id="site")
        assert kernel.execute("%flask_run", cell_id="run").texts == ("Preview(app, '/')",)
        url, _ = read_link(kernel)
        preview = preview_of(kernel)
        assert (preview["mount"], preview["url"]) == ("", url)
        assert "Forward the app's port in the Ports view" in preview["hint"]
        assert httpx.get(url).status_code == 403
        assert visit(kernel) == ["1", "2"]
        (text,) = kernel.execute("%flask_doctor").texts
        assert text.startswith("Nothing to mend.\n")
        assert "VS Code, whose kernels have no Jupyter server" in text
        assert f"{url}?nbflask_token=… (a port of this machine, as VS Code reaches it" in text
        assert "app /talk: straight to the app's port" in text


def test_in_colab_widgets_are_enabled_and_the_port_is_left_to_its_proxy(
    environment: dict[str, str], tmp_path: Path
) -> None:
    package = tmp_path / "stand_in" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "output.py").write_text(COLAB)
    environment["PYTHONPATH"] = str(package.parents[1])
    with Kernel(environment=environment) as kernel:
        # Colab's kernels have imported it before the first cell.
        kernel.execute("import google.colab.output")
        kernel.execute("%load_ext nbflask", cell_id="load")
        kernel.execute(SITE, cell_id="site")
        shown = kernel.execute("%flask_run", cell_id="run")
        assert kernel.execute("google.colab.output.calls").texts == (
            "['enable_custom_widget_manager']",
        )
        (bundle,) = (each for each in shown.outputs if WIDGET in each.get("data", {}))
        assert bundle["metadata"][WIDGET]["colab"]["custom_widget_manager"]["url"]
        url, _ = read_link(kernel)
        assert preview_of(kernel)["url"] == url
        assert visit(kernel) == ["1", "2"]
        (text,) = kernel.execute("%flask_doctor").texts
        assert text.startswith("Nothing to mend.\n")
        assert "Google Colab, whose own proxy leads to the kernel's ports" in text
        assert "app /talk: Colab's proxy passes none on" in text


def test_a_file_in_flasks_place_is_named_when_the_extension_loads(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "flask.py").write_text("from flask import Flask\n")
    with Kernel(environment=environment, cwd=str(tmp_path)) as kernel:
        loaded = kernel.execute("%load_ext nbflask")
        assert loaded.error == (
            "ShadowError",
            "'flask.py' beside the notebook is imported in the place of the package of that name. "
            "Rename it, and restart the kernel.",
        )


def test_in_a_terminal_the_app_is_a_link_and_the_doctor_is_text(tmp_path: Path) -> None:
    options = [
        "--simple-prompt",
        "--no-banner",
        "--no-confirm-exit",
        "--HistoryManager.enabled=False",
    ]
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", *options],
        cwd=str(tmp_path),
        dimensions=(50, 400),
        env={
            "HOME": str(tmp_path),
            "IPYTHONDIR": str(tmp_path),
            "TERM": "dumb",
            "PATH": os.defpath,
        },
        encoding="utf-8",
        timeout=CELL_TIMEOUT_S,
    )
    try:
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("%load_ext nbflask")
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("_ = app.get('/')(lambda: 'home')")
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("%flask_run")
        terminal.expect(r"The app 'app' is running\. (http://127\.0\.0\.1:\d+/\?nbflask_token=\w+)")
        assert terminal.match is not None
        assert httpx.get(terminal.match[1], follow_redirects=True).text == "home"
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("%flask_doctor")
        terminal.expect_exact("Nothing to mend.")
        terminal.expect_exact("a terminal: widgets are tables, previews are links")
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("%flask_inspect")
        terminal.expect(r"GET +/ .*200")
    finally:
        terminal.close(force=True)
