"""A recorded request as another client would send it again.

Rule 1: whatever came over the network is a value, quoted by the language that it is written in.
Only a title becomes a comment, and it is one line of printable characters.
Rule 2: what the client sees to itself is left to it: ``Host``, ``Content-Length``, ``Connection``,
``Transfer-Encoding`` and ``Expect``.
Rule 3: a content that is not here whole is not made up. The export reads it from a file that is
named, so it fails where the file is missing, and a comment says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.exchanges.fields import Fields
from nbflask.exchanges.redaction import REDACTED
from nbflask.exchanges.targets import encode_target, is_host

if TYPE_CHECKING:
    from nbflask.exchanges.exchange import Exchange, Request

#: What each client writes itself, of HTTP's framing (RFC 9112 section 6).
CLIENTS_OWN = frozenset(
    ("host", "content-length", "connection", "transfer-encoding", "expect", "keep-alive")
)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLAIN_TARGET = re.compile(r"/[!-~]*")


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request that is to be sent again.

    :param title: Number, method and path in one line, for a comment.
    :param origin: Scheme and host, ``http://localhost:5000``.
    :param target: As it was sent; it may be no path, as in ``OPTIONS *``.
    :param app_target: The target below the app's prefix.
    :param fields: Header fields, without those that a client writes itself.
    :param has_content: Whether it says that there is a content, be it an empty one.
    :param content_name: A file's name for the content, where it has to be put into one.
    :param content_file: That name if the content is not here whole, else ``""``.
    :param warnings: What is not as it was, in whole sentences of one line.
    """

    title: str
    method: str
    origin: str
    target: str
    app_target: str
    fields: Fields
    content: bytes = field(default=b"", repr=False)
    has_content: bool = False
    content_name: str = "content.bin"
    content_file: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the target is one that a URL can stand for, byte by byte."""
        return _PLAIN_TARGET.fullmatch(self.target) is not None and "#" not in self.target

    @property
    def url(self) -> str:
        """The absolute URL; where the target is not plain, the closest one."""
        path = encode_target(self.target)
        return f"{self.origin}{path}" if path.startswith("/") else f"{self.origin}/"

    @property
    def app_url(self) -> str:
        """The target below the app's prefix; what no URL holds is percent-encoded."""
        return encode_target(self.app_target)


def build_outgoing(exchange: Exchange, *, base_url: str = "") -> Outgoing:
    """Make a request to send of a recorded one.

    :param base_url: Where to send it instead of where it was sent: scheme, host, prefix.
    """
    request = exchange.request
    origin, target, warnings = _place(exchange, base_url)
    fields, refused = _split_fields(request.headers)
    gap = _say_gap(exchange)
    content_name = f"content-{exchange.id}.bin"
    if gap:
        warnings.append(f"{gap} Put all of it into {content_name}.")
    if refused:
        warnings.append("Header fields with a line end or a NUL in them were left out.")
    if exchange.redactions and _is_covered(request, target, fields):
        warnings.append("Secrets were replaced by REDACTED; it may be refused.")
    return Outgoing(
        title=one_line(f"{exchange.id}: {request.method} {request.app_target}"),
        method=request.method,
        origin=origin,
        target=target,
        app_target=request.app_target,
        fields=fields,
        content=b"" if gap else request.content.data,
        has_content=bool(request.content.data or gap or request.headers.get("Content-Length")),
        content_name=content_name,
        content_file=content_name if gap else "",
        warnings=tuple(warnings),
    )


def one_line(text: str) -> str:
    """Give a text that stays in its comment: printable, without line ends, not too long."""
    line = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return line if len(line) <= 120 else f"{line[:119]}…"


def _place(exchange: Exchange, base_url: str) -> tuple[str, str, list[str]]:
    request = exchange.request
    if base_url:
        scheme, _, rest = base_url.partition("://")
        host, _, prefix = rest.partition("/")
        prefix = f"/{prefix}".rstrip("/")
        return f"{scheme}://{host}", f"{prefix}{request.app_target}", []
    # A client may write anything into "Host": "good@evil" would lead elsewhere.
    if is_host(request.host):
        return f"{request.scheme}://{request.host}", request.target, []
    return f"{request.scheme}://localhost", request.target, ["Its Host names no host."]


def _split_fields(headers: Fields) -> tuple[Fields, bool]:
    """Give what is sent again, and whether something was there that no client can write."""
    others = [pair for pair in headers if pair[0].lower() not in CLIENTS_OWN]
    sent = [
        (name, value)
        for name, value in others
        if _TOKEN.fullmatch(name) and not re.search(r"[\r\n\0]", value)
    ]
    return Fields(sent), len(sent) < len(others)


def _is_covered(request: Request, target: str, fields: Fields) -> bool:
    """Whether anything of what is sent was a secret; one in the response keeps nothing away."""
    return (
        REDACTED in target
        or any(REDACTED in value for _, value in fields)
        or request.content.stands_for is not None
    )


def _say_gap(exchange: Exchange) -> str:
    """Say why a content is not here whole; ``""`` if it is."""
    content = exchange.request.content
    if exchange.is_private and content.size:
        return "It is private: only its metadata were recorded."
    if content.is_evicted:
        return "Its content was dropped, to keep the kernel's memory bounded."
    if content.is_unread:
        return "The app did not read its content to its end, so the rest was never seen."
    if content.is_truncated:
        return f"Of its content the first {content.kept:,} of {content.size:,} bytes were kept."
    return ""
