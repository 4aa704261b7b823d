"""The requests of an HTTP Archive, whoever wrote it, to be sent to an app.

Rule 1: a file is read whole or not at all. What is wrong with it is one error, which names the
entry, and there is no other error, whatever the file holds.
Rule 2: writers leave out and add what they like. Only what makes up a request is looked at.
Rule 3: what a request cannot be sent without, and is not in the file, is said and not made up.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from nbflask.errors import HarError
from nbflask.exchanges.fields import NO_FIELDS, Fields
from nbflask.exchanges.media_types import parse_media_type
from nbflask.exchanges.redaction import redact_text
from nbflask.exchanges.targets import encode_target
from nbflask.values.multipart import Part, encode_parts
from nbflask.values.request_spec import FORM_TYPE, RequestSpec

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

# What a client writes itself, or what only one connection had (RFC 9110 section 7.6.1).
_LEFT_OUT = frozenset(
    (
        *("host", "content-length", "connection", "transfer-encoding", "expect", "keep-alive"),
        *("proxy-connection", "te", "trailer", "upgrade"),
    )
)


@dataclass(frozen=True, kw_only=True)
class HarRequest:
    """A request of an entry.

    :param entry: The entry's number, from 1.
    :param url: As in the file.
    :param target: Path and query of the URL.
    :param headers: Without those that a client writes itself.
    :param obstacle: Why it cannot be sent as it was, a whole sentence; ``""`` if it can.
    """

    entry: int
    method: str
    url: str = field(repr=False)
    target: str = field(repr=False)
    headers: Fields = NO_FIELDS
    content: bytes = field(default=b"", repr=False)
    obstacle: str = ""

    def build(self) -> RequestSpec:
        """Give the request as the client takes it.

        :raises HarError: There is an obstacle.
        """
        if self.obstacle:
            raise HarError(f"Entry {self.entry} cannot be sent: {self.obstacle}")
        lines = self.headers.get_all("Cookie")
        pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
        return RequestSpec(
            method=self.method,
            target=encode_target(self.target),
            headers=tuple(pair for pair in self.headers if pair[0].lower() != "cookie"),
            content=self.content,
            cookies=tuple((name, value) for name, equals, value in pairs if equals and name),
        )


def parse_har(text: str | bytes) -> tuple[HarRequest, ...]:
    """Read the requests of a ``.har`` file, in their order.

    :param text: What the file holds.
    :raises HarError: It is no HAR, or one of its entries has no request that can be read.
    """
    entries = _member(_member(_read_json(text), "log", dict, "It"), "entries", list, "Its log")
    return tuple(_read_entry(entry, number) for number, entry in enumerate(entries, 1))


def _read_json(text: str | bytes) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text.removeprefix("\N{BOM}"))
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        reason = f"{fault.msg} at {place}"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError:
        # Python reads no number of more than 4,300 digits.
        reason = "it holds a number that is too long"
    raise HarError(f"This is no HAR file: {reason}. Save it again, as HAR.")


def _member(value: Any, name: str, kind: type[Any], whose: str) -> Any:
    """Give a member of an object.

    :raises HarError: It is not there, or is of another kind.
    """
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, kind):
        return found
    word = {"dict": "object", "list": "array", "str": "text"}[kind.__name__]
    raise HarError(f"This is no HAR file: {whose} has no {word} named {name!r}.")


def _read_entry(entry: Any, number: int) -> HarRequest:
    whose = f"entry {number}"
    request = _member(entry, "request", dict, whose)
    whose = f"the request of entry {number}"
    method = _member(request, "method", str, whose)
    if not _TOKEN.fullmatch(method):
        raise HarError(f"Entry {number} asks by {method!r}, which is no method of HTTP.")
    url = _member(request, "url", str, whose)
    headers = _read_headers(request, number)
    body = _read_body(request, headers, number)
    scheme, target = _read_url(url, number)
    obstacle = body.obstacle
    if scheme not in ("http", "https", ""):
        obstacle = f"Its URL begins with {scheme!r}, and an app is asked by HTTP."
    return HarRequest(
        entry=number,
        method=method,
        url=url,
        target=_read_own_target(entry) or target,
        headers=body.headers,
        content=body.content,
        obstacle=obstacle,
    )


def _read_url(url: str, number: int) -> tuple[str, str]:
    """Give an URL's scheme and its target."""
    try:
        parts = urlsplit(url)
    except ValueError as fault:
        raise HarError(
            f"Entry {number} has {redact_text(url)[:99]!r} for a URL: {fault}."
        ) from None
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    target = f"{path}?{parts.query}" if parts.query else path
    return parts.scheme, encode_target(target.encode("utf-8", "replace").decode("latin-1"))


def _read_own_target(entry: dict[str, Any]) -> str:
    """Give what nbflask itself has written: a target as it was sent, which may be no path."""
    own = entry.get("_nbflask")
    target = own.get("target") if isinstance(own, dict) else None
    return target if isinstance(target, str) and re.fullmatch(r"/[!-\xff]*|\*", target) else ""


