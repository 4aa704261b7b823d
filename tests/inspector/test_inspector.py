"""An app's exchanges in Python: by id and place, filtered, shown without their secrets."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from flask import Flask, abort, request

import nbflask
from nbflask.errors import AppError, FilterError, NbflaskError, RecordError
from nbflask.exchanges.filters import parse_filter
from nbflask.inspector.inspector import Inspector
from nbflask.inspector.listing import MAX_ROWS
from nbflask.inspector.matching import Selection
from nbflask.inspector.replaying.replay import Replayer
from nbflask.recorder import Recorder, recorder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.fixture
def app() -> Flask:
    app = Flask("app")

    @app.route("/items", methods=["GET", "POST"])
    def items() -> dict[str, object]:
        return {"items": [1], "got": request.get_json(silent=True)}

    @app.get("/fail/<int:code>")
    def fail(code: int) -> str:
        abort(code)

    return app


@pytest.fixture
def inspector(app: Flask) -> Iterator[Inspector]:
    with Recorder(app) as recorder:
        yield Inspector(recorder, Replayer(recorder))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def paths(found: object) -> list[str]:
    return [each.request.path for each in found]  # type: ignore[attr-defined]


def test_positive_numbers_are_ids_and_negative_ones_places(
    inspector: Inspector, client: FlaskClient
) -> None:
    for code in (401, 402, 403, 404):
        client.get(f"/fail/{code}")
    assert inspector[2].request.path == "/fail/402"
    assert inspector[-1].request.path == "/fail/404"
    assert paths(inspector[2:4]) == ["/fail/402", "/fail/403"]
    assert paths(inspector[-2:]) == ["/fail/403", "/fail/404"]
    assert paths(inspector) == paths(inspector[:])
    assert len(inspector) == 4
    latest = inspector.latest
    assert latest is not None
    assert latest == inspector[4]


@pytest.mark.parametrize("index", [0, 9, -9])
def test_an_exchange_that_is_not_there_is_an_error(inspector: Inspector, index: int) -> None:
    with pytest.raises(RecordError, match=f"^Exchange {index} is not recorded"):
        inspector[index]
    assert inspector.latest is None
    assert inspector


def test_a_filter_leaves_a_list(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/items")
    client.get("/fail/503")
    assert paths(inspector.where("status:5xx")) == ["/fail/503"]
    with pytest.raises(FilterError):
        inspector.where("status:(")
    with pytest.raises(FilterError):
        Inspector(inspector.recorder, inspector.replayer, filter="status:(")


def test_values_are_raw_for_code_and_redacted_on_show(
    inspector: Inspector, client: FlaskClient
) -> None:
    client.post("/items?token=s3cr3t-t0ken", json={"password": "hunter2-hunter2"})
    found = inspector[1]
    assert found.request.json == {"password": "hunter2-hunter2"}
    assert found.request.target == "/items?token=s3cr3t-t0ken"
    assert found.response is not None
    assert found.response.json["items"] == [1]
    assert json.loads(found.response.text) == json.loads(found.response.data)
    shown = [
        *(repr(found), repr(found.request), repr(found.response), repr(inspector)),
        *(repr(inspector[:]), inspector[:]._repr_html_(), str(found._repr_mimebundle_())),
        *(found.to_curl(), found.to_httpie(), found.to_httpx(), found.to_http()),
        *(found.to_pytest(), found.to_client(), found.to_raw(), str(found.to_har())),
        inspector.to_frame().to_csv(),
    ]
    for text in shown:
        assert "s3cr3t-t0ken" not in text
        assert "hunter2" not in text


def test_secrets_are_given_with_a_warning_to_who_asks(
    inspector: Inspector, client: FlaskClient
) -> None:
    client.get("/items?token=s3cr3t-t0ken")
    with pytest.warns(UserWarning, match="^redact=False leaves passwords") as warned:
        assert "s3cr3t-t0ken" in inspector[1].to_curl(redact=False)
    assert warned[0].filename == __file__


def test_a_content_that_is_no_json_says_so(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/fail/404")
    response = inspector[1].response
    assert response is not None
    with pytest.raises(RecordError, match=r"^The content is not JSON: .* Read `\.text`\.$"):
        _ = response.json


def test_an_exchange_is_kept_noted_and_pinned(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/items")
    client.get("/fail/404")
    found = inspector[1]
    found.note, found.tags = "look", ("a", "b")
    found.pin()
    inspector.clear()
    assert paths(inspector) == ["/items"]
    assert (inspector[1].note, inspector[1].tags, inspector[1].is_pinned) == (
        "look",
        ("a", "b"),
        True,
    )


def test_an_exchange_that_is_gone_is_as_it_was_last(
    inspector: Inspector, client: FlaskClient
) -> None:
    client.get("/items")
    found = inspector[1]
    inspector.clear()
    assert found.request.path == "/items"


def test_only_a_block_is_captured(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/fail/401")
    with inspector.capture() as seen:
        assert len(seen) == 0
        client.get("/items")
        assert len(seen) == 1
    client.get("/fail/402")
    assert paths(seen) == ["/items"]
    inspector.clear()
    assert paths(seen) == ["/items"]
    assert recorder_of(inspector.recorder.app) is inspector.recorder


def test_a_list_is_filtered_again(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/items")
    with inspector.capture() as seen:
        client.get("/items")
        client.get("/fail/503")
        assert paths(seen.where("status:5xx")) == ["/fail/503"]
    assert paths(inspector.where("path:/items").where("id:2")) == ["/items"]
    assert "No request here matches" in repr(seen.where("status:418"))
    with pytest.raises(FilterError):
        seen.where("status:(")


def test_what_a_filter_says_of_a_moment_is_not_kept(
    inspector: Inspector, client: FlaskClient
) -> None:
    selection = Selection(inspector.recorder, parse_filter("since:1m"), now=lambda: now)
    client.get("/items")
    now = time.time()
    assert paths(selection.exchanges()) == ["/items"]
    now += 61
    assert paths(selection.exchanges()) == []


def test_recording_is_paused_and_resumed(inspector: Inspector, client: FlaskClient) -> None:
    inspector.pause()
    client.get("/items")
    inspector.resume()
    client.get("/fail/404")
    assert paths(inspector) == ["/fail/404"]


def test_a_frame_has_a_row_each(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/items")
    client.get("/fail/404")
    frame = inspector.df()
    assert list(frame.index) == [1, 2]
    assert list(frame["status"]) == [200, 404]
    assert list(frame["path"]) == ["/items", "/fail/404"]
    assert str(frame["started_at"].dtype).startswith("datetime64")
    assert inspector.where("nothing").to_frame().empty


def test_without_pandas_a_frame_is_an_error_with_the_remedy(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(NbflaskError, match=r"^pandas is not installed.*`%pip install pandas`"):
        inspector.to_frame()


def test_a_har_file_is_written(inspector: Inspector, client: FlaskClient, tmp_path: Path) -> None:
    client.get("/items?token=s3cr3t-t0ken")
    path = inspector.to_har(tmp_path / "run.har")
    text = path.read_text(encoding="utf-8")
    assert len(json.loads(text)["log"]["entries"]) == 1
    assert "s3cr3t-t0ken" not in text


def test_a_table_holds_the_newest(inspector: Inspector, client: FlaskClient) -> None:
    for _ in range(MAX_ROWS + 2):
        client.get("/items")
    lines = repr(inspector).splitlines()
    assert lines[0] == f"The newest {MAX_ROWS} of {MAX_ROWS + 2} requests."
    assert lines[2].split()[:3] == ["3", "GET", "/items"]
    assert len(lines) == MAX_ROWS + 2


def test_a_table_is_the_same_in_every_run(app: Flask) -> None:
    shown = []
    for _ in range(2):
        with nbflask.record(app) as seen:
            app.test_client().get("/items")
        shown.append((repr(seen), seen._repr_html_(), repr(seen[0])))
    assert shown[0] == shown[1]


def test_markup_in_a_target_is_text(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/<script>?q=<b>")
    assert "<script>" not in inspector[:]._repr_html_()
    assert "<b>" not in inspector[:]._repr_html_()


def test_a_request_is_sent_again(inspector: Inspector, client: FlaskClient) -> None:
    client.get("/items")
    replay = inspector[1].replay()
    assert replay.of == 1
    assert inspector[replay.id].replay_of == 1
    assert replay.diff().is_same


def test_outside_a_notebook_an_app_is_named(app: Flask) -> None:
    for call in (nbflask.inspect, nbflask.requests):
        with pytest.raises(AppError, match=r"^None is not a Flask app\. Name one"):
            call()
    with pytest.raises(AppError, match=r"^None is not a Flask app\."), nbflask.record():
        pass
    with nbflask.record(app) as seen:
        app.test_client().get("/items")
    assert paths(seen) == ["/items"]
    assert recorder_of(app) is None
    inspector = nbflask.inspect(app)
    app.test_client().get("/fail/404")
    assert paths(nbflask.requests("status:404", app)) == ["/fail/404"]
    assert paths(inspector) == ["/fail/404"]
    inspector.recorder.detach()


def test_threads_may_ask_while_it_is_read(inspector: Inspector, app: Flask) -> None:
    def ask() -> None:
        for _ in range(10):
            app.test_client().get("/items")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        repr(inspector)
    for each in threads:
        each.join()
    assert len(inspector) == 40
