from __future__ import annotations

import json
import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, Response, redirect, request, session, url_for
from werkzeug.serving import make_server

import nbflask
from nbflask.alike import Parity, parity
from nbflask.alike.page import write_findings
from nbflask.alike.parity import parity_with_notebook
from nbflask.errors import NotebookError, OptionError, RecordError, ServerError
from nbflask.recorder import Recorder
from tests.cli.command import write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbflask.alike import Outcome

FORM = '<form><input type="hidden" name="csrf_token" value="{}"></form>'


def build_site(secret_key: str, greeting: str = "Hello", extra: str = "") -> Flask:
    """Build an app whose forms need the token of their session, and that knows its visitors.

    :param extra: What a JSON answer and a field of the header say besides.
    """
    app = Flask(__name__)
    app.secret_key = secret_key
    visitors: dict[str, str] = {}

    @app.route("/in", methods=["GET", "POST"])
    def log_in() -> Any:
        if request.method == "GET":
            token = session.setdefault("csrf_token", secrets.token_hex(16))
            return FORM.format(token)
        if request.form["csrf_token"] != session["csrf_token"]:
            return "forged", 400
        session["user"] = request.form["user"]
        session["team"] = extra
        # As sessions that are kept on the server do.
        key = secrets.token_urlsafe(24)
        visitors[key] = session["user"]
        answer = redirect(url_for("greet", _external=True))
        answer.set_cookie("visitor", key, max_age=3600)
        return answer

    @app.get("/greet")
    def greet() -> str:
        return f"{greeting}, {session['user']} {visitors[request.cookies['visitor']]}"

    @app.get("/data")
    def data() -> Any:
        return {"price": 12, "extra": extra, "url": url_for("data", _external=True)}

    @app.get("/versioned")
    def versioned() -> Any:
        answer = Response("content")
        # As of a file, which has another date in each place.
        answer.set_etag(secret_key)
        return answer.make_conditional(request)

    @app.get("/broken")
    def broken() -> str:
        raise KeyError(extra)

    return app


def ask_all(app: Flask) -> None:
    """Ask as two people in two browsers do, in turns."""
    clients = [(app.test_client(), name) for name in ("Ada", "Bob")]
    pages = [(client, name, client.get("/in").text) for client, name in clients]
    for client, name, page in pages:
        token = page.partition('value="')[2].partition('"')[0]
        assert client.post("/in", data={"csrf_token": token, "user": name}).status_code == 302
    for client, name in clients:
        assert client.get("/greet").text == f"Hello, {name} {name}"
    client, _ = clients[0]
    client.get("/data?q=1")
    tag = client.get("/versioned").headers["ETag"]
    assert client.get("/versioned", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/broken").status_code == 500


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Give what an app's recorder has seen."""
    app = build_site("the live app's")
    app.logger.disabled = True
    with Recorder(app, name="shop") as recorder:
        ask_all(app)
        yield recorder


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app, and give its URL."""
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()


def written(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Give the rows of an outcome, without what they are made of."""
    return [(row.path, row.left, row.right) for row in outcome.rows]


def test_an_app_with_its_own_keys_and_sessions_answers_alike(recorder: Recorder) -> None:
    other = build_site("another")
    other.logger.disabled = True
    called = nbflask.parity(recorder.app, other)
    assert called, str(called._repr_mimebundle_()["text/plain"])
    assert repr(called) == "<Parity of shop: 10 asked, 0 differ, 0 skipped>"
    with served(build_site("a third")) as url:
        assert parity(recorder, url)


def test_what_differs_is_told_without_secrets(recorder: Recorder) -> None:
    recorder.app.config["API_KEY"] = "k-4f6a9be2"  # pragma: allowlist secret
    other = build_site("another", greeting="Bye", extra="k-4f6a9be2")
    other.logger.disabled = True
    found = parity(recorder, other)
    assert not found
    assert found.differs
    signed_in = [("cookies.session.data.team", '""', '"REDACTED"')]
    assert [(each.target, written(each)) for each in found.differences] == [
        ("/in", signed_in),
        ("/in", signed_in),
        ("/greet", [("line 1", "Hello, Ada Ada", "Bye, Ada Ada")]),
        ("/greet", [("line 1", "Hello, Bob Bob", "Bye, Bob Bob")]),
        ("/data?q=1", [("$.extra", '""', '"REDACTED"')]),
    ]
    shown = found._repr_mimebundle_()
    assert shown["text/plain"].startswith(
        "Of 10 requests, 5 are answered otherwise.\n\n"
        '3: POST /in\n  cookies.session.data.team: "" -> "REDACTED"\n'
    )
    assert "<td>Bye, Ada Ada</td>" in shown["text/html"]
    assert "4f6a9be2" not in str(shown)
    first, *_ = write_findings(found)
    assert (first["kind"], first["level"], first["text"]) == (
        "answers-differ",
        "error",
        'Request 3, POST /in, is answered otherwise: cookies.session.data.team: "" -> "REDACTED"',
    )
    assert Parity.of_data(json.loads(json.dumps(found.to_data()))) == found


def test_what_the_caller_does_not_mind_is_no_difference(recorder: Recorder) -> None:
    other = build_site("another", greeting="Bye")
    other.logger.disabled = True
    assert parity(recorder, other, ignore=["^(Hello|Bye)"])
    with pytest.raises(OptionError, match=r"'\(' is no regular expression"):
        parity(recorder, other, ignore=["("])


def test_an_app_that_was_changed_since_is_asked_again() -> None:
    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().get("/data")
        app.view_functions["data"] = lambda: {"price": 13}
        other = build_site("another")
        assert parity(recorder, other)
        other.view_functions["data"] = lambda: {"price": 13}
        (outcome,) = parity(recorder, other)
    assert (outcome.differs, outcome.note) == (
        False,
        "The app has changed since it was recorded, and answers so by now.",
    )


def test_what_a_view_did_before_it_was_changed_is_not_compared() -> None:
    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().post("/in")
        other = build_site("another")
        other.view_functions["log_in"] = lambda: "other"
        assert parity(recorder, other).differs
        app.view_functions["log_in"] = lambda: "new"
        (outcome,) = parity(recorder, other)
    assert outcome.skipped == "Its view was changed after it was recorded."


def test_another_machine_is_not_changed_unasked() -> None:
    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().post("/in", data={"csrf_token": "", "user": "Ada"})
        (outcome,) = parity(recorder, "http://shop.invalid/")
    assert outcome.skipped == (
        "It may change something, and the other app is not on this machine. If that is meant, "
        "write `changes=True`."
    )


@pytest.mark.parametrize(
    "head",
    [
        None,
        ("200", None),
        ("OK", []),
        (b"200 OK", []),
        ("200 OK", [("Content-Type",)]),
    ],
)
def test_an_app_that_does_not_answer_as_wsgi_asks_differs(head: Any) -> None:
    def other(_environ: Any, start_response: Any) -> list[bytes]:
        if head:
            start_response(*head)
        return [b"content"]

    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().get("/versioned")
        (outcome,) = parity(recorder, other)
    assert written(outcome)[0] == ("status", "200", "500")


@pytest.mark.parametrize("ignore", ["ab", None, [b"a"], ["["]])
def test_arguments_that_are_none_are_refused_in_a_line(ignore: Any) -> None:
    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().get("/data")
        with pytest.raises(OptionError, match=r"regular expression"):
            parity(recorder, app, ignore=ignore)
    with pytest.raises(OptionError, match="'shop' is no live app: give the Flask app, or what"):
        parity("shop", app)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://", r"'http://' names no host and port"),
        ("https:///x", r"'https:///x' names no host and port"),
        ("http://[::1/", r"names no host and port"),
        ("http://127.0.0.1:80000/", r"names no host and port"),
        ("ftp://x/", r"'ftp://x/' is a URL of 'ftp', by which no app is asked\. Write the URL of"),
    ],
)
def test_a_url_that_cannot_be_asked_is_refused(url: str, message: str) -> None:
    app = build_site("the live app's")
    with Recorder(app) as recorder:
        app.test_client().get("/data")
        with pytest.raises(OptionError, match=message):
            parity(recorder, url)
        with pytest.raises(ServerError, match=r"at http://shop\.invalid did .* no such host\)"):
            parity(recorder, "http://shop.invalid/")