def _read_headers(request: dict[str, Any], number: int) -> list[tuple[str, str]]:
    """Give header fields, with the cookies that some writers have only apart."""
    headers = _read_pairs(request, "headers", number)
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or re.search(r"[\r\n\0]", value):
            raise HarError(f"Entry {number} has a header {name[:99]!r} that no request can have.")
    if not any(name.lower() == "cookie" for name, _ in headers):
        cookies = _read_pairs(request, "cookies", number)
        text = "; ".join(f"{name}={value}" for name, value in cookies)
        headers += [("Cookie", re.sub(r"[\r\n\0]", "", text))] if text else []
    return [pair for pair in headers if pair[0].lower() not in _LEFT_OUT]


def _read_pairs(parent: dict[str, Any], name: str, number: int) -> list[tuple[str, str]]:
    """Give names and values of an array, without HTTP/2's own (``:path``)."""
    items = parent.get(name) or []
    if not isinstance(items, list):
        raise HarError(f"Entry {number} has {name!r} that is no array.")
    pairs = []
    for item in items:
        key, value = (item.get("name"), item.get("value")) if isinstance(item, dict) else (0, 0)
        if not isinstance(key, str) or not isinstance(value, str):
            raise HarError(f"Entry {number} has an item of {name!r} without a name and a value.")
        if not key.startswith(":"):
            pairs.append((_clean(key), _clean(value)))
    return pairs


def _clean(text: str) -> str:
    """Give a text that can be written; JSON can name halves of characters."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, kw_only=True)
class _Body:
    """A content, and the header fields that go with it."""

    headers: Fields
    content: bytes = b""
    obstacle: str = ""


def _read_body(request: dict[str, Any], headers: list[tuple[str, str]], number: int) -> _Body:
    given = Fields(headers)
    if (content := _read_own_content(request, number)) is not None:
        return _Body(headers=given, content=content)
    status = request.get("_requestBodyStatus")
    if isinstance(status, str) and status.startswith("discarded:"):
        return _Body(headers=given, obstacle="Its content is not in the file.")
    data = request.get("postData")
    if data is None:
        return _Body(headers=given)
    if not isinstance(data, dict):
        raise HarError(f"Entry {number} has 'postData' that is no object.")
    media_type = data.get("mimeType")
    media_type = media_type if isinstance(media_type, str) else ""
    if given.get("Content-Type") is None and re.fullmatch(r"[!-~]+/[ -~]+", media_type):
        given = Fields([*given, ("Content-Type", media_type)])
    return _read_post_data(data, given, number)


def _read_own_content(request: dict[str, Any], number: int) -> bytes | None:
    """Give the bytes that nbflask and HTTP Toolkit write for what is no text."""
    content = request.get("_content")
    if not isinstance(content, dict) or content.get("encoding") != "base64":
        return None
    return _decode_base64(content.get("text"), number)


def _decode_base64(text: Any, number: int) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise HarError(f"Entry {number} has a content that is not valid base64.") from None


def _read_post_data(data: dict[str, Any], headers: Fields, number: int) -> _Body:
    text = data.get("text")
    if isinstance(text, str) and (text or not data.get("params")):
        if "base64" in (data.get("encoding"), data.get("_encoding")):
            return _Body(headers=headers, content=_decode_base64(text, number))
        charset = parse_media_type(headers.get("Content-Type", "")).charset
        return _Body(headers=headers, content=codecs.encode(text, charset, "replace"))
    return _read_params(data, headers, number)


def _read_params(data: dict[str, Any], headers: Fields, number: int) -> _Body:
    """Make a form's content of its fields, where the writer gave no text."""
    params = data.get("params") or []
    if not isinstance(params, list) or not all(map(_is_param, params)):
        raise HarError(f"Entry {number} has 'params' that are no fields of a form.")
    media_type = parse_media_type(headers.get("Content-Type", "")).name
    if media_type == "multipart/form-data":
        return _build_form(params, headers)
    if media_type in ("", FORM_TYPE):
        pairs = [(_clean(each["name"]), _clean(each.get("value") or "")) for each in params]
        return _Body(headers=headers, content=urlencode(pairs).encode())
    return _Body(headers=headers, obstacle="Its content is not in the file." if params else "")


def _is_param(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return False
    return all(isinstance(item.get(key) or "", str) for key in ("value", "fileName", "contentType"))


def _build_form(params: list[dict[str, Any]], headers: Fields) -> _Body:
    """Write a form with files anew; its boundary is another."""
    if any(each.get("fileName") and not each.get("value") for each in params):
        return _Body(headers=headers, obstacle="The file that it sent is not in the HAR.")
    parts = [
        Part(
            name=_clean(each["name"]),
            content=_clean(each.get("value") or "").encode(),
            filename=_clean(each.get("fileName") or ""),
            media_type=re.sub(r"[\r\n\0]", "", _clean(each.get("contentType") or "")),
        )
        for each in params
    ]
    content, media_type = encode_parts(parts)
    others = [pair for pair in headers if pair[0].lower() != "content-type"]
    return _Body(headers=Fields([*others, ("Content-Type", media_type)]), content=content)
