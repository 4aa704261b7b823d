"""The head of a request: its bytes to a value, or a fault with the status that answers it.

Rule 1: what two readers could read in two ways is refused, not repaired: that
is what request smuggling lives on (RFC 9112 section 11.2).

Rule 2: the field lines stay as they were sent, in their order, for whoever
looks at the exchange later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

#: As much as any browser sends; nginx takes 32 KiB, gunicorn 8 KiB a field.
MAX_HEAD_BYTES = 64 * 1024
MAX_TARGET_BYTES = 16 * 1024
MAX_FIELDS = 200

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# White space around the value is stripped afterwards: to have it matched as well takes time that
# grows with the square of its length, 40 s and more for a head full of blanks.
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\x00-\x08\x0a-\x1f\x7f]*)")
_VERSION = re.compile(rb"HTTP/(\d)\.(\d)")
_TARGET = re.compile(rb"(?:/|[hH][tT][tT][pP][sS]?://[^/?#])[^\x00-\x20\x7f]*")
_HOST = re.compile(
    r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=\-]+)(?::(?P<port>\d{0,5}))?"
)
_URL_START = re.compile(r"[^:/]+://(?P<authority>[^/?#]*)")
_LENGTH = re.compile(r"[0-9]{1,18}")
#: Everything that may stand in a target as it is; the rest (bytes above ASCII) is percent-encoded.
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
#: Fields that frame or route a message: two of them are a contradiction even when they agree.
_ONLY_ONCE = ("content-length", "transfer-encoding", "host")

Fields = tuple[tuple[str, str], ...]


class HeadFault(Exception):
    """The head cannot be served; the connection is closed after the answer.

    :param status_code: What to answer, 400 to 599.
    """

    def __init__(self, reason: str, status_code: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """One request line and its fields.

    :param target: The request target, with bytes above ASCII percent-encoded.
    :param fields: Names and values as they were sent, as Latin-1.
    :param content_bytes: The length of the content that follows; ``None`` when it comes in chunks.
    """

    method: str
    target: str
    version: str
    fields: Fields
    content_bytes: int | None
    keeps_alive: bool
    expects_continue: bool

    def get(self, name: str, default: str = "") -> str:
        """Give the value of the first field of that name (lower case)."""
        return next((value for key, value in self.fields if key.lower() == name), default)

    @property
    def path(self) -> str:
        """The target as a path with its query, beginning with exactly one slash (or ``*``).

        What follows two slashes, or a scheme, would be taken for a host by who parses it next.
        """
        if self.target == "*":
            return self.target
        path = self.target
        if not path.startswith("/"):
            path = path[len(_split_authority(path)[0]) :]
        return "/" + path.lstrip("/")

    def items(self) -> Fields:
        """Give the pairs, as Werkzeug's ``make_environ`` asks for them."""
        return self.fields


def parse_head(text: bytes) -> Head:
    """Read a head, from its request line to the empty line that ends it (left out).

    :raises HeadFault: It is malformed, or asks for what this server does not do.
    """
    request_line, *lines = text.split(b"\r\n")
    method, target, version = _parse_request_line(request_line)
    if len(lines) > MAX_FIELDS:
        raise HeadFault(f"The request has more than {MAX_FIELDS} fields.", 431)
    fields = tuple(map(_parse_field, lines))
    known = _collect(fields)
    _check_host(known, version)
    _check_target(target, known.get("host", ""))
    return Head(
        method=method,
        target=target,
        version=version,
        fields=fields,
        content_bytes=_parse_framing(known, version),
        keeps_alive=_keeps_alive(known, version),
        expects_continue=_expects_continue(known, version),
    )


def host_name(host: str) -> str:
    """Give the name in a ``Host`` field, lower case, without the port; ``""`` if malformed."""
    match = _HOST.fullmatch(host)
    return match["name"].lower().removesuffix(".") if match else ""


def _parse_request_line(line: bytes) -> tuple[str, str, str]:
    parts = line.split(b" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]):
        raise HeadFault("The request line is not 'METHOD TARGET VERSION'.")
    method, target, version = parts
    match = _VERSION.fullmatch(version)
    if not match:
        raise HeadFault("The request line names no HTTP version.")
    if match[1] != b"1":
        raise HeadFault("This server speaks HTTP/1.1.", 505)
    if len(target) > MAX_TARGET_BYTES:
        raise HeadFault(f"The request target is longer than {MAX_TARGET_BYTES} bytes.", 414)
    if not (_TARGET.fullmatch(target) or (target == b"*" and method == b"OPTIONS")):
        raise HeadFault("The request target is neither a path nor an http URL.")
    # RFC 9110 section 2.5: a higher minor version is served as the highest that is known.
    spoken = "HTTP/1.0" if match[2] == b"0" else "HTTP/1.1"
    return method.decode("ascii"), quote_from_bytes(target, safe=_PRINTABLE), spoken


def _parse_field(line: bytes) -> tuple[str, str]:
    # A folded line has no name: refused with the rest (RFC 9112 section 5.2).
    match = _FIELD.fullmatch(line)
    if not match:
        raise HeadFault("A field line is not 'Name: value'.")
    return match[1].decode("ascii"), match[2].strip(b" \t").decode("latin-1")


def _collect(fields: Fields) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        if key in known and key in _ONLY_ONCE:
            raise HeadFault(f"The field {name!r} is there twice.")
        known[key] = f"{known[key]},{value}" if key in known else value
    return known


def _check_host(known: dict[str, str], version: str) -> None:
    if "host" not in known:
        if version == "HTTP/1.1":
            raise HeadFault("The field 'Host' is missing.")
    elif not host_name(known["host"]):
        raise HeadFault("The field 'Host' is not a host with a port.")


def _check_target(target: str, host: str) -> None:
    """Refuse a URL that names another host than ``Host`` (RFC 9112 section 3.2.2 wants the same).

    The target's would win, and ``Host`` is what a page of another name is told by.
    """
    if not target.startswith(("/", "*")) and _split_authority(target)[1].lower() != host.lower():
        raise HeadFault("The request target names another host than the field 'Host'.")


def _split_authority(target: str) -> tuple[str, str]:
    """Give the start of a URL up to its path, and the authority in it."""
    start = _URL_START.match(target)
    return (start[0], start["authority"]) if start else ("", "")


def _parse_framing(known: dict[str, str], version: str) -> int | None:
    coding, length = known.get("transfer-encoding"), known.get("content-length")
    if coding is not None:
        if length is not None:
            raise HeadFault("'Content-Length' and 'Transfer-Encoding' contradict each other.")
        if version == "HTTP/1.0":
            raise HeadFault("HTTP/1.0 has no 'Transfer-Encoding'.")
        if coding.lower() != "chunked":
            raise HeadFault("The only transfer coding served is 'chunked'.", 501 if coding else 400)
        return None
    if length is None:
        return 0
    if not _LENGTH.fullmatch(length):
        raise HeadFault("The field 'Content-Length' is not a number of bytes.")
    return int(length)


def _keeps_alive(known: dict[str, str], version: str) -> bool:
    options = {option.strip().lower() for option in known.get("connection", "").split(",")}
    return "close" not in options and (version == "HTTP/1.1" or "keep-alive" in options)


def _expects_continue(known: dict[str, str], version: str) -> bool:
    expected = known.get("expect")
    if expected is None or version == "HTTP/1.0":
        return False
    if expected.lower() != "100-continue":
        raise HeadFault("The only expectation served is '100-continue'.", 417)
    return True