def test_without_a_record_there_is_nothing_to_compare(tmp_path: Path) -> None:
    app = build_site("the live app's")
    with nbflask.record(app) as seen:
        app.test_client().get("/data")
    assert len(seen) == 1
    with pytest.raises(RecordError, match=r"with nbflask\.record.*compare in the same block"):
        parity(app, app)
    with pytest.raises(NotebookError, match=r"No cell asks the app 'app' .* Add a"):
        parity_with_notebook(app, str(tmp_path / "a.ipynb"), "app", str(tmp_path / "asked.json"))
    with Recorder(app) as recorder:
        app.test_client().get("/data")
        with pytest.raises(OptionError, match="neither a notebook's file nor the folder"):
            parity(recorder, tmp_path)
        with pytest.raises(OptionError, match=r"^'' is neither"):
            parity(recorder, "")


def test_a_notebooks_export_is_run_and_asked(tmp_path: Path) -> None:
    notebook = write_notebook(
        tmp_path / "shop.ipynb",
        "from flask import request, session, url_for",
        "%%route /see/<name>\nsession['seen'] = name\n"
        "return {'url': url_for('again'), 'host': request.host}",
        "%%route /again\nreturn session['seen']",
        "import os\nimport secrets",
        "app.config['TICKET'] = os.environ.get('TICKET') or secrets.token_hex()",
        "%%route /ticket\nreturn app.config['TICKET']",
        "app.secret_key = 'a key that the export does not have'",
    )
    app = Flask("live")
    app.secret_key = "a key that the export does not have"
    # Drawn anew in each process, unless it is told.
    app.config["TICKET"] = "4711"

    @app.get("/see/<name>")
    def see(name: str) -> Any:
        session["seen"] = name
        return {"url": url_for("again"), "host": request.host}

    @app.get("/ticket")
    def ticket() -> str:
        return str(app.config["TICKET"])

    @app.get("/again")
    def again() -> str:
        return f"{session['seen']}!" if session["seen"] == "Bob" else session["seen"]

    with Recorder(app) as recorder:
        client = app.test_client()
        for path in ("/see/Ada", "/again", "/ticket", "/see/Bob", "/again"):
            client.get(path)
        found = parity(recorder, notebook)
    assert [each.target for each in found.differences] == ["/again"]
    assert written(found.differences[0]) == [("line 1", "Bob!", "Bob")]
    assert [each.name for each in tmp_path.iterdir()] == ["shop.ipynb"]
