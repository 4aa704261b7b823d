"""``%flask_replay``, ``%flask_debug`` and ``%flask_har`` as a cell uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.exchanges.har import check_har

if TYPE_CHECKING:
    from pathlib import Path

    from tests.magics.shell import Shell

APP = """
from flask import Flask, request, session
app = Flask(__name__)
app.secret_key = "a key of the shop"

@app.get("/")
def index():
    return "hello"

@app.route("/count", methods=["GET", "POST"])
def count():
    session["count"] = session.get("count", 0) + 1
    return {"count": session["count"], "sent": request.get_json(silent=True)}

@app.get("/boom")
def boom():
    return {}["name"]
"""


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """Give a shell with an app that counts."""
    shell.run(APP, cell_id="app")
    return shell


def test_a_request_is_sent_again_and_compared(shop: Shell) -> None:
    shop.run("%flask_get /count")
    shop.run("%flask_get /count")
    replay = shop.run("%flask_replay 1").result
    assert replay._repr_mimebundle_()["text/plain"].partition("Exchanges")[2] == (
        " 1 and 3 differ in 4 places.\n"
        "\n"
        "request\n"
        "+ Cookie: session=REDACTED\n"
        "\n"
        "content\n"
        "  $.count: 1 -> 3\n"
        "\n"
        "session\n"
        "+ session.before.count: 2\n"
        "  session.after.count: 1 -> 3"
    )
    assert shop.run("%flask_replay 1 --exact").result.mode == "exact"


def test_without_a_number_the_newest_that_is_no_replay_is_meant(shop: Shell) -> None:
    shop.run("%flask_get /")
    shop.run("%flask_get /count")
    assert [shop.run("%flask_replay").result.of for _ in range(2)] == [2, 2]


def test_a_post_is_asked_about_once(shop: Shell) -> None:
    shop.run("%flask_post /count --json '{}'")
    refused = shop.run("%flask_replay 1").error
    assert refused == (
        "NeedsConfirmation: POST /count may change something when it is sent again. If that is "
        "meant, write `%flask_replay 1 --yes`; it is asked once."
    )
    assert shop.run("%flask_replay 1 --yes").error == ""
    assert shop.run("%flask_replay 1").error == ""


def test_an_edit_is_a_cell_that_holds_no_secret(shop: Shell) -> None:
    shop.run("""%flask_post /count --json '{"name": "Ada", "password": "hunter2"}'""")
    said = shop.run("%flask_replay 1 --edit")
    assert said.text == "The request is in the next cell. Edit it there, and run the cell."
    cell = shop.ip.rl_next_input
    assert cell.startswith(
        "%%flask_replay 1\n# REDACTED stands for what was recorded.\nPOST /count\n"
    )
    assert "hunter2" not in cell
    replay = shop.run(cell.replace("Ada", "Bob")).result
    assert json.loads(replay.exchange.request.content.data) == {
        "name": "Bob",
        "password": "hunter2",
    }


def test_the_cell_of_an_edit_keeps_app_and_mode(shop: Shell) -> None:
    shop.run("%flask_get /")
    shop.run("%flask_replay 1 --edit --exact --app app")
    assert shop.ip.rl_next_input.splitlines()[0] == "%%flask_replay 1 --exact --app app"


def test_a_request_is_sent_many_times(shop: Shell) -> None:
    shop.run("%flask_get /")
    load = shop.run("%flask_replay 1 --times 20 --concurrency 4")
    assert load.text == "Exchange 1 was sent again 20 times, 4 at once.\n     20  200 OK"


def test_a_replay_goes_to_the_server_that_runs(shop: Shell) -> None:
    shop.run("%flask_get /")
    shop.run("%flask_run --no-preview")
    shop.run(
        "import flask, threading; app.before_request(lambda: seen.append(flask.request.environ))"
    )
    shop.names["seen"] = []
    try:
        replay = shop.run("%flask_replay 1").result
    finally:
        shop.run("%flask_stop")
    assert replay.comparison.is_same
    assert "werkzeug.socket" in shop.names["seen"][0]
    assert not [name for name in shop.names["seen"][0] if name.startswith("HTTP_X_")]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("%flask_replay", "RecordError: Exchange 1 is not recorded: no exchange is."),
        ("%flask_replay 7", "RecordError: Exchange 7 is not recorded: no exchange is."),
        ("%flask_replay x", "OptionError: 'x' is not a number. Write one such as 41."),
        (
            "%flask_replay 1 --exat",
            "OptionError: %flask_replay has no option '--exat'. Did you mean",
        ),
        ("%flask_debug", "RecordError: No exchange has failed, so there is nothing to debug."),
        ("%flask_har", "OptionError: %flask_har needs a file's name."),
        ("%flask_har none/run.har", "OptionError: 'none/run.har' cannot be written: No such file"),
        ("%flask_har run.har --replay", "OptionError: The file 'run.har' cannot be read: No such"),
        ("%flask_har run.har status:", "FilterError: "),
    ],
)
def test_what_is_wrong_is_one_line(shop: Shell, line: str, error: str) -> None:
    assert shop.run(line).error.startswith(error)


def test_a_failure_is_not_debugged_where_nobody_types(
    shop: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("%flask_get /boom")
    monkeypatch.setattr("sys.stdin", None)
    assert shop.run("%flask_debug 1").error.startswith("RecordError: The debugger needs somebody")


def test_a_har_holds_what_a_filter_leaves_without_secrets(shop: Shell, tmp_path: Path) -> None:
    shop.run("%flask_get /")
    shop.run("%flask_get /count -H 'Authorization: Bearer hunter2'")
    said = shop.run("%flask_har run.har path:/count")
    assert said.text == "1 exchange written to 'run.har', without their secrets."
    text = (tmp_path / "run.har").read_text()
    har = json.loads(text)
    assert (check_har(har), len(har["log"]["entries"])) == ([], 1)
    assert "hunter2" not in text
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".har", ".tmp")] == [
        "run.har"
    ]


def test_only_a_har_is_overwritten_unasked(shop: Shell, tmp_path: Path) -> None:
    shop.run("%flask_get /")
    (tmp_path / "notes.txt").write_text("mine")
    assert shop.run("%flask_har notes.txt").error == (
        "OptionError: 'notes.txt' is there, and is no HAR file. "
        "Choose another name, or add --force."
    )
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert shop.run("%flask_har notes.txt --force").error == ""
    assert shop.run("%flask_har notes.txt").error == ""
    assert shop.run("%flask_har 'my run.har' path:/").error == ""
    assert (tmp_path / "my run.har").exists()


def test_requests_of_a_har_are_sent_to_the_app(shop: Shell) -> None:
    shop.run("%flask_get /count")
    shop.run("""%flask_post /count --json '{"a": 1}'""")
    shop.run("%flask_har run.har")
    responses = shop.run("%flask_har run.har --replay").result
    assert [each.status_code for each in responses] == [200, 200]
    assert responses[1].get_json()["sent"] == {"a": 1}
