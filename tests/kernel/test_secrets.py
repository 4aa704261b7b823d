"""A secret in every place of an app's traffic is in nothing that leaves the kernel."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import nbformat
from nbclient import NotebookClient

from tests.kernel.kernel import Kernel
from tests.kernel.pages import Page
from tests.kernel.secret_cells import APP, ASK, LOAD, PLACES, SHOW

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# So much of a secret is none of its own any more: what is cut must not leave its beginning.
TOLD_CHARS = 8


def plant(root: Path) -> dict[str, str]:
    """Write a file with a secret for each place."""
    planted = {place: f"{secrets.token_hex(12)}" for place in PLACES}
    part = base64.urlsafe_b64encode(json.dumps({"sub": "ann"}).encode()).decode().rstrip("=")
    planted["jwt"] = f"eyJhbGciOiJIUzI1NiJ9.{part}.{secrets.token_urlsafe(32)}"
    (root / "secrets.json").write_text(json.dumps(planted), encoding="utf-8")
    return planted


def find(planted: dict[str, str], text: str) -> list[str]:
    """Give the places whose secrets are in a text, in any of the ways that it is written."""
    return sorted(
        place
        for place, secret in planted.items()
        if any(form in text for form in (tell(place, secret), *_forms(secret)))
    )


def tell(place: str, secret: str) -> str:
    """Give the part of a secret that tells it."""
    # All tokens of this kind begin alike.
    return secret.rpartition(".")[2] if place == "jwt" else secret[:TOLD_CHARS]


def _forms(secret: str) -> list[str]:
    coded = base64.b64encode(f"ann:{secret}".encode()).decode()
    return [coded, quote(secret, safe="")]


def environment(root: Path) -> dict[str, str]:
    return {
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
    }


def test_thirty_places_are_tried() -> None:
    assert len(set(PLACES)) >= 30


def test_no_message_of_a_kernel_tells_a_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = plant(tmp_path)
    with Kernel(environment=environment(tmp_path), cwd=str(tmp_path)) as kernel:
        page = Page(kernel)
        for source in (LOAD, APP, ASK):
            page.run(source, cell_id=source[:20])
        for source in SHOW:
            page.run(source, cell_id=source[:20])
            assert find(planted, _texts(page)) == [], source
        page.run("%flask_inspect", cell_id="last")
        page.say({"kind": "ready", "seq": 0})
        page.wait(lambda: len(page.rows()) >= 18)
        for number in page.rows():
            page.ask({"kind": "get", "id": number, "reveal": False}, "details")
            for kind in ("curl", "httpie", "httpx", "http", "pytest", "client", "raw"):
                page.ask({"kind": "copy", "id": number, "as": kind, "is_redacted": True}, "copied")
        page.ask({"kind": "filter", "text": "res:a req:a log:a"}, "filtered")
        page.ask({"kind": "compare", "ids": [1, 2]}, "comparison")
        page.ask({"kind": "har", "ids": None}, "har")
        page.settle()
        assert _errors(page) == []
        assert find(planted, _texts(page)) == []
    assert find(planted, "".join(capfd.readouterr())) == []
    for name in ("run.har", "all.har"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert len(json.loads(text)["log"]["entries"]) >= 18
        assert find(planted, text) == []


def test_a_saved_notebook_tells_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = plant(tmp_path)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(each) for each in (LOAD, APP, ASK, *SHOW)]
    )
    client = NotebookClient(
        notebook, resources={"metadata": {"path": str(tmp_path)}}, store_widget_state=True
    )
    client.execute()
    text = nbformat.writes(notebook)
    widgets = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert any("is_recording" in each["state"] for each in widgets.values())
    assert find(planted, text) == []


def test_what_was_planted_was_recorded(tmp_path: Path) -> None:
    planted = plant(tmp_path)
    with Kernel(environment=environment(tmp_path), cwd=str(tmp_path)) as kernel:
        page = Page(kernel)
        for source in (LOAD, APP, ASK, "import nbflask\ninsp = nbflask.inspect();"):
            page.run(source, cell_id=source[:20])
        page.run(
            "from nbflask.exchanges.plain import plain\nfor each in insp:\n"
            "    print(json.dumps(plain(each.exchange), ensure_ascii=False))",
            cell_id="raw",
        )
        # Otherwise the other tests would look for what is nowhere.
        assert find(planted, _texts(page)) == sorted(PLACES)


def _texts(page: Page) -> str:
    return json.dumps([each["content"] for each in page.seen], default=str, ensure_ascii=False)


def _errors(page: Page) -> list[Any]:
    kinds = ("error",)
    return [each["content"]["evalue"] for each in page.seen if each["msg_type"] in kinds] + [
        each["text"] for each in page.of_kind("failed")
    ]
