"""A request as a value, and the options of curl's that describe one.

The options mean what they mean to curl (its manual page, version 8), so that a command can be
copied: ``-d`` sends its text as it is, several are joined by ``&``, and ``@file`` stands for a
file's content. A file is read by the caller's function: nothing here touches a disk.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote_plus

from nbflask.errors import OptionError
from nbflask.values.multipart import Part, encode_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    ReadFile = Callable[[str], bytes]

FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"

# RFC 9110 section 5.6.2: token.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, kw_only=True)
class RequestSpec:
    """A request that is ready to be sent.

    :param target: ``/path?query``, or an absolute URL; it may hold characters that a URL encodes.
    :param headers: Header fields as ``(name, value)``, in order; cookies stand apart.
    :param cookies: ``(name, value)`` of the cookies sent besides the client's own.
    :param follow: Follow redirects.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    cookies: tuple[tuple[str, str], ...] = ()
    follow: bool = False


@dataclass(frozen=True)
class DataOption:
    """One ``-d``, ``--data-raw``, ``--data-binary``, ``--data-urlencode`` or ``--json``."""

    kind: Literal["data", "raw", "binary", "urlencode", "json"]
    text: str


@dataclass(frozen=True, kw_only=True)
class RequestOptions:
    """The options of one command as they were written.

    :param query: Send the data as the target's query (``-G``).
    """

    headers: Sequence[str] = ()
    data: Sequence[DataOption] = ()
    form: Sequence[str] = ()
    cookies: Sequence[str] = ()
    user: str = ""
    query: bool = False
    follow: bool = False


@dataclass(frozen=True, kw_only=True)
class _Body:
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)


def build_request(
    method: str, target: str, options: RequestOptions, read_file: ReadFile
) -> RequestSpec:
    """Make the request that the options describe.

    :param read_file: Gives a file's content by the path that stands behind an ``@``.
    :raises OptionError: A value cannot be read, or two options exclude each other.
    """
    if options.data and options.form:
        raise OptionError("A request has one body: -F goes with neither -d nor --json. Use one.")
    if options.query:
        query = _join_data(options.data, read_file)
        return _finish(method, _with_query(target, query), _Body(content=b""), options)
    if options.form:
        return _finish(method, target, _build_form(options.form, read_file), options)
    return _finish(method, target, _build_data(options.data, read_file), options)


def build_text_request(method: str, target: str, text: str, options: RequestOptions) -> RequestSpec:
    """Make the request whose content is a cell's text.

    Where no option says its media type: what reads as a JSON object or array is JSON, one line of
    ``name=value&...`` is a form, anything else is plain text.

    :raises OptionError: The options give a body too.
    """
    if options.data or options.form:
        raise OptionError("The cell is the request's body: leave out -d, --json and -F.")
    text = text.strip("\n")
    headers = {"Content-Type": _guess_media_type(text)} if text else {}
    return _finish(method, target, _Body(content=text.encode(), headers=headers), options)


def _finish(method: str, target: str, body: _Body, options: RequestOptions) -> RequestSpec:
    given, cookies = split_cookies([parse_header(each) for each in options.headers])
    if options.user:
        body.headers["Authorization"] = _build_basic(options.user)
    return RequestSpec(
        method=method.upper(),
        target=check_target(target),
        headers=_merge(body.headers, given),
        content=body.content,
        cookies=(*cookies, *(pair for each in options.cookies for pair in parse_cookies(each))),
        follow=options.follow,
    )


def check_target(target: str) -> str:
    """Give the target without its fragment, which a client never sends.

    :raises OptionError: It is neither a path from the root nor an absolute URL.
    """
    if not target.startswith(("/", "http://", "https://")):
        better = f"/{target}" if target else "/"
        raise OptionError(f"{target!r} is not a path of the app. Write {better!r}.")
    return target.partition("#")[0]


def parse_header(text: str) -> tuple[str, str | None]:
    """Read ``Name: value``; ``Name;`` is an empty value, and ``Name:`` (``None``) leaves it out."""
    name, colon, value = text.partition(":")
    value = value.strip()
    if not colon and name.endswith(";"):
        name, colon, value = name[:-1], ";", ""
    if not colon or not _TOKEN.fullmatch(name.strip()) or re.search(r"[\r\n\0]", value):
        raise OptionError(f"{text!r} is not a header field. Write 'Name: value'.")
    return name.strip(), None if colon == ":" and not value else value


