"""A request as a notebook's cell: a magic where that says all of it, else the test client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from nbflask.errors import OptionError
from nbflask.values.request_spec import (
    FORM_TYPE,
    JSON_TYPE,
    DataOption,
    RequestOptions,
    build_request,
)
from nbflask.values.words import split_words

from .flask_call import needed_fields, write_open
from .outgoing import Outgoing, build_outgoing
from .python import find_imports, write_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange

_OPTIONS = {"json": "json", "raw": "data-raw"}

_MAGICS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))

#: A line of more is none that a person reads.
_MAX_MAGIC = 160

# IPython reads "x?" as a question, and a cell's last backslash as a line that goes on.
_BARE_WORD = re.compile(r"[\w/.,:;&=+%~@-]+", re.ASCII)


def to_client(exchange: Exchange, *, base_url: str = "") -> str:
    """Give a cell that sends the request to the notebook's app again.

    A magic sends the cookies that the notebook's client keeps. So a request that had cookies of its
    own is sent by a client that keeps none.
    """
    return write_client([exchange], base_url=base_url)


def write_client(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give one cell for all of them."""
    requests = [build_outgoing(each, base_url=base_url) for each in exchanges]
    blocks = [
        _write(request, exchange.app_name)
        for request, exchange in zip(requests, exchanges, strict=True)
    ]
    body = "\n".join(blocks)
    imports = "".join(f"{line}\n" for line in find_imports(body))
    return f"{imports}\n{body}" if imports else body


def _write(request: Outgoing, app_name: str) -> str:
    line = _write_magic(request, app_name)
    if line is None:
        app = app_name if app_name.isidentifier() else "app"
        line = "\n".join((write_open(request, f"{app}.test_client(use_cookies=False)"), "response"))
    return "\n".join([*write_comments(request), line, ""])


def _write_magic(request: Outgoing, app_name: str) -> str | None:
    """Give a magic's line; ``None`` if it would send another request."""
    if request.method not in _MAGICS or request.content_file or request.app_url.startswith("//"):
        return None
    try:
        options = _choose_options(request)
        spec = build_request(request.method, request.app_url, options, _no_file)
    except (OptionError, UnicodeDecodeError):
        return None
    if not _is_same(spec.headers, needed_fields(request)) or spec.cookies:
        return None
    return _write_line(request, options, app_name)


def _choose_options(request: Outgoing) -> RequestOptions:
    fields = needed_fields(request)
    given = {name.lower(): value for name, value in fields}
    if not request.content:
        return RequestOptions(headers=_write_fields(fields, {}))
    if given.get("content-type") == JSON_TYPE and given.get("accept") == JSON_TYPE:
        option: Literal["json", "raw"] = "json"
        sent = {"content-type": JSON_TYPE, "accept": JSON_TYPE}
    else:
        option, sent = "raw", {"content-type": FORM_TYPE}
    text = request.content.decode()
    return RequestOptions(headers=_write_fields(fields, sent), data=[DataOption(option, text)])


def _write_fields(fields: Sequence[tuple[str, str]], sent: dict[str, str]) -> list[str]:
    """Give the fields that the other options do not send, and leave out what they would."""
    names = {name.lower() for name, _ in fields}
    lines = [
        f"{name}: {value}" if value.strip() else f"{name};"
        for name, value in fields
        if sent.get(name.lower()) != value
    ]
    return lines + [f"{name.title()}:" for name in sent if name not in names]


def _is_same(sent: Sequence[tuple[str, str]], wanted: Sequence[tuple[str, str]]) -> bool:
    def order(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        return sorted((name.lower(), value.strip()) for name, value in fields)

    return order(sent) == order(wanted)


def _write_line(request: Outgoing, options: RequestOptions, app_name: str) -> str | None:
    values = [("-H", each) for each in options.headers]
    values += [
        ("--json" if each.kind == "json" else "--data-raw", each.text) for each in options.data
    ]
    values += [("--app", app_name)] if app_name != "app" else []
    words = [request.app_url, *(word for pair in values for word in pair)]
    quoted = [_quote(each) for each in words]
    line = f"%flask_{request.method.lower()} {' '.join(each or '' for each in quoted)}"
    # A value that begins with a dash would be read as an option.
    if None in quoted or any(value.startswith("-") for _, value in values):
        return None
    if len(line) > _MAX_MAGIC or not line.isprintable():
        return None
    return line if list(split_words(line))[1:] == words else None


def _quote(word: str) -> str | None:
    """Quote a word as a magic's line reads it, where there are no escapes; ``None``: it cannot."""
    if _BARE_WORD.fullmatch(word):
        return word
    return next((f"{quote}{word}{quote}" for quote in "'\"" if quote not in word), None)


def _no_file(path: str) -> bytes:
    raise OptionError(f"{path!r} would be a file.")
