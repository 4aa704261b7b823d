"""The text of ``.http`` files and the requests that it describes."""

from __future__ import annotations

import pytest

from nbflask.errors import CellError
from nbflask.values.http_text import HttpRequest, format_http_text, parse_http_text
from nbflask.values.request_spec import RequestSpec

FILES = {"./f.txt": b"from a file"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("GET /a", [HttpRequest(method="GET", target="/a")], id="one line"),
        pytest.param("/a?b=1", [HttpRequest(method="GET", target="/a?b=1")], id="a target alone"),
        pytest.param(
            "post http://h/a HTTP/1.1\n",
            [HttpRequest(method="POST", target="http://h/a")],
            id="a version, a URL, a method in lower case",
        ),
        pytest.param(
            "GET /a\n  ?b=1\n  &c=2\nX-A: 1\n",
            [HttpRequest(method="GET", target="/a?b=1&c=2", headers=(("X-A", "1"),))],
            id="a query over several lines",
        ),
        pytest.param(
            "# note\n// note\n\nPOST /a\n# Off: 1\nX-A: 1\n\n\n# kept\n\n{}\n\n",
            [HttpRequest(method="POST", target="/a", headers=(("X-A", "1"),), body="# kept\n\n{}")],
            id="comments, and a body as it is",
        ),
        pytest.param(
            "### first\nGET /a\n\n###\n# @name second\nGET /b\n### none\n# nothing\n###",
            [
                HttpRequest(method="GET", target="/a", name="first"),
                HttpRequest(method="GET", target="/b", name="second"),
            ],
            id="several with names",
        ),
        pytest.param(
            "@host = http://h\n@base={{host}}/api\nPUT {{base}}/x\nX-A: {{ host }}\n\n{{base}}",
            [
                HttpRequest(
                    method="PUT",
                    target="http://h/api/x",
                    headers=(("X-A", "http://h"),),
                    body="http://h/api",
                )
            ],
            id="variables",
        ),
    ],
)
def test_a_text_describes_requests(text: str, expected: list[HttpRequest]) -> None:
    found = parse_http_text(text)
    assert list(found) == expected
    assert parse_http_text(format_http_text(found)) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no request in the cell. Write one, such as: GET /hello"),
        ("\nhello", "Line 3: 'hello' is not a request. Write it as: GET /hello"),
        (
            "GET /a\nwhat is this",
            "Line 3: 'what is this' is not a header field. Write 'Name: value', "
            "and leave a line blank before the body.",
        ),
        ("GET /{{x}}", "Line 2: '{{x}}' has no value. Write '@x = ...' above it."),
        ("@x = a\nGET {{x}}", "Line 3: 'a' is not a path of the app. Write '/a'."),
    ],
)
def test_an_error_names_the_line_and_its_text(text: str, message: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_http_text(text, first_line=2)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("body", "headers", "content"),
    [
        pytest.param("a\nb", (), b"a\nb", id="text"),
        pytest.param("< ./f.txt", (), b"from a file", id="a file"),
        pytest.param("<p>\n< ./f.txt", (), b"<p>\n< ./f.txt", id="no file in a text"),
        pytest.param(
            "a=1\n &b=2",
            (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),),
            b"a=1&b=2",
            id="a form",
        ),
        pytest.param(
            "--x\nA: b\n\n< ./f.txt\n--x--",
            (("content-type", "multipart/form-data; boundary=x"),),
            b"--x\r\nA: b\r\n\r\nfrom a file\r\n--x--\r\n",
            id="multipart",
        ),
    ],
)
def test_a_body_is_sent_as_its_media_type_demands(
    body: str, headers: tuple[tuple[str, str], ...], content: bytes
) -> None:
    request = HttpRequest(
        method="POST", target="/a", headers=(*headers, ("Cookie", "a=1; b=2")), body=body
    )
    assert request.build(FILES.__getitem__, follow=True) == RequestSpec(
        method="POST",
        target="/a",
        headers=headers,
        content=content,
        cookies=(("a", "1"), ("b", "2")),
        follow=True,
    )


@pytest.mark.parametrize("body", ["\na", "a\n", "a\n### b", "{{x}}"])
def test_what_the_syntax_cannot_write_is_refused(body: str) -> None:
    with pytest.raises(CellError, match="cannot be written here"):
        format_http_text([HttpRequest(method="GET", target="/", body=body)])
