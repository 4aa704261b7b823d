"""curl's options describe a request; curl itself is the oracle where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.formparser import parse_form_data
from werkzeug.test import EnvironBuilder

from nbflask.errors import OptionError
from nbflask.values.request_spec import (
    DataOption,
    RequestOptions,
    RequestSpec,
    build_request,
    build_text_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {"f.txt": b"one\r\ntwo\n", "p.png": b"\x89PNG"}
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = (("Content-Type", "application/json"), ("Accept", "application/json"))


def build(method: str = "POST", target: str = "/x", **options: Any) -> RequestSpec:
    return build_request(method, target, RequestOptions(**options), FILES.__getitem__)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param(
            {"headers": ["X-A: 1", "x-b:2", "X-C;"]},
            {"headers": (("X-A", "1"), ("x-b", "2"), ("X-C", ""))},
            id="-H",
        ),
        pytest.param(
            {"headers": ["Cookie: a=1"], "cookies": ["b=2; c=x=y"]},
            {"cookies": (("a", "1"), ("b", "2"), ("c", "x=y"))},
            id="-b and a Cookie field",
        ),
        pytest.param(
            {"user": "me:p:w"}, {"headers": (("Authorization", "Basic bWU6cDp3"),)}, id="-u"
        ),
        pytest.param(
            {"data": [DataOption("json", "{}")], "headers": ["accept: a/b"]},
            {"headers": (JSON[0], ("accept", "a/b")), "content": b"{}"},
            id="--json with a field of one's own",
        ),
        pytest.param(
            {"data": [DataOption("data", "a")], "headers": ["Content-Type:"]},
            {"content": b"a"},
            id="a field left out",
        ),
        pytest.param(
            {"data": [DataOption("data", "a=1"), DataOption("urlencode", "b=ü &")], "query": True},
            {"target": "/x?a=1&b=%C3%BC+%26"},
            id="-G",
        ),
        pytest.param({"follow": True}, {"follow": True}, id="--follow"),
    ],
)
def test_options_describe_a_request(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert build(**options) == RequestSpec(**{"method": "POST", "target": "/x", **expected})


CURL = {
    "one -d": [("data", "a=1 2&ü")],
    "several -d": [("data", "a=1"), ("data", "b=2")],
    "a file loses its line ends": [("data", "@f.txt")],
    "a binary file keeps them": [("binary", "@f.txt")],
    "raw": [("raw", "@f.txt")],
    "encoded": [
        ("urlencode", "a b"),
        ("urlencode", "=c=d"),
        ("urlencode", "n=ü/ ~"),
        ("urlencode", "n@f.txt"),
    ],
    "json": [("json", '{"a": 1}')],
    "json in pieces": [("json", '{"a":'), ("json", "1}")],
    "json of a file": [("json", "@f.txt")],
}
FLAGS = {"data": "-d", "binary": "--data-binary", "raw": "--data-raw"}


class Echo(BaseHTTPRequestHandler):
    seen: dict[str, Any]

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        content = self.rfile.read(size)
        fields = {name: self.headers[name] for name in ("Content-Type", "Accept")}
        type(self).seen = {"content": content, **fields}
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/x"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is the oracle, and is not here")
@pytest.mark.parametrize("name", CURL)
def test_data_is_what_curl_sends(name: str, echo: str, tmp_path: Any) -> None:
    for path, content in FILES.items():
        (tmp_path / path).write_bytes(content)
    words = [
        word
        for kind, text in CURL[name]
        for word in (FLAGS.get(kind) or f"--{kind if kind == 'json' else 'data-urlencode'}", text)
    ]
    subprocess.run(["curl", "-sS", *words, echo], cwd=tmp_path, check=True, timeout=30)
    spec = build(data=[DataOption(kind, text) for kind, text in CURL[name]])  # type: ignore[arg-type]
    fields = dict(spec.headers)
    assert Echo.seen == {
        "content": spec.content,
        "Content-Type": fields["Content-Type"],
        "Accept": fields.get("Accept", "*/*"),
    }


def test_a_form_reads_back_as_it_was_written() -> None:
    spec = build(
        form=["a=1", "b=@p.png", "c=@f.txt;type=text/x;filename=other.txt", "d=<f.txt", 'q"=ü']
    )
    again = build(form=["a=1", "b=@p.png"])
    environ = EnvironBuilder(
        method="POST", data=spec.content, headers=list(spec.headers)
    ).get_environ()
    _, form, files = parse_form_data(environ)
    shown = {}
    for name, each in files.items():
        shown[name] = (each.filename, each.mimetype, each.stream.read())
        each.close()
    assert form.to_dict() == {"a": "1", "d": "one\r\ntwo\n", 'q"': "ü"}
    assert shown == {
        "b": ("p.png", "image/png", b"\x89PNG"),
        "c": ("other.txt", "text/x", b"one\r\ntwo\n"),
    }
    assert again == build(form=["a=1", "b=@p.png"])


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ('{"a": 1}', "application/json"),
        ("[1,\n2]\n", "application/json"),
        ("a=1&b=2\n", "application/x-www-form-urlencoded"),
        ("a = 1", "text/plain; charset=utf-8"),
        ("plain", "text/plain; charset=utf-8"),
        ("3", "text/plain; charset=utf-8"),
        ('{"a": "x=y"', "text/plain; charset=utf-8"),
    ],
)
def test_a_cells_text_is_taken_for_what_it_looks_like(text: str, media_type: str) -> None:
    assert build_text_request("POST", "/x", text, RequestOptions()) == RequestSpec(
        method="POST",
        target="/x",
        headers=(("Content-Type", media_type),),
        content=text.strip().encode(),
    )


def test_a_cells_text_is_what_a_field_says() -> None:
    options = RequestOptions(headers=["content-type: a/b"])
    spec = build_text_request("PUT", "/x#part", "{}", options)
    assert spec.headers == (("content-type", "a/b"),)
    assert spec.target == "/x"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"headers": ["nonsense"]},
            "'nonsense' is not a header field. Write 'Name: value'.",
        ),
        (
            {"headers": ["A: b\r\nC: d"]},
            "'A: b\\r\\nC: d' is not a header field. Write 'Name: value'.",
        ),
        ({"cookies": ["file"]}, "'file' is not a cookie. Write 'name=value; other=value'."),
        ({"user": "me"}, "-u 'me' has no password. Write 'user:password'."),
        ({"form": ["x"]}, "-F 'x' is not a field. Write 'name=value' or 'name=@path'."),
        ({"target": "x"}, "'x' is not a path of the app. Write '/x'."),
        ({"target": ""}, "'' is not a path of the app. Write '/'."),
        (
            {"form": ["a=1"], "data": [DataOption("data", "a")]},
            "A request has one body: -F goes with neither -d nor --json. Use one.",
        ),
    ],
)
def test_an_option_that_cannot_be_read_says_so(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        build(**options)
    assert str(caught.value) == message
