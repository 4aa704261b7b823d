"""The inspector in a real kernel: what a page is told, and what it may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kernel.kernel import Kernel
from tests.kernel.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
@app.route("/hello/<name>", methods=["GET", "POST"])
def hello(name):
    if name == "fail":
        raise KeyError("name")
    return {"hello": name}
client = app.test_client()
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    root = tmp_path_factory.mktemp("kernel")
    directories = {
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
    }
    with Kernel(environment=directories, cwd=str(root)) as kernel:
        yield kernel


@pytest.fixture
def page(running: Kernel) -> Iterator[Page]:
    page = Page(running)
    page.run("%load_ext nbflask", cell_id="load")
    page.run(APP, cell_id="app")
    yield page
    page.run("%unload_ext nbflask")
    page.run("%reset -f")


def show(page: Page, line: str = "%flask_inspect") -> None:
    """Show an inspector, as a page does that then asks for everything."""
    page.run(line, cell_id="inspect")
    page.say({"kind": "ready", "seq": 0})
    page.wait(lambda: any(each["reset"] for each in page.of_kind("batch")))


def test_a_page_that_is_ready_is_told_everything(page: Page) -> None:
    page.run("client.get('/hello/Ada?token=s3cr3t'); client.get('/nowhere');")
    show(page)
    page.wait(lambda: len(page.rows()) == 2)
    rows = page.rows()
    assert [(each["target"], each["status"]) for each in rows.values()] == [
        ("/hello/Ada?token=REDACTED", 200),
        ("/nowhere", 404),
    ]
    totals = page.of_kind("batch")[-1]["totals"]
    assert (totals["count"], totals["errors"]) == (2, 0)
    assert page.of_kind("failed") == []


def test_batches_arrive_while_a_cell_runs(page: Page) -> None:
    show(page)
    request = page.kernel.send(
        "import threading\nfor _ in range(3): client.get('/hello/Ada').data\n"
        "threading.Event().wait(30)",
        cell_id="busy",
    )
    page.wait(lambda: [each["state"] for each in page.rows().values()] == ["complete"] * 3)
    assert not page.is_done(request)
    page.kernel.interrupt()
    page.wait(lambda: page.is_done(request))


def test_nothing_of_the_feed_is_another_cells_output(page: Page) -> None:
    show(page)
    page.run("client.get('/hello/Ada').data;", cell_id="ask")
    page.wait(lambda: len(page.rows()) == 1)
    page.settle()
    shown = {"stream", "display_data", "execute_result", "error", "update_display_data"}
    begun = next(
        at for at, each in enumerate(page.seen) if "client.get" in each["content"].get("code", "")
    )
    late = [each for each in page.seen[begun:] if each["msg_type"] in shown]
    assert [each["content"].get("text") for each in late if each["msg_type"] == "stream"] == []
    assert [each["msg_type"] for each in late if each["msg_type"] != "execute_result"] == []


def test_batches_follow_each_other_without_a_gap(page: Page) -> None:
    show(page)
    for _ in range(5):
        page.run("client.get('/hello/Ada').data;")
    page.wait(lambda: len(page.rows()) == 5)
    numbers = [each["seq"] for each in page.of_kind("batch")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_small_details_come_with_their_row(page: Page) -> None:
    show(page)
    page.run("client.get('/hello/Ada').data;")
    page.wait(lambda: any(each["details"] for each in page.of_kind("batch")))
    (details,) = next(each["details"] for each in page.of_kind("batch") if each["details"])
    assert details["id"] == 1
    assert details["exchange"]["response"]["content"]["view"]["kind"] == "json"


def test_details_are_redacted_and_revealed_only_when_asked_for(page: Page) -> None:
    page.run("client.get('/hello/Ada', headers={'X-Api-Key': 'very-s3cret-key'});")
    show(page)
    page.settle()
    details = page.ask({"kind": "get", "id": 1, "reveal": False}, "details")
    assert "very-s3cret-key" not in str(page.messages)
    assert details["is_revealed"] is False
    details = page.ask({"kind": "get", "id": 1, "reveal": True}, "details")
    assert details["is_revealed"] is True
    assert ["X-Api-Key", "very-s3cret-key"] in details["exchange"]["request"]["headers"]


def test_what_is_gone_is_said_to_be_gone(page: Page) -> None:
    show(page)
    assert page.ask({"kind": "get", "id": 99}, "gone")["id"] == 99


def test_a_heavy_filter_is_the_kernels_and_kept_up_to_date(page: Page) -> None:
    page.run("client.get('/hello/Ada').data; client.get('/hello/Bob').data;")
    show(page)
    answer = page.ask({"kind": "filter", "text": "res:Ada"}, "filtered")
    assert answer["ids"] == [1]
    page.run("client.get('/hello/Adam').data;")
    page.wait(lambda: (page.of_kind("batch")[-1]["matches"] or {}).get("ids") == [1, 3])
    answer = page.ask({"kind": "filter", "text": "res:~("}, "filtered")
    assert answer["error"]["column"] >= 0
    assert answer["error"]["message"]


def test_a_page_pins_notes_clears_and_pauses(page: Page) -> None:
    page.run("client.get('/hello/Ada').data; client.get('/hello/Bob').data;")
    show(page)
    page.say({"kind": "pin", "id": 2, "is_pinned": True})
    page.say({"kind": "note", "id": 2, "text": "look"})
    page.say({"kind": "clear"})
    page.wait(lambda: [each["note"] for each in page.rows().values()] == ["look"])
    page.say({"kind": "pause", "is_paused": True})
    page.run("client.get('/hello/Cy').data;")
    page.say({"kind": "pause", "is_paused": False})
    page.run("client.get('/hello/Di').data;")
    page.wait(lambda: len(page.rows()) == 2)
    assert [each["path"] for each in page.rows().values()] == ["/hello/Bob", "/hello/Di"]


def test_a_page_copies_compares_and_exports(page: Page) -> None:
    page.run("client.get('/hello/Ada?token=s3cr3t').data; client.get('/hello/Bob').data;")
    show(page)
    copied = page.ask({"kind": "copy", "id": 1, "as": "curl", "is_redacted": True}, "copied")
    assert "\ncurl --" in copied["text"]
    assert "s3cr3t" not in copied["text"]
    copied = page.ask({"kind": "copy", "id": 1, "as": "curl", "is_redacted": False}, "copied")
    assert "s3cr3t" in copied["text"]
    comparison = page.ask({"kind": "compare", "ids": [1, 2]}, "comparison")
    assert comparison["ids"] == [1, 2]
    har = page.ask({"kind": "har", "ids": None}, "har")
    assert har["name"] == "app.har"
    assert '"version": "1.2"' in har["text"]


def test_a_request_is_sent_again_beside_the_kernels_own_thread(page: Page) -> None:
    page.run("client.post('/hello/Ada').data;")
    show(page)
    refused = page.ask({"kind": "replay", "id": 1, "mode": "current"}, "refused")
    assert (refused["of"], refused["needs_confirmation"]) == (1, True)
    confirmed = {"kind": "replay", "id": 1, "mode": "current", "is_confirmed": True}
    replayed = page.ask(confirmed, "replayed")
    assert (replayed["of"], replayed["id"]) == (1, 2)
    page.wait(lambda: bool(page.of_kind("comparison")))
    page.wait(lambda: page.rows().get(2, {}).get("replay_of") == 1)
    edit = {"method": "GET", "target": "/hello/Eve", "headers": [], "content": ""}
    replayed = page.ask({"kind": "replay", "id": 1, "mode": "edit", "edit": edit}, "replayed")
    page.wait(lambda: page.rows().get(replayed["id"], {}).get("path") == "/hello/Eve")


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "dance"},
        {"kind": "get"},
        {"kind": "get", "id": "x"},
        {"kind": "copy", "id": 1, "as": "carrier pigeon"},
        {"kind": "compare", "ids": [1]},
        {"kind": "pin", "id": 99},
        "text",
    ],
    ids=str,
)
def test_a_message_that_cannot_be_answered_fails_in_the_page(page: Page, message: object) -> None:
    page.run("client.get('/hello/Ada').data;")
    show(page)
    begun = len(page.seen)
    failed = page.ask(message, "failed")  # type: ignore[arg-type]
    assert failed["text"]
    assert [each for each in page.seen[begun:] if each["msg_type"] in ("stream", "error")] == []


def test_a_cell_that_runs_again_closes_its_inspector(page: Page) -> None:
    show(page)
    first = page.comm_id
    show(page)
    assert page.comm_id != first
    closed = [each["content"]["comm_id"] for each in page.seen if each["msg_type"] == "comm_close"]
    assert first in closed

    page.run("client.get('/hello/Ada').data;")
    page.wait(lambda: len(page.rows()) == 1)


def test_the_page_sees_that_an_app_is_not_recorded_any_more(page: Page) -> None:
    show(page)
    page.run("%flask_inspect --off")
    updates = [
        each["content"]["data"]["state"]
        for each in page.seen
        if each["msg_type"] == "comm_msg" and each["content"]["data"].get("method") == "update"
    ]
    assert {"is_recording": False} in updates


def test_what_a_view_prints_is_noted_in_every_cell_and_once(page: Page) -> None:
    view = "@app.get('/print')\ndef printing():\n    print('here')\n    return ''"
    page.run(view, cell_id="print")
    for _ in range(2):
        page.run("client.get('/print').data;", cell_id="ask")
    page.run("import nbflask\nprint([x.output for x in nbflask.requests('/print')])", cell_id="out")
    outputs = [each["content"]["text"] for each in page.seen if each["msg_type"] == "stream"]
    assert outputs[:2] == ["here\n", "here\n"]
    assert outputs[2].count("Output(") == 2
