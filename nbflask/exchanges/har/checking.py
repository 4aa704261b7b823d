"""What the text of HAR 1.2 asks for, and the format's JSON Schema does not look at.

Rule 1: ``time`` is the sum of the timings that apply; ``ssl`` is a part of ``connect``.
Rule 2: no time is negative, but for -1 where a timing may be left out by it.
Rule 3: ``ssl`` is no longer than ``connect``.
Rule 4: ``postData`` has either ``text`` or ``params``.
Rule 5: each of ``params`` is an object with a name.
Rule 6: a content's ``size`` is that of its text, decoded, unless it says that it is cut.
Rule 7: a URL is absolute, and has no fragment.
Rule 8: dates are ISO 8601 with a time zone, those of cookies too.
Rule 9: what the format does not know begins with an underscore, and what it asks for is there.
Rule 10: entries are ordered, the oldest first.

The format: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_Types = type | tuple[type, ...]

# Each timing is rounded to a microsecond, so that a sum of them can be off by no more than this.
_TOLERANCE_MS = 0.01

_TIMES = ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")
_OPTIONAL_TIMES = frozenset(("blocked", "dns", "connect", "ssl"))


@dataclass(frozen=True)
class _Shape:
    """The members of an object, by name; ``comment`` may be in each."""

    required: dict[str, _Types]
    optional: dict[str, _Types]


_NUMBER = (int, float)
_PAIR = _Shape({"name": str, "value": str}, {})

_SHAPES = {
    "log": _Shape(
        {"version": str, "creator": dict, "entries": list}, {"browser": dict, "pages": list}
    ),
    "creator": _Shape({"name": str, "version": str}, {}),
    "entry": _Shape(
        {
            "startedDateTime": str,
            "time": _NUMBER,
            "request": dict,
            "response": dict,
            "cache": dict,
            "timings": dict,
        },
        {"pageref": str, "serverIPAddress": str, "connection": str},
    ),
    "request": _Shape(
        {
            "method": str,
            "url": str,
            "httpVersion": str,
            "cookies": list,
            "headers": list,
            "queryString": list,
            "headersSize": int,
            "bodySize": int,
        },
        {"postData": dict},
    ),
    "response": _Shape(
        {
            "status": int,
            "statusText": str,
            "httpVersion": str,
            "cookies": list,
            "headers": list,
            "content": dict,
            "redirectURL": str,
            "headersSize": int,
            "bodySize": int,
        },
        {},
    ),
    "cookies": _Shape(
        {"name": str, "value": str},
        {
            "path": str,
            "domain": str,
            "expires": str,
            "httpOnly": bool,
            "secure": bool,
            # Not of 1.2; Chrome and Firefox write and read it.
            "sameSite": str,
        },
    ),
    "headers": _PAIR,
    "queryString": _PAIR,
    "postData": _Shape({"mimeType": str}, {"text": str, "params": list}),
    "params": _Shape({"name": str}, {"value": str, "fileName": str, "contentType": str}),
    "content": _Shape(
        {"size": int, "mimeType": str}, {"compression": int, "text": str, "encoding": str}
    ),
    "timings": _Shape(
        {"send": _NUMBER, "wait": _NUMBER, "receive": _NUMBER},
        dict.fromkeys(("blocked", "dns", "connect", "ssl"), _NUMBER),
    ),
}


def check_har(har: object) -> list[str]:
    """Give what is wrong with a HAR, each as a sentence that begins with its place.

    :param har: What :func:`json.loads` gave, whatever that is.
    """
    log = har.get("log") if isinstance(har, dict) else None
    if not isinstance(log, dict):
        return ["log: it is missing."]
    found = list(_check_shape(log, "log", "log"))
    creator = log.get("creator")
    found += _check_shape(creator, "creator", "log.creator") if isinstance(creator, dict) else []
    entries = log.get("entries")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        found += _check_entry(entry, f"log.entries[{index}]")
    return found + list(_check_order(entries if isinstance(entries, list) else []))


def _check_shape(value: object, name: str, place: str) -> Iterator[str]:
    """Look at which members an object has, and of which types they are (rule 9)."""
    if not isinstance(value, dict):
        yield f"{place}: it is no object."
        return
    shape = _SHAPES[name]
    for key in shape.required.keys() - value.keys():
        yield f"{place}.{key}: it is missing."
    known = {**shape.required, **shape.optional, "comment": str}
    for key, member in value.items():
        if key in known and not _is_a(member, known[key]):
            yield f"{place}.{key}: it has the wrong type."
        elif key not in known and not str(key).startswith("_"):
            yield f"{place}.{key}: HAR has no such name, and it has no underscore."


def _is_a(value: object, types: _Types) -> bool:
    # In Python, true and false are numbers.
    return isinstance(value, types) and (types is bool or not isinstance(value, bool))


def _check_entry(entry: object, place: str) -> Iterator[str]:
    yield from _check_shape(entry, "entry", place)
    if not isinstance(entry, dict):
        return
    yield from _check_date(entry.get("startedDateTime"), f"{place}.startedDateTime")
    yield from _check_times(entry, place)
    yield from _check_request(entry.get("request"), f"{place}.request")
    yield from _check_response(entry.get("response"), f"{place}.response")


def _check_times(entry: dict[str, Any], place: str) -> Iterator[str]:
    timings = entry.get("timings")
    yield from _check_shape(timings, "timings", f"{place}.timings")
    given = timings if isinstance(timings, dict) else {}
    times = {name: given[name] for name in _TIMES if _is_a(given.get(name), _NUMBER)}
    for name, value in times.items():
        if not (value >= 0 or (value == -1 and name in _OPTIONAL_TIMES)):
            yield f"{place}.timings.{name}: {value} is no time."
    if times.get("ssl", -1) > max(times.get("connect", -1), 0):
        yield f"{place}.timings.ssl: it is longer than connect, which it is a part of."
    total = entry.get("time")
    if not isinstance(total, _NUMBER):
        return
    if not total >= 0:
        yield f"{place}.time: {total} is no time."
    said = sum(value for name, value in times.items() if value > 0 and name != "ssl")
    if not abs(total - said) <= _TOLERANCE_MS:
        yield f"{place}.time: it is {total}, and the timings are {round(said, 3)} together."


def _check_request(request: object, place: str) -> Iterator[str]:
    yield from _check_shape(request, "request", place)
    if not isinstance(request, dict):
        return
    yield from _check_url(request.get("url"), f"{place}.url")
    yield from _check_items(request, "queryString", place)
    yield from _check_head(request, place)
    if "postData" in request:
        yield from _check_post_data(request["postData"], f"{place}.postData")


def _check_response(response: object, place: str) -> Iterator[str]:
    yield from _check_shape(response, "response", place)
    if not isinstance(response, dict):
        return
    yield from _check_head(response, place)
    content = response.get("content")
    yield from _check_shape(content, "content", f"{place}.content")
    if isinstance(content, dict):
        yield from _check_size(content, f"{place}.content")


def _check_head(message: dict[str, Any], place: str) -> Iterator[str]:
    yield from _check_items(message, "headers", place)
    yield from _check_items(message, "cookies", place)
    cookies = message.get("cookies")
    for index, cookie in enumerate(cookies if isinstance(cookies, list) else []):
        if isinstance(cookie, dict) and "expires" in cookie:
            yield from _check_date(cookie["expires"], f"{place}.cookies[{index}].expires")


def _check_items(parent: dict[str, Any], name: str, place: str) -> Iterator[str]:
    items = parent.get(name)
    for index, item in enumerate(items if isinstance(items, list) else []):
        yield from _check_shape(item, name, f"{place}.{name}[{index}]")


def _check_post_data(data: object, place: str) -> Iterator[str]:
    yield from _check_shape(data, "postData", place)
    if not isinstance(data, dict):
        return
    yield from _check_items(data, "params", place)
    if ("text" in data) == ("params" in data):
        yield f"{place}: it needs either text or params."


def _check_size(content: dict[str, Any], place: str) -> Iterator[str]:
    text, encoding = content.get("text"), content.get("encoding")
    if not isinstance(text, str) or content.get("_truncated"):
        return
    if encoding not in (None, "base64"):
        yield f"{place}.encoding: {encoding!r} is not known."
        return
    try:
        data = base64.b64decode(text, validate=True) if encoding else text.encode()
    except (binascii.Error, ValueError):
        yield f"{place}.text: it cannot be decoded."
        return
    if content.get("size") != len(data):
        yield f"{place}.size: it is {content.get('size')}, and the text has {len(data)} bytes."


def _check_url(url: object, place: str) -> Iterator[str]:
    try:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    except ValueError:
        parts = urlsplit("")
    if not (parts.scheme and parts.netloc):
        yield f"{place}: it is no absolute URL."
    if isinstance(url, str) and "#" in url:
        yield f"{place}: it has a fragment."


def _check_date(text: object, place: str) -> Iterator[str]:
    if _read_date(text) is None:
        yield f"{place}: it is no date of ISO 8601 with a time zone."


def _read_date(text: object) -> datetime | None:
    """Read a date with a time zone; ``None`` for what is none."""
    try:
        date = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return date if date is not None and date.tzinfo is not None and "T" in str(text) else None


def _check_order(entries: list[object]) -> Iterator[str]:
    dates = [
        _read_date(entry.get("startedDateTime")) if isinstance(entry, dict) else None
        for entry in entries
    ]
    known = [(index, date) for index, date in enumerate(dates) if date is not None]
    for (_, before), (index, date) in pairwise(known):
        if date < before:
            yield f"log.entries[{index}]: it is older than the one before it."