def parse_cookies(text: str) -> tuple[tuple[str, str], ...]:
    """Read ``a=1; b=2``."""
    cookies: list[tuple[str, str]] = []
    for pair in filter(None, (each.strip() for each in text.split(";"))):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise OptionError(f"{pair!r} is not a cookie. Write 'name=value; other=value'.")
        cookies.append((name.strip(), value.strip()))
    return tuple(cookies)


def split_cookies(
    headers: Sequence[tuple[str, str | None]],
) -> tuple[list[tuple[str, str | None]], list[tuple[str, str]]]:
    """Take the ``Cookie`` fields out of header fields, as a client keeps cookies apart."""
    cookies = [(name, value) for name, value in headers if name.lower() == "cookie"]
    others = [(name, value) for name, value in headers if name.lower() != "cookie"]
    return others, [pair for _, value in cookies for pair in parse_cookies(value or "")]


def _merge(
    defaults: dict[str, str], given: Sequence[tuple[str, str | None]]
) -> tuple[tuple[str, str], ...]:
    """Put defaults before what was given, without those that were given or left out by hand."""
    named = {name.lower() for name, _ in given}
    kept = [(name, value) for name, value in defaults.items() if name.lower() not in named]
    return (*kept, *((name, value) for name, value in given if value is not None))


def _build_basic(user: str) -> str:
    if ":" not in user:
        raise OptionError(f"-u {user!r} has no password. Write 'user:password'.")
    return f"Basic {base64.b64encode(user.encode()).decode()}"


def _build_data(options: Sequence[DataOption], read_file: ReadFile) -> _Body:
    if not options:
        return _Body(content=b"")
    content = _join_data(options, read_file)
    if any(each.kind == "json" for each in options):
        return _Body(content=content, headers={"Content-Type": JSON_TYPE, "Accept": JSON_TYPE})
    return _Body(content=content, headers={"Content-Type": FORM_TYPE})


def _join_data(options: Sequence[DataOption], read_file: ReadFile) -> bytes:
    joined = b""
    for index, option in enumerate(options):
        # curl joins several --json as they are, so that one document can be written in pieces.
        glue = b"&" if index and option.kind != "json" else b""
        joined += glue + _read_data(option, read_file)
    return joined


def _read_data(option: DataOption, read_file: ReadFile) -> bytes:
    if option.kind == "urlencode":
        return _read_urlencoded(option.text, read_file)
    if option.kind == "raw" or not option.text.startswith("@"):
        return option.text.encode()
    content = read_file(option.text[1:])
    # "Carriage returns, newlines and null bytes are stripped out", says curl of -d @file.
    return content if option.kind != "data" else re.sub(rb"[\r\n\0]", b"", content)


def _read_urlencoded(text: str, read_file: ReadFile) -> bytes:
    match = re.match(r"([^=@]*)([=@])(.*)", text, re.DOTALL)
    name, sign, value = match.groups() if match else ("", "=", text)
    content = read_file(value) if sign == "@" else value.encode()
    return f"{name}={quote_plus(content)}".removeprefix("=").encode()


def _with_query(target: str, query: bytes) -> str:
    if not query:
        return target
    glue = "&" if "?" in target else "?"
    return f"{target}{glue}{query.decode()}"


def _build_form(options: Sequence[str], read_file: ReadFile) -> _Body:
    parts = [_read_part(each, read_file) for each in options]
    content, media_type = encode_parts(parts)
    return _Body(content=content, headers={"Content-Type": media_type})


def _read_part(text: str, read_file: ReadFile) -> Part:
    """Read curl's ``name=value``, ``name=@path`` (a file), ``name=<path`` (a file's text)."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise OptionError(f"-F {text!r} is not a field. Write 'name=value' or 'name=@path'.")
    value, *settings = re.split(r";(?=(?:type|filename)=)", value)
    given = dict(each.split("=", 1) for each in settings)
    path = value[1:] if value[:1] in ("@", "<") else ""
    filename = given.get("filename", "").strip('"')
    if value.startswith("@"):
        filename = filename or path.rpartition("/")[2]
    return Part(
        name=name,
        content=read_file(path) if path else value.encode(),
        filename=filename,
        media_type=given.get("type", ""),
    )


def _guess_media_type(text: str) -> str:
    if re.fullmatch(r"[^\s=&{\[<]+=\S*", text):
        return FORM_TYPE
    try:
        is_json = isinstance(json.loads(text), (dict, list))
    except json.JSONDecodeError:
        is_json = False
    return JSON_TYPE if is_json else "text/plain; charset=utf-8"
