"""A request that is about to be sent to the app again: what of the recorded one, and what is new.

Rule 1: fields of one connection are left out (RFC 9110 section 7.6.1), and ``Content-Length`` is
that of the content; so is ``Expect``, which would only make the client wait.
Rule 2: nothing in it says where it goes. ``Host`` is what the app is told, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nbflask.errors import RecordError
from nbflask.values.mount import OWN_PREFIX, keep_end_to_end

from .fields import NO_FIELDS, Fields
from .targets import encode_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .exchange import Content, Exchange

#: What makes an answer depend on what the client has (RFC 9110 sections 13 and 14).
CACHE_FIELDS = frozenset(
    {"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"}
)
# RFC 9110 section 8.6: with these, a length says that there is no content.
_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A request that is ready to be sent.

    :param target: Path and query below the app's prefix, percent-encoded.
    :param prefix: Where the app is mounted, percent-encoded; ``""`` for the root.
    :param host: What ``Host`` says, where the headers have none.
    :param address: The client's IP address; ``""`` for none.
    :param headers: Without those of the connection.
    """

    method: str
    target: str = field(repr=False)
    prefix: str = ""
    scheme: str = "http"
    host: str = "localhost"
    address: str = ""
    headers: Fields = NO_FIELDS
    content: bytes = field(default=b"", repr=False)

    @property
    def media_type(self) -> str:
        """The media type of the content, in lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def fields(self) -> Fields:
        """The header as it is sent: with ``Host``, and the length that the content has."""
        names = {name.lower() for name, _ in self.headers}
        length = ("Content-Length", str(len(self.content)))
        is_told = bool(self.content) or self.method in _WITH_CONTENT
        sent = [
            length if name.lower() == length[0].lower() else (name, value)
            for name, value in self.headers
        ]
        return Fields(
            [
                *([] if "host" in names else [("Host", self.host)]),
                *(pair for pair in sent if pair is not length or is_told),
                *([length] if is_told and length[0].lower() not in names else []),
            ]
        )

    @property
    def cookies(self) -> Fields:
        """The cookies that it sends."""
        lines = self.headers.get_all("Cookie")
        pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
        return Fields((name, value) for name, equals, value in pairs if equals)


def build_draft(exchange: Exchange) -> Draft:
    """Make what would send the request again as it was recorded."""
    request = exchange.request
    end = len(request.target) - len(request.app_target)
    return Draft(
        method=request.method,
        target=encode_target(request.app_target),
        prefix=encode_target(request.target[:end]) if request.script_name else "",
        scheme=request.scheme,
        host=request.host,
        address=exchange.client.address,
        headers=keep_sendable(request.headers),
        content=request.content.data,
    )


def refuse_unsendable(exchange: Exchange, *, has_own_content: bool = False) -> None:
    """Refuse an exchange whose request cannot be sent again.

    :param has_own_content: Whether a content is given in place of the recorded one.
    :raises RecordError: With the reason, and what can be done.
    """
    which = f"Exchange {exchange.id}"
    if exchange.is_private:
        raise RecordError(
            f"{which} is private: only its metadata were recorded, and they are no request. "
            "Send one with `%flask_get` or `%%http`."
        )
    if exchange.request.headers.get("Upgrade", "").lower() == "websocket":
        raise RecordError(f"{which} opened a websocket, whose messages cannot be sent again.")
    if not exchange.state.is_over:
        raise RecordError(f"{which} is still under way. Wait until it has ended, or stop it.")
    if left_out := exchange.omitted.get("request headers"):
        raise RecordError(f"{which} had {left_out} header fields more than are kept.")
    if not has_own_content and (gap := say_gap(exchange.request.content)):
        raise RecordError(
            f"{which} {gap}. Give the content yourself: edit it with "
            f"`%flask_replay {exchange.id} --edit`, or write `.replay(content=...)` in Python."
        )


def change_fields(headers: Fields, changes: Mapping[str, str | None]) -> Fields:
    """Put fields in the place of the first of their name, or last; ``None`` leaves one out."""
    left = {name.lower(): (name, value) for name, value in changes.items()}
    changed: list[tuple[str, str]] = []
    for name, value in headers:
        if name.lower() not in {each.lower() for each in changes}:
            changed.append((name, value))
            continue
        _, new = left.pop(name.lower(), ("", None))
        if new is not None:
            changed.append((name, new))
    changed += [(name, value) for name, value in left.values() if value is not None]
    return Fields(changed)


def put_cookies(draft: Draft, cookies: Sequence[tuple[str, str]]) -> Draft:
    """Send these cookies, and no others."""
    text = "; ".join(f"{name}={value}" for name, value in cookies)
    return replace(draft, headers=change_fields(draft.headers, {"Cookie": text or None}))


def bypass_cache(draft: Draft) -> Draft:
    """Ask for the whole answer, whatever the client has."""
    kept = (pair for pair in draft.headers if pair[0].lower() not in CACHE_FIELDS)
    return replace(draft, headers=Fields(kept))


def keep_sendable(headers: Iterable[tuple[str, str]]) -> Fields:
    """Leave out what is of one connection, and what only we say to our server."""
    return Fields(
        (name, value)
        for name, value in keep_end_to_end(headers)
        if name.lower() != "expect" and not name.lower().startswith(OWN_PREFIX)
    )


def say_gap(content: Content) -> str:
    """Say what is missing of a content, to stand behind its exchange; ``""`` for nothing."""
    if content.is_evicted:
        return "has no content any more: it was dropped to keep the kernel's memory bounded"
    if content.is_unread:
        return "has a content that the app did not read to its end, so the rest was never seen"
    if content.is_truncated:
        return f"has a content of {content.size:,} bytes, of which {content.kept:,} were kept"
    return ""
