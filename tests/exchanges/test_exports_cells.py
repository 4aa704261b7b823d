"""What is exported to a notebook, to pytest and to ``.http`` is run by the app itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask import Response as AppResponse
from IPython.core.interactiveshell import InteractiveShell

from nbflask.errors import CellError, OptionError
from nbflask.exchanges.exchange import Content, Exchange, Response, State
from nbflask.exchanges.exports import KINDS, export, to_client, to_curl, to_http, to_pytest, to_raw
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.redaction import redact
from nbflask.recorder import Recorder, recorder_of
from nbflask.values.http_text import parse_http_text
from tests.exchanges.recorded import record_everything
from tests.exchanges.requests import FORM, JSON, TEXT, exchange, known_traps, random_exchanges
from tests.exchanges.varied import build_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXCHANGES = [*known_traps(), *random_exchanges(seed=26, count=100)]


def sent_again(code: str, app: Flask) -> list[Exchange]:
    """Run a cell's Python, and give what the app is asked by it."""
    with Recorder(app) as recorder:
        exec(compile(code, "cell", "exec"), {"app": app})  # noqa: S102
        return list(recorder.exchanges())


def essence(exchange: Exchange) -> tuple[Any, ...]:
    """Give what the app can see of a request, besides the client's own."""
    request = exchange.request
    fields = [
        (name.lower(), value.strip())
        for name, value in request.headers
        if name.lower() not in ("host", "content-length", "user-agent")
    ]
    return request.method, request.path, request.query_string, sorted(fields), request.content.data


def readable(exchanges: list[Exchange]) -> list[Exchange]:
    """Leave out contents that the app did not read, or that were not kept."""
    return [
        each
        for each in exchanges
        if not each.request.content.is_unread and not each.request.content.is_truncated
    ]


def test_recorded_requests_are_sent_again_by_cells() -> None:
    app = build_app()
    app.logger.disabled = True
    exchanges = [
        each for each in readable(list(record_everything())) if each.request.path != "/broken"
    ]
    checked = 0
    for each in exchanges:
        code = to_client(each)
        if "%flask_" in code:
            continue
        (again,) = sent_again(code, app)
        assert essence(again) == essence(each), code
        assert again.response is not None
        checked += 1
    assert checked >= 5


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """Give a shell of its own with the extension."""
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "nbflask")
    yield shell
    shell.run_line_magic("unload_ext", "nbflask")


def test_recorded_requests_are_sent_again_by_magics(shell: InteractiveShell) -> None:
    app = build_app()
    app.logger.disabled = True
    shell.user_ns["app"] = app
    checked = 0
    for each in readable(list(record_everything())):
        code = to_client(each)
        if "%flask_" not in code or each.request.path in ("/broken", "/broken-stream"):
            continue
        # The notebook's client keeps cookies; a fresh one has none.
        assert shell.run_cell(code).success, code
        recorder = recorder_of(app)
        assert recorder is not None
        again = recorder.exchanges()[-1]
        if not any(name == "Cookie" for name, _ in again.request.headers):
            assert essence(again) == essence(each), code
            checked += 1
    assert checked >= 20


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (exchange(target="/a?b=1"), "%flask_get '/a?b=1'"),
        (exchange("HEAD", "/x"), "%flask_head /x"),
        (
            exchange("POST", "/x", [JSON, ("Accept", "application/json")], b'{"a": 1}'),
            "%flask_post /x --json '{\"a\": 1}'",
        ),
        (exchange("POST", "/x", [FORM], b"@a=1"), "%flask_post /x --data-raw @a=1"),
        (
            exchange("PUT", "/x", [TEXT, ("X-Empty", "")], b"it's"),
            "%flask_put /x -H 'Content-Type: text/plain; charset=utf-8' -H X-Empty;"
            ' --data-raw "it\'s"',
        ),
        (
            exchange("POST", "/x", [], b"x"),
            "%flask_post /x -H Content-Type: --data-raw x",
        ),
    ],
)
def test_a_magic_is_written_where_it_says_all(given: Exchange, line: str) -> None:
    assert to_client(given).splitlines()[1] == line


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(exchange(headers=[("Cookie", "a=1")]), id="cookies of its own"),
        pytest.param(exchange("POST", "/x", [TEXT], b"a'b\"c"), id="both quotes"),
        pytest.param(exchange("POST", "/x", [TEXT], b"a\nb"), id="two lines"),
        pytest.param(exchange("POST", "/x", [FORM], b"--app=other"), id="like an option"),
        pytest.param(exchange("POST", "/x", [FORM], b"\xff"), id="bytes"),
        pytest.param(exchange("QUERY", "/x"), id="a method without a magic"),
        pytest.param(exchange(target="//x"), id="two slashes"),
        pytest.param(exchange(headers=[("X-A", "1"), ("X-A", "2" * 160)]), id="too long"),
    ],
)
def test_python_is_written_where_a_magic_would_not_say_all(given: Exchange) -> None:
    code = to_client(given)
    assert "%flask_" not in code
    compile(code, "cell", "exec")


