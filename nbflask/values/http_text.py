"""The text of ``.http`` files, as editors know it, and the requests that it describes.

Rule 1: ``###`` at the start of a line divides requests; what follows it is the next one's name.
Rule 2: before the body, lines that begin with ``#`` or ``//`` are comments; ``# @name x`` names.
Rule 3: ``@name = value`` before a request line defines a variable for all that follows,
and ``{{name}}`` stands for it anywhere.
Rule 4: the request line is ``METHOD target``, and HTTP's version may follow; a target
alone is asked for by GET. Lines below it that begin with ``?`` or ``&`` continue its query.
Rule 5: header fields follow, a blank line, then the body, up to the next ``###``.
Rule 6: a body of the one line ``< path`` is that file's content. In a multipart body each
such line is, and lines end as HTTP's do; a form's lines are joined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.errors import CellError, OptionError
from nbflask.values.request_spec import (
    FORM_TYPE,
    RequestSpec,
    check_target,
    parse_header,
    split_cookies,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    _Line = tuple[int, str]

_DIVIDER = re.compile(r"###+\s*(.*)")
_COMMENT = re.compile(r"\s*(?:#|//)\s*(?:@name\s+(?P<name>\S.*))?")
_VARIABLE = re.compile(r"@(?P<name>[\w.-]+)\s*=\s*(?P<value>.*)")
_USE = re.compile(r"\{\{\s*([\w.$-]+)\s*\}\}")
_REQUEST_LINE = re.compile(
    r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<target>(?:/|https?://|\{\{).*?)(?:\s+HTTP/[\d.]+)?\s*"
)
_INCLUDE = re.compile(r"<\s+(\S.*?)\s*")


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    r"""One request of a ``.http`` text.

    :param name: What follows its ``###``, or empty.
    :param line: Number of its request line; it says where, and is not compared.
    :param body: Lines divided by ``\n``, without blank lines at its ends.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    name: str = ""
    line: int = field(default=0, compare=False)

    def build(self, read_file: Callable[[str], bytes], *, follow: bool = False) -> RequestSpec:
        """Make the request to send, with the files that the body names.

        :param read_file: Gives a file's content by the path that stands behind ``<``.
        :param follow: Follow redirects.
        """
        headers, cookies = split_cookies(self.headers)
        return RequestSpec(
            method=self.method,
            target=self.target,
            headers=tuple((name, value or "") for name, value in headers),
            content=self._build_content(read_file),
            cookies=tuple(cookies),
            follow=follow,
        )

    def _build_content(self, read_file: Callable[[str], bytes]) -> bytes:
        media_type = _media_type(self.headers)
        lines = self.body.split("\n")
        if media_type.startswith("multipart/"):
            return b"".join(_read_line(line, read_file) + b"\r\n" for line in lines)
        if len(lines) == 1:
            return _read_line(self.body, read_file)
        if media_type == FORM_TYPE:
            return "".join(line.strip() for line in lines).encode()
        return self.body.encode()


def parse_http_text(text: str, *, first_line: int = 1) -> tuple[HttpRequest, ...]:
    """Read all requests of a text.

    :param first_line: Number of the text's first line, for what errors say; 2 below a magic.
    :raises CellError: A line is not what its place takes, or there is no request.
    """
    variables: dict[str, str] = {}
    requests: list[HttpRequest] = []
    block = _Block()
    for number, line in enumerate(text.splitlines(), first_line):
        if divider := _DIVIDER.fullmatch(line):
            requests += _read_block(block, variables)
            block = _Block(name=divider[1].strip())
        else:
            block.lines.append((number, line))
    requests += _read_block(block, variables)
    if not requests:
        raise CellError("There is no request in the cell. Write one, such as: GET /hello")
    return tuple(requests)


def format_http_text(requests: Sequence[HttpRequest]) -> str:
    """Write requests so that :func:`parse_http_text` reads the same ones.

    :raises CellError: A request holds what the syntax has no way to write.
    """
    return "\n\n".join(_format(request, alone=len(requests) == 1) for request in requests) + "\n"


