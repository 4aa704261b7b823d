"""HAR files of others are read, and what is wrong with one is one clear error."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from nbflask.errors import HarError
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.har import HarRequest, check_har, format_har, parse_har, to_har
from nbflask.values.multipart import Part, encode_parts
from nbflask.values.request_spec import RequestSpec
from tests.exchanges.recorded import record_everything

FORM = "application/x-www-form-urlencoded"


def har_of(*requests: dict[str, Any]) -> str:
    """Write requests as a HAR of as little as can be."""
    return json.dumps({"log": {"entries": [{"request": each} for each in requests]}})


# Chrome 131: HTTP/2's own names, names in lower case, a form as text and as params.
CHROME = {
    "method": "POST",
    "url": "https://example.test/login?next=%2F#top",
    "httpVersion": "http/2.0",
    "headers": [
        {"name": ":authority", "value": "example.test"},
        {"name": ":method", "value": "POST"},
        {"name": "content-length", "value": "15"},
        {"name": "content-type", "value": FORM},
        {"name": "cookie", "value": "a=1; b=2"},
        {"name": "accept", "value": "*/*"},
    ],
    "queryString": [{"name": "next", "value": "%2F"}],
    "cookies": [{"name": "a", "value": "1", "httpOnly": False, "secure": False}],
    "headersSize": -1,
    "bodySize": 15,
    "postData": {
        "mimeType": FORM,
        "text": "name=Ada&x=%C3%A9",
        "params": [{"name": "name", "value": "Ada"}, {"name": "x", "value": "%C3%A9"}],
    },
}

# Firefox 133: a version beside, Host among the fields, params that may be empty.
FIREFOX = {
    "bodySize": 13,
    "method": "PUT",
    "url": "http://localhost:5000/items/1",
    "httpVersion": "HTTP/1.1",
    "headers": [
        {"name": "Host", "value": "localhost:5000"},
        {"name": "Content-Type", "value": "application/json"},
        {"name": "Connection", "value": "keep-alive"},
        {"name": "Accept-Encoding", "value": "gzip, deflate"},
    ],
    "cookies": [{"name": "session", "value": "x.y"}],
    "queryString": [],
    "headersSize": 400,
    "postData": {"mimeType": "application/json", "params": [], "text": '{"a": "caf\u00e9"}'},
}

# mitmproxy 12: a form's fields, without a text.
MITMPROXY = {
    "method": "POST",
    "url": "http://localhost/form",
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "headers": [{"name": "Content-Type", "value": FORM}],
    "queryString": [],
    "headersSize": 100,
    "bodySize": 20,
    "postData": {
        "mimeType": FORM,
        "text": "",
        "params": [{"name": "a b", "value": "\u00e9&"}, {"name": "empty", "value": ""}],
    },
}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            CHROME,
            HarRequest(
                entry=1,
                method="POST",
                url="https://example.test/login?next=%2F#top",
                target="/login?next=%2F",
                headers=Fields([("content-type", FORM), ("cookie", "a=1; b=2"), ("accept", "*/*")]),
                content=b"name=Ada&x=%C3%A9",
            ),
            id="Chrome",
        ),
        pytest.param(
            FIREFOX,
            HarRequest(
                entry=1,
                method="PUT",
                url="http://localhost:5000/items/1",
                target="/items/1",
                headers=Fields(
                    [
                        ("Content-Type", "application/json"),
                        ("Accept-Encoding", "gzip, deflate"),
                        ("Cookie", "session=x.y"),
                    ]
                ),
                content='{"a": "café"}'.encode(),
            ),
            id="Firefox",
        ),
        pytest.param(
            MITMPROXY,
            HarRequest(
                entry=1,
                method="POST",
                url="http://localhost/form",
                target="/form",
                headers=Fields([("Content-Type", FORM)]),
                content=b"a+b=%C3%A9%26&empty=",
            ),
            id="mitmproxy",
        ),
        pytest.param(
            {"method": "GET", "url": "/relative path/\u00e9?q=\u2603"},
            HarRequest(
                entry=1,
                method="GET",
                url="/relative path/\u00e9?q=\u2603",
                target="/relative%20path/%C3%A9?q=%E2%98%83",
            ),
            id="as little as can be",
        ),
        pytest.param(
            {
                "method": "POST",
                "url": "http://h/",
                "postData": {"mimeType": "image/png", "text": "/wA=", "encoding": "base64"},
            },
            HarRequest(
                entry=1,
                method="POST",
                url="http://h/",
                target="/",
                headers=Fields([("Content-Type", "image/png")]),
                content=b"\xff\x00",
            ),
            id="base64",
        ),
        pytest.param(
            {
                "method": "POST",
                "url": "http://h/",
                "headers": [{"name": "Content-Type", "value": "text/plain; charset=latin-1"}],
                "postData": {"mimeType": "text/plain", "text": "caf\u00e9"},
            },
            HarRequest(
                entry=1,
                method="POST",
                url="http://h/",
                target="/",
                headers=Fields([("Content-Type", "text/plain; charset=latin-1")]),
                content=b"caf\xe9",
            ),
            id="another charset",
        ),
    ],
)
def test_requests_of_others_are_read(request_: dict[str, Any], expected: HarRequest) -> None:
    assert parse_har(har_of(request_)) == (expected,)
    # As bytes of a file, with the mark that some editors put before it.
    assert parse_har(b"\xef\xbb\xbf" + har_of(request_).encode()) == (expected,)


def test_a_request_is_built_with_its_cookies_apart() -> None:
    (read,) = parse_har(har_of(CHROME))
    assert read.build() == RequestSpec(
        method="POST",
        target="/login?next=%2F",
        headers=(("content-type", FORM), ("accept", "*/*")),
        content=b"name=Ada&x=%C3%A9",
        cookies=(("a", "1"), ("b", "2")),
    )


def test_a_form_with_files_is_written_anew() -> None:
    params = [
        {"name": "name", "value": "Ada"},
        {"name": "f", "value": "hi", "fileName": "a.txt", "contentType": "text/plain"},
    ]
    media_type = "multipart/form-data; boundary=lost"
    data = {"mimeType": media_type, "params": params}
    (read,) = parse_har(har_of({"method": "POST", "url": "http://h/", "postData": data}))
    content, new_type = encode_parts(
        [
            Part(name="name", content=b"Ada"),
            Part(name="f", content=b"hi", filename="a.txt", media_type="text/plain"),
        ]
    )
    assert (read.content, read.headers) == (content, Fields([("Content-Type", new_type)]))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param(
            {
                "method": "POST",
                "url": "http://h/",
                "postData": {
                    "mimeType": "multipart/form-data; boundary=x",
                    "params": [{"name": "f", "fileName": "a.bin"}],
                },
            },
            "Entry 1 cannot be sent: The file that it sent is not in the HAR.",
            id="a file",
        ),
        pytest.param(
            {"method": "PUT", "url": "http://h/", "_requestBodyStatus": "discarded:too-large"},
            "Entry 1 cannot be sent: Its content is not in the file.",
            id="HTTP Toolkit's discarded contents",
        ),
        pytest.param(
            {"method": "GET", "url": "wss://h/socket"},
            "Entry 1 cannot be sent: Its URL begins with 'wss', and an app is asked by HTTP.",
            id="a websocket",
        ),
        pytest.param(
            {"method": "GET", "url": "data:text/plain,x"},
            "Entry 1 cannot be sent: Its URL begins with 'data', and an app is asked by HTTP.",
            id="a data URL",
        ),
    ],
)
def test_what_is_not_in_the_file_is_not_made_up(request_: dict[str, Any], message: str) -> None:
    (read,) = parse_har(har_of(request_))
    with pytest.raises(HarError) as caught:
        read.build()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "This is no HAR file: Expecting value at line 1, column 1. Save it again, as HAR."),
        (b"\xff\xfe", "This is no HAR file: it is not UTF-8. Save it again, as HAR."),
        ("[" * 100_000, "This is no HAR file: it is nested too deeply. Save it again, as HAR."),
        (
            "1" * 10_000,
            "This is no HAR file: it holds a number that is too long. Save it again, as HAR.",
        ),
        ("[]", "This is no HAR file: It has no object named 'log'."),
        ('{"log": {}}', "This is no HAR file: Its log has no array named 'entries'."),
        (
            '{"log": {"entries": [7]}}',
            "This is no HAR file: entry 1 has no object named 'request'.",
        ),
        (
            har_of({"method": "GET", "url": "/"}, {"method": "GET"}),
            "This is no HAR file: the request of entry 2 has no text named 'url'.",
        ),
        (
            har_of({"method": "GET /", "url": "/"}),
            "Entry 1 asks by 'GET /', which is no method of HTTP.",
        ),
        (
            har_of({"method": "GET", "url": "http://[::1/"}),
            "Entry 1 has 'http://[::1/' for a URL: Invalid IPv6 URL.",
        ),
        (
            har_of({"method": "GET", "url": "/", "headers": {"a": "b"}}),
            "Entry 1 has 'headers' that is no array.",
        ),
        (
            har_of({"method": "GET", "url": "/", "headers": [{"name": "a"}]}),
            "Entry 1 has an item of 'headers' without a name and a value.",
        ),
        (
            har_of({"method": "GET", "url": "/", "headers": [{"name": "a", "value": "b\r\nc: d"}]}),
            "Entry 1 has a header 'a' that no request can have.",
        ),
        (
            har_of({"method": "GET", "url": "/", "postData": "x"}),
            "Entry 1 has 'postData' that is no object.",
        ),
        (
            har_of({"method": "GET", "url": "/", "postData": {"params": [1]}}),
            "Entry 1 has 'params' that are no fields of a form.",
        ),
        (
            har_of({"method": "GET", "url": "/", "postData": {"text": "?", "encoding": "base64"}}),
            "Entry 1 has a content that is not valid base64.",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str | bytes, message: str) -> None:
    with pytest.raises(HarError) as caught:
        parse_har(text)
    assert str(caught.value) == message


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e400,
    "",
    "\ud800",
    "\x00",
    "http://[",
    [],
    {},
    [[]],
    [{}],
    {"name": 1},
)


def mutate(value: Any, chance: random.Random) -> Any:
    """Change one thing somewhere in a HAR."""
    har = copy.deepcopy(value)
    place = har
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return har
        key = chance.choice(keys)
        if not isinstance(place[key], (dict, list)) or chance.random() < 0.2:
            break
        place = place[key]
    if chance.random() < 0.2:
        del place[key]
    else:
        place[key] = copy.deepcopy(chance.choice(ODD))
    return har


def test_whatever_a_file_holds_there_is_no_other_error() -> None:
    chance = random.Random(22)
    good = [to_har(record_everything()[:6]), *(json.loads(har_of(r)) for r in (CHROME, MITMPROXY))]
    refused = []
    for _ in range(1500):
        har = mutate(chance.choice(good), chance)
        for _ in range(chance.randrange(3)):
            har = mutate(har, chance)
        check_har(har)
        try:
            for read in parse_har(json.dumps(har)):
                assert read.obstacle or read.build()
        except HarError as error:
            refused.append(str(error))
    assert 100 < len(refused) < 1400
    assert all(each.startswith(("Entry ", "This is no HAR file: ")) for each in refused)


def test_a_file_that_is_cut_or_garbled_is_refused_by_one_error() -> None:
    chance = random.Random(23)
    data = format_har(record_everything()[:3]).encode()
    for _ in range(300):
        garbled = bytearray(data[: chance.randrange(len(data))])
        for _ in range(chance.randrange(4)):
            garbled[chance.randrange(len(garbled) or 1) : 0] = chance.randbytes(2)
        try:
            parse_har(bytes(garbled))
        except HarError:
            continue