def test_generated_tests_pass_against_the_same_app(tmp_path: Path) -> None:
    exchanges = [each for each in record_everything() if each.request.path != "/broken-stream"]
    (tmp_path / "test_recorded.py").write_text(export(exchanges, "pytest"))
    (tmp_path / "conftest.py").write_text(
        "import pytest\nfrom tests.exchanges.varied import build_app\n\n"
        "@pytest.fixture\ndef app():\n    app = build_app()\n    app.testing = True\n"
        "    return app\n"
    )
    # Where a content is not here whole, its test reads a file, and fails while there is none.
    for each in exchanges:
        if each.request.content.is_unread or each.request.content.is_truncated:
            size = each.request.content.size
            (tmp_path / f"content-{each.id}.bin").write_bytes(b"x" * size)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(__file__).rpartition("/tests/")[0]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert f"{len(exchanges)} passed" in done.stdout, done.stdout[-3000:]


def test_a_generated_test_fails_when_the_app_answers_otherwise() -> None:
    app = Flask("other")
    given = next(each for each in record_everything() if each.request.path == "/json")
    names: dict[str, Any] = {}
    exec(to_pytest(given), names)  # noqa: S102
    (test,) = (value for name, value in names.items() if name.startswith("test_"))
    with pytest.raises(AssertionError):
        test(app)


def test_a_test_asserts_what_is_stable() -> None:
    response = Response(
        status_code=302,
        headers=Fields([("Content-Type", "text/html; charset=utf-8"), ("Location", "/next")]),
        content=Content(size=26, data=b"at 2026-01-01T12:00:00.000", media_type="text/html"),
    )
    code = to_pytest(exchange("POST", "/Übung/a-b", response=response))
    assert "def test_post_bung_a_b_gives_302(app):" in code
    assert [line.strip() for line in code.splitlines() if "assert" in line] == [
        "assert response.status_code == 302",
        'assert response.mimetype == "text/html"',
        'assert response.location == "/next"',
    ]


def test_tests_have_names_of_their_own() -> None:
    code = export([exchange(), exchange(), exchange(target="/%%")], "pytest")
    functions = [each for each in ast.parse(code).body if isinstance(each, ast.FunctionDef)]
    assert len({each.name for each in functions}) == len(functions) == 3


def test_a_request_that_was_not_answered_is_expected_to_raise() -> None:
    broken = next(each for each in record_everything() if each.request.path == "/broken")
    code = to_pytest(replace(broken, response=None, state=State.FAILED))
    assert "with pytest.raises(KeyError):" in code
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    app = build_app()
    app.testing = True
    names["test_get_broken_gives_no_response"](app)


def test_http_text_is_read_back_as_the_same_request() -> None:
    exact = 0
    for each in EXCHANGES:
        text = to_http(each)
        try:
            (found,) = parse_http_text(text)
        except CellError:
            assert "# It cannot be written here, use curl: " in text
            continue
        request = each.request
        assert found.method == request.method
        spec = found.build(lambda path: f"the content of {path}".encode())
        if "Put it into content-" in text:
            assert spec.content.startswith(b"the content of ./content-")
        else:
            assert spec.content == request.content.data
            exact += 1
    assert exact >= 60