@dataclass(kw_only=True)
class _Block:
    """The numbered lines between two dividers."""

    name: str = ""
    lines: list[_Line] = field(default_factory=list)


def _read_block(block: _Block, variables: dict[str, str]) -> list[HttpRequest]:
    """Give the one request of a block, or none where there is nothing but comments."""
    rest = iter(block.lines)
    name, start = _read_opening(block, rest, variables)
    if start is None:
        return []
    line, text = start
    method, target = _read_request_line(line, text)
    query, headers = _read_head(rest, variables)
    lines = [_fill(text, number, variables) for number, text in rest]
    return [
        HttpRequest(
            method=method,
            target=_read_target(line, _fill(target + query, line, variables)),
            headers=headers,
            body="\n".join(lines).strip("\n") if any(map(str.strip, lines)) else "",
            name=name.strip(),
            line=line,
        )
    ]


def _read_opening(
    block: _Block, rest: Iterator[_Line], variables: dict[str, str]
) -> tuple[str, _Line | None]:
    """Give the request's name and its request line, and enter the variables before it."""
    name = block.name
    for number, line in rest:
        if comment := _COMMENT.match(line):
            name = comment["name"] or name
        elif definition := _VARIABLE.fullmatch(line.strip()):
            variables[definition["name"]] = _fill(definition["value"], number, variables)
        elif line.strip():
            return name, (number, line)
    return name, None


def _read_head(
    rest: Iterator[_Line], variables: dict[str, str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give the rest of the query, and the header fields, up to the blank line."""
    query = ""
    headers: list[tuple[str, str]] = []
    for number, line in rest:
        text = line.strip()
        if not text:
            break
        if text[0] in "?&" and not headers:
            query += text
        elif not _COMMENT.match(line):
            headers.append(_read_header(number, _fill(text, number, variables)))
    return query, tuple(headers)


def _read_request_line(number: int, line: str) -> tuple[str, str]:
    match = _REQUEST_LINE.fullmatch(line.strip())
    if match is None:
        raise CellError(
            f"Line {number}: {line.strip()!r} is not a request. Write it as: GET /hello"
        )
    return (match["method"] or "GET").upper(), match["target"]


def _read_target(number: int, target: str) -> str:
    try:
        return check_target(target)
    except OptionError as fault:
        raise CellError(f"Line {number}: {fault}") from None


def _read_header(number: int, text: str) -> tuple[str, str]:
    try:
        name, value = parse_header(text)
    except OptionError:
        raise CellError(
            f"Line {number}: {text!r} is not a header field. Write 'Name: value', "
            "and leave a line blank before the body."
        ) from None
    return name, value or ""


def _fill(text: str, number: int, variables: dict[str, str]) -> str:
    def look_up(match: re.Match[str]) -> str:
        if match[1] not in variables:
            raise CellError(
                f"Line {number}: {match[0]!r} has no value. Write '@{match[1]} = ...' above it."
            )
        return variables[match[1]]

    return _USE.sub(look_up, text)


def _media_type(headers: Sequence[tuple[str, str]]) -> str:
    found = [value for name, value in headers if name.lower() == "content-type"]
    return found[-1].partition(";")[0].strip().lower() if found else ""


def _read_line(line: str, read_file: Callable[[str], bytes]) -> bytes:
    include = _INCLUDE.fullmatch(line)
    return read_file(include[1]) if include else line.encode()


def _format(request: HttpRequest, *, alone: bool) -> str:
    if request.body != request.body.strip("\n") or re.search(r"^###", request.body, re.MULTILINE):
        raise CellError(
            f"The body {request.body[:40]!r} cannot be written here: blank lines at its ends "
            "would be lost, and '###' divides requests. Send it from Python."
        )
    lines = [] if alone and not request.name else [f"### {request.name}".rstrip()]
    lines.append(f"{request.method} {request.target}")
    lines += [f"{name}: {value}".rstrip() for name, value in request.headers]
    if request.body:
        lines += ["", request.body]
    text = "\n".join(lines)
    if used := _USE.search(text):
        raise CellError(
            f"{used[0]!r} cannot be written here: it would be a variable. Send it from Python."
        )
    return text
