"""``%flask_get`` and its family: real Flask, real IPython, no server."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
from typing import TYPE_CHECKING, Any

import flask
import pytest
from flask.testing import FlaskClient
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
from werkzeug.test import TestResponse

import nbflask
from nbflask.client import Responses, ShownResponse
from nbflask.client.failures import format_failure
from nbflask.client.pages import Page, build_page
from nbflask.magics.client import ClientMagics
from nbflask.magics.views import ViewMagics
from nbflask.notebook import attach, detach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = """
from flask import Response, jsonify, redirect, render_template_string, request, session
from nbflask.app import Flask
app = Flask("demo")
app.secret_key = "x"

@app.route("/hello/<name>")
def hello(name):
    session["n"] = session.get("n", 0) + 1
    return f"<h1>Hello, {name}, {session['n']}</h1>"

@app.route("/bad")
def bad():
    app.logger.warning("careful")
    return 1 / 0

@app.route("/template")
def template():
    return render_template_string("a\\n{{ 1 / 0 }}")

@app.route("/echo", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def echo():
    return jsonify(
        method=request.method,
        args=request.args,
        form=request.form,
        json=request.get_json(silent=True),
        text=request.get_data(as_text=True) if not request.form else "",
        cookies={name: request.cookies[name] for name in request.cookies if name != "session"},
        user=request.authorization.username if request.authorization else None,
        x=request.headers.get("X-A"),
    )

@app.route("/go")
def go():
    return redirect("/hello/Go")

@app.route("/later")
async def later():
    return "later"

@app.route("/keep")
def keep():
    response = jsonify(dict(request.cookies))
    response.set_cookie("theme", "dark", max_age=60)
    return response

@app.route("/raw/<path:media_type>")
def raw(media_type):
    return Response(request.query_string, content_type=media_type)
"""


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.register_magics(ClientMagics)
    attach(shell)
    run(shell, APP)
    yield shell
    detach(shell)


def run(shell: InteractiveShell, cell: str) -> Any:
    outcome = shell.run_cell(cell)
    outcome.raise_error()
    return outcome.result


def text_of(response: Any) -> str:
    return str(response._repr_mimebundle_()["text/plain"])


def html_of(response: Any) -> str:
    return str(response._repr_mimebundle_()["text/html"])


def test_a_response_shows_status_fields_and_content(shell: InteractiveShell) -> None:
    response = run(shell, "%flask_get /hello/Ada")
    assert text_of(response) == (
        "200 OK\n"
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Length: 22\n"
        "Vary: Cookie\n"
        "Set-Cookie: session=…; HttpOnly; Path=/\n"
        "\n"
        "<h1>Hello, Ada, 1</h1>"
    )


def test_the_methods_that_a_path_takes_are_shown_in_one_order(shell: InteractiveShell) -> None:
    shown = text_of(run(shell, "%flask_options /echo"))
    assert "Allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\n" in shown


def test_it_is_still_the_test_clients_response(shell: InteractiveShell) -> None:
    response = run(shell, "%flask_post /echo -d a=1")
    assert isinstance(response, TestResponse)
    assert isinstance(response, ShownResponse)
    assert isinstance(response, shell.user_ns["app"].response_class)
    assert (response.status_code, response.json["form"]) == (200, {"a": "1"})
    assert repr(response) == f"<Response 200 OK, {len(response.data)} bytes>"


def test_cookies_last_from_one_request_to_the_next(shell: InteractiveShell) -> None:
    run(shell, "%flask_get /hello/Ada")
    assert run(shell, "%flask_get /hello/Bob").text == "<h1>Hello, Bob, 2</h1>"


def test_cookies_of_one_request_are_gone_after_it(shell: InteractiveShell) -> None:
    assert run(shell, "%flask_get /keep -b 'a=1; theme=light'").json == {"a": "1", "theme": "light"}
    assert run(shell, "%flask_get /keep -b theme=blue").json == {"theme": "blue"}
    assert run(shell, "%flask_get /keep").json == {"theme": "dark"}
    assert run(shell, "%flask_get /echo -b theme=blue").json["cookies"] == {"theme": "blue"}
    assert run(shell, "%flask_get /echo").json["cookies"] == {"theme": "dark"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%flask_get /echo?q=a%20b", {"method": "GET", "args": {"q": "a b"}}),
        ("%flask_get /echo -G -d q=1 -d r=2", {"method": "GET", "args": {"q": "1", "r": "2"}}),
        ("%flask_put /echo -d a=1 -d b=2", {"method": "PUT", "form": {"a": "1", "b": "2"}}),
        (
            "%flask_patch /echo --json '{\"a\": {}}'",
            {"method": "PATCH", "json": {"a": {}}, "text": '{"a": {}}'},
        ),
        ("%flask_delete /echo -u me:pw", {"method": "DELETE", "user": "me"}),
        ("%flask_get /echo -H 'X-A: a: b' ", {"method": "GET", "x": "a: b"}),
        ('%%flask_post /echo\n{"a":\n 1}\n', {"json": {"a": 1}, "text": '{"a":\n 1}'}),
        ("%%flask_post /echo\nplain {text}\n", {"text": "plain {text}"}),
        ("%%flask_put /echo\na=1&b=2\n", {"method": "PUT", "form": {"a": "1", "b": "2"}}),
        ("x = '/echo?a={1}'\n%flask_get /echo?a={x}", {"method": "GET", "args": {"a": "{x}"}}),
    ],
)
def test_the_app_sees_what_was_written(
    shell: InteractiveShell, line: str, expected: dict[str, Any]
) -> None:
    nothing: dict[str, Any] = {"args": {}, "form": {}, "json": None, "text": "", "cookies": {}}
    everything = {**nothing, "method": "POST", "user": None, "x": None, **expected}
    assert run(shell, line).json == everything


def test_files_are_sent(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("a=from+file\n")
    response = run(shell, f"%flask_post /echo -d @{tmp_path / 'f.txt'}")
    assert response.json["form"] == {"a": "from file"}
    response = run(shell, f"%flask_post /echo -F a=1 -F f=@{tmp_path / 'f.txt'}")
    assert response.json["form"] == {"a": "1"}


def test_head_and_options(shell: InteractiveShell) -> None:
    assert text_of(run(shell, "%flask_head /later")) == (
        "200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: 5"
    )
    assert sorted(run(shell, "%flask_options /later").allow) == ["GET", "HEAD", "OPTIONS"]


def test_a_redirect_is_shown_or_followed(shell: InteractiveShell) -> None:
    assert run(shell, "%flask_get /go").status_code == 302
    followed = text_of(run(shell, "%flask_get /go --follow"))
    assert followed.startswith("302 FOUND -> /hello/Go\n200 OK\n")


def test_an_async_view_answers_while_the_cells_loop_runs(shell: InteractiveShell) -> None:
    async def cell() -> Any:
        return shell.run_line_magic("flask_get", "/later")

    assert asyncio.run(cell()).text == "later"


@pytest.mark.parametrize("setting", ["pass", "app.debug = True"])
def test_a_failing_view_shows_its_page_and_the_cells_lines(
    shell: InteractiveShell, setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, setting)
    response = run(shell, "%flask_get /bad")
    page, failure = text_of(response).split("\n\nTraceback")
    assert page.startswith("500 INTERNAL SERVER ERROR\n")
    assert "Traceback" + failure == (
        "Traceback (most recent call last):\n"
        '  File "<cell from flask import Response, jsonify, redirect, render_templa…>",'
        " line 14, in bad\n"
        "    return 1 / 0\n"
        "           ~~^~~\n"
        "ZeroDivisionError: division by zero"
    )
    assert isinstance(response.exception, ZeroDivisionError)
    assert "Traceback" in html_of(response)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("%%route /boom\n1 / 0\n", "<cell %%route /boom>"),
        ("\n@app.get('/boom')\ndef boom():\n    1 / 0\n", "<cell @app.get('/boom')>"),
        ("%who_ls\n# Booms.\n@app.get('/boom')\ndef boom():\n    1 / 0\n", "<cell # Booms.>"),
    ],
)
def test_a_cell_is_called_by_its_first_line(shell: InteractiveShell, cell: str, name: str) -> None:
    shell.register_magics(ViewMagics)
    run(shell, cell)
    assert f'  File "{name}", line ' in text_of(run(shell, "%flask_get /boom"))


STREAM = """
import signal
closed = []
@app.get("/stream")
def stream():
    def blocks():
        try:
            yield "first\\n"
            yield "second\\n"
            signal.raise_signal(signal.SIGINT)
            yield "never\\n"
        finally:
            closed.append(True)
    return Response(blocks(), content_type="text/plain")

@app.get("/wait")
def wait():
    signal.raise_signal(signal.SIGINT)

@app.get("/torn")
def torn():
    def blocks():
        yield "first\\n"
        raise LookupError("torn")
    return Response(blocks())
"""


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Take interrupts as a kernel does; a shell starts its background jobs without them."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_stream_shows_what_has_arrived(shell: InteractiveShell) -> None:
    run(shell, STREAM)
    response = run(shell, "%flask_get /stream")
    assert text_of(response) == (
        "200 OK\nContent-Type: text/plain\n\n"
        "first\nsecond\n\nInterrupted; the response had not ended."
    )
    assert "Interrupted; the response had not ended." in html_of(response)
    assert shell.user_ns["closed"] == [True]
    assert run(shell, "%flask_get /later").text == "later"


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    ("path", "kind", "view"),
    [("/wait", KeyboardInterrupt, "wait"), ("/torn", LookupError, "blocks")],
)
def test_what_leaves_the_app_has_the_cells_lines_alone(
    shell: InteractiveShell, path: str, kind: type[BaseException], view: str
) -> None:
    run(shell, STREAM)
    with pytest.raises(kind) as caught:
        run(shell, f"%flask_get {path}")
    names = [entry.name for entry in caught.traceback]
    assert names[-1] == view
    assert not {"full_dispatch_request", "run_wsgi_app", "__next__"} & set(names)


def test_the_log_of_a_view_is_left_alone(
    shell: InteractiveShell, caplog: pytest.LogCaptureFixture
) -> None:
    run(shell, "%flask_get /bad")
    assert [record.getMessage() for record in caplog.records] == [
        "careful",
        "Exception on /bad [GET]",
    ]
    handlers = logging.getLogger("demo").handlers
    assert [handler.filters for handler in handlers] == [[] for _ in handlers]


def test_a_failing_template_is_shown_with_its_line(shell: InteractiveShell) -> None:
    failure = text_of(run(shell, "%flask_get /template")).split("Traceback")[1]
    assert 'File "<template>", line 2, in top-level template code' in failure
    assert "site-packages" not in failure


@pytest.mark.parametrize("setting", ["TESTING", "PROPAGATE_EXCEPTIONS"])
def test_an_exception_leaves_the_app_where_the_app_says_so(
    shell: InteractiveShell, setting: str
) -> None:
    run(shell, f"app.config['{setting}'] = True")
    with pytest.raises(ZeroDivisionError) as caught:
        run(shell, "%flask_get /bad")
    names = [entry.name for entry in caught.traceback]
    assert names[-1] == "bad"
    assert "full_dispatch_request" not in names


def test_http_sends_several_requests(shell: InteractiveShell) -> None:
    responses = run(
        shell,
        "%%http\nGET /hello/Ada\n\n### post\n@a = 7\nPOST /echo\nContent-Type: application/json\n"
        "Cookie: c=1\n\n[{{a}}]\n",
    )
    assert isinstance(responses, Responses)
    assert repr(responses) == "Responses(200 OK, 200 OK)"
    answer: Any = responses[1].json
    assert (answer["json"], answer["cookies"]) == ([7], {"c": "1"})
    assert text_of(responses).startswith("GET /hello/Ada\n200 OK\n")
    assert "\n\nPOST /echo\n200 OK\n" in text_of(responses)


def test_http_with_one_request_gives_its_response(shell: InteractiveShell) -> None:
    assert run(shell, "%%http --follow\nGET /go").text.startswith("<h1>Hello, Go")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ('/raw/application/json?{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'),
        ("/raw/application/problem+json?{}", "{}"),
        ("/raw/application/json?nope", "nope"),
        ("/raw/text/plain?a", "a"),
        ("/raw/text/event-stream?data:1", "data:1"),
        ("/raw/image/png?abc", "<image/png, 3 bytes>"),
        ("/raw/application/zip?abc", "<application/zip, 3 bytes>"),
    ],
)
def test_content_is_shown_by_its_media_type(shell: InteractiveShell, path: str, shown: str) -> None:
    response = shell.run_line_magic("flask_get", path)
    assert text_of(response).split("\n\n", 1)[1] == shown


def test_a_page_is_framed_without_rights_and_escaped(shell: InteractiveShell) -> None:
    page = html_of(run(shell, '%flask_get /hello/"><script>alert(1)</script>'))
    assert "<script" not in page
    assert re.search(r'<iframe style="height: \d+rem" sandbox=""', page)
    assert 'srcdoc="&lt;meta http-equiv=&#34;Content-Security-Policy&#34;' in page


def test_a_page_gets_a_frame_of_about_its_height_and_is_told_from_one_with_scripts() -> None:
    def build(text: str) -> Page:
        fields = [("Content-Type", "text/html")]
        return build_page(title="/", status="200 OK", headers=fields, content=text.encode())

    rows = "<style>p { }</style><table>" + "<tr><td>1" * 3
    found = [
        build(text) for text in ("hi", "<h1>A</h1><p>b", rows, "<p>" * 99, "<script>1</script>")
    ]
    assert [each.frame_rem for each in found] == [4, 8, 8, 16, 4]
    assert [each.has_script for each in found] == [False, False, False, False, True]


def test_the_same_answer_is_shown_the_same(shell: InteractiveShell) -> None:
    shown: list[object] = []
    for _ in range(2):
        shell.user_ns["app"].secret_key = f"key {len(shown)}"
        shown.append(run(shell, "%flask_get /hello/Ada")._repr_mimebundle_())
    assert shown[0] == shown[1]


def test_a_client_class_of_ones_own_is_used(shell: InteractiveShell) -> None:
    class Client(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            kwargs["headers"].add("X-A", "mine")
            return super().open(*args, **kwargs)

    shell.user_ns["app"].test_client_class = Client
    assert run(shell, "%flask_get /echo").json["x"] == "mine"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%flask_get hello", "OptionError: 'hello' is not a path of the app. Write '/hello'."),
        (
            "%flask_post /echo -d @none.txt",
            "OptionError: The file 'none.txt' cannot be read: No such file or directory. "
            "Name one that is there.",
        ),
        (
            "%flask_get /echo --folow",
            "OptionError: %flask_get has no option '--folow'. Did you mean '--follow'?",
        ),
        ("%%http\nhello", "CellError: Line 2: 'hello' is not a request. Write it as: GET /hello"),
    ],
)
def test_a_mistake_is_one_line(shell: InteractiveShell, line: str, message: str) -> None:
    outcome = shell.run_cell(line)
    error: Any = outcome.error_in_exec
    assert error._render_traceback_() == [message]


def test_a_failing_template_of_a_cell_is_called_by_its_name(tmp_path: Path) -> None:
    app = nbflask.Flask("demo", root_path=str(tmp_path))
    app.templates["list.html"] = "<ul>\n{{ 1 / 0 }}"
    with app.app_context(), pytest.raises(ZeroDivisionError) as raised:
        flask.render_template("list.html")
    failure = format_failure(raised.value)
    assert 'File "<template list.html>", line 2, in top-level template code' in failure