def test_several_requests_are_several_blocks() -> None:
    text = export([exchange(), exchange("POST", "/x", [TEXT], b"a\nb")], "http")
    assert [each.method for each in parse_http_text(text)] == ["GET", "POST"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_not_here_whole_is_not_made_up(kind: str) -> None:
    sent = exchange("POST", "/x", [TEXT], b"only a part")
    content = replace(sent.request.content, size=99)
    text = export([replace(sent, request=replace(sent.request, content=content))], kind)
    if kind == "raw":
        assert "[the first 11 of 99 bytes]" in text
    else:
        assert "11 of the 99 bytes of its content were kept" in text or (
            "the first 11 of 99 bytes were kept" in text
        )
        assert "content-1.bin" in text
        assert "only a part" not in text


def test_a_command_fails_while_the_content_is_missing(tmp_path: Path) -> None:
    sent = exchange("POST", "/x", [TEXT], b"part")
    content = replace(sent.request.content, size=99)
    script = to_curl(replace(sent, request=replace(sent.request, content=content)))
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"content-1.bin" in done.stderr


EVIL = (
    "/\n\r\u2028\x0b\x0c import os; os.abort() # ### \n%flask_reset\n*/ ''' \"\"\" GET /evil \u202e"
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_comment_cannot_be_left(kind: str, tmp_path: Path) -> None:
    sent = exchange("GET\nrm -rf /", EVIL, [("X\nEvil: 1", "y"), ("X-Y", "a\r\nEvil: 1")])
    sent = replace(sent, request=replace(sent.request, path=EVIL), app_name="app; evil()")
    text = export([sent, sent], kind)
    if kind in ("pytest", "httpx", "client"):
        tree = ast.parse(text)
        names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        assert names <= {"app", "client", "httpx", "request", "response", "print"}
    elif kind in ("curl", "httpie"):
        (tmp_path / kind).write_text("#!/bin/sh\n")
        (tmp_path / kind).chmod(0o700)
        done = subprocess.run(
            ["/bin/sh", "-c", text], env={"PATH": str(tmp_path)}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    else:
        assert not any(line.startswith(("import", "Evil")) for line in text.splitlines())


def test_a_message_is_shown_as_it_was() -> None:
    response = Response(
        status_code=201,
        reason="CREATED",
        headers=Fields([("X-A", "1")]),
        content=Content(size=3, data=b"\xff\x00\x01", media_type="image/png"),
    )
    assert to_raw(exchange("POST", "/x?y", [TEXT], "é".encode(), response=response)) == (
        "POST /x?y HTTP/1.1\nHost: localhost\nContent-Length: 2\n"
        "Content-Type: text/plain; charset=utf-8\n\né\n\n"
        "HTTP/1.1 201 CREATED\nX-A: 1\n\n[3 bytes that are no text]\n"
    )


@pytest.mark.parametrize(
    "given",
    [
        exchange("GET", "/?token=abc"),
        exchange("GET", "/", [("Authorization", "Bearer abc")]),
        exchange("POST", "/", [FORM], b"password=abc"),
    ],
)
def test_redacted_requests_say_so(given: Exchange) -> None:
    assert "# Secrets were replaced by REDACTED; it may be refused." in to_curl(redact(given))


def test_a_secret_of_the_response_is_no_matter_of_the_request() -> None:
    response = Response(status_code=200, headers=Fields([("Set-Cookie", "session=abc; Path=/")]))
    redacted = redact(exchange(response=response))
    assert redacted.redactions
    assert "REDACTED" not in to_curl(redacted)


def test_a_test_compares_a_content_that_nobody_has_read() -> None:
    app = Flask("app")
    app.add_url_rule("/", view_func=lambda: AppResponse([b"hel", b"lo"]))
    with Recorder(app) as recorder:
        app.test_client().get("/")
        recorded = recorder.exchange(1)
    assert recorded.state is State.UNREAD
    assert 'assert response.data == b"hello"' in to_pytest(recorded)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(OptionError) as caught:
        export([], "crul")
    assert str(caught.value) == "'crul' is nothing to export to. Did you mean 'curl'?"
