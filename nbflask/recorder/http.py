"""The HTTP side of an exchange, written out: what was asked, and what was answered."""

from __future__ import annotations

import hashlib
import io
import sys
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from nbflask.exchanges.exchange import Chunk, Client, Content, FormFile, Request, Response
from nbflask.exchanges.fields import NO_FIELDS, Fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .kept import Kept
    from .trace import Trace

#: What a path may hold unquoted (RFC 3986 section 3.3).
_PATH_CHARS = "/~!$&'()*+,;=:@"


def build_request(trace: Trace, omitted: dict[str, int]) -> Request:
    """Write out what the client asked."""
    environ = trace.environ
    content = _build_received(trace)
    fields = _read_fields(environ, trace.lines)
    bare = trace.is_private
    return Request(
        method=environ.get("REQUEST_METHOD", "GET"),
        scheme=environ.get("wsgi.url_scheme", "http"),
        host=_read_host(environ),
        target=_read_target(environ, with_query=not bare),
        script_name=_decode(environ.get("SCRIPT_NAME", "")),
        path=_decode(environ.get("PATH_INFO", "")) or "/",
        query_string="" if bare else environ.get("QUERY_STRING", ""),
        http_version=environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        headers=NO_FIELDS if bare else _bound(trace, fields, "request headers", omitted),
        headers_source="environ" if trace.lines is None else "wire",
        content=content,
        form=None if trace.form is None else Fields(trace.form),
        files=_build_files(trace, content),
    )


def build_response(trace: Trace, omitted: dict[str, int]) -> Response | None:
    """Write out what the app answered; ``None`` while it has not."""
    if not trace.status:
        return None
    code, _, reason = trace.status.partition(" ")
    headers = Fields(trace.headers or ())
    if _was_websocket(trace):
        # The handshake was answered on the socket itself. What the app gives WSGI when the
        # conversation is over reaches nobody.
        code, reason, headers = "101", "Switching Protocols", NO_FIELDS
    if trace.chunk_count > len(trace.chunks):
        omitted["chunks"] = trace.chunk_count - len(trace.chunks)
    return Response(
        status_code=int(code) if code.isdigit() else 0,
        reason=reason,
        http_version=trace.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        headers=NO_FIELDS if trace.is_private else _bound(trace, headers, "headers", omitted),
        content=_build_sent(trace, headers),
        chunks=tuple(
            Chunk(at_us=(at_ns - trace.began_ns) / 1000, size=size) for at_ns, size in trace.chunks
        ),
        chunk_count=trace.chunk_count,
    )


def _was_websocket(trace: Trace) -> bool:
    """Whether the request became a websocket: it asked for one, and no content went its way."""
    asked = trace.environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    return asked and trace.status.startswith("200") and not trace.sent.size


def build_client(environ: dict[str, Any]) -> Client:
    """Write out who asked."""
    port = str(environ.get("REMOTE_PORT", ""))
    return Client(
        address=environ.get("REMOTE_ADDR", ""),
        port=int(port) if port.isdigit() else None,
        user_agent=environ.get("HTTP_USER_AGENT", ""),
    )


def build_environ(trace: Trace) -> dict[str, Any]:
    """Make an environ like the old one, with the content that was kept."""
    data = bytes(trace.received.data) if trace.received else b""
    environ = trace.environ | {
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    # What came in chunks is whole here, or what there is of it.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    if trace.received is not None:
        environ["CONTENT_LENGTH"] = str(len(data))
    return environ


def _decode(path: str) -> str:
    """Read a text of WSGI's, which has each byte as one character (PEP 3333)."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _read_host(environ: dict[str, str]) -> str:
    if host := environ.get("HTTP_HOST"):
        return host
    name, port = environ.get("SERVER_NAME", "localhost"), environ.get("SERVER_PORT", "80")
    usual = "443" if environ.get("wsgi.url_scheme") == "https" else "80"
    return name if port == usual else f"{name}:{port}"


def _read_target(environ: dict[str, str], *, with_query: bool) -> str:
    """Give the target as it was sent, where that is known, or one that means the same."""
    query = environ.get("QUERY_STRING", "")
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    sent, _, sent_query = raw.partition("?")
    if sent_query != query or unquote_to_bytes(sent) != path:
        # Werkzeug's test client leaves out the prefix, and parameters that it was given apart.
        sent = quote(path, safe=_PATH_CHARS)
        raw = f"{sent}?{query}" if query else sent
    return (raw if with_query else sent) or "/"


def _read_fields(
    environ: dict[str, str], lines: tuple[tuple[str, str], ...] | None
) -> Iterable[tuple[str, str]]:
    if lines is not None:
        return lines
    names = [name for name in environ if name.startswith("HTTP_")]
    fields = [(name[5:].replace("_", "-").title(), environ[name]) for name in names]
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            fields.append((name.replace("_", "-").title(), environ[name]))
    return fields


def _bound(
    trace: Trace, fields: Iterable[tuple[str, str]], what: str, omitted: dict[str, int]
) -> Fields:
    bounds, fields = trace.tape.bounds, list(fields)
    if len(fields) > bounds.headers:
        omitted[what] = len(fields) - bounds.headers
    return Fields((name, value[: bounds.header_chars]) for name, value in fields[: bounds.headers])


def _build_received(trace: Trace) -> Content:
    environ, kept = trace.environ, trace.received
    length = environ.get("CONTENT_LENGTH", "")
    media_type = environ.get("CONTENT_TYPE", "")
    if kept is None:
        return Content(media_type=media_type)
    return _build_content(
        trace,
        kept,
        media_type=media_type,
        encoding=environ.get("HTTP_CONTENT_ENCODING", ""),
        is_unread=kept.size < int(length) if length.isdigit() else not kept.size,
    )


def _build_sent(trace: Trace, headers: Fields) -> Content:
    unread = trace.unread
    media_type, encoding = headers.get("Content-Type", ""), headers.get("Content-Encoding", "")
    if unread is not None:
        data = b"" if trace.is_private else b"".join(unread)
        return Content(
            size=trace.unread_bytes,
            data=data,
            sha256=hashlib.sha256(data).hexdigest() if len(data) == trace.unread_bytes else "",
            is_evicted=not data and trace.unread_bytes > 0,
            media_type=media_type,
            encoding=encoding,
        )
    return _build_content(trace, trace.sent, media_type=media_type, encoding=encoding)


def _build_content(
    trace: Trace, kept: Kept, *, media_type: str, encoding: str, is_unread: bool = False
) -> Content:
    bare = trace.is_private
    return Content(
        size=kept.size,
        data=b"" if bare else bytes(kept.data),
        sha256=kept.digest() if trace.is_over and not bare else "",
        media_type=media_type,
        encoding=encoding,
        is_unread=is_unread,
        is_evicted=kept.is_dropped and kept.size > 0,
    )


def _build_files(trace: Trace, content: Content) -> tuple[FormFile, ...]:
    """Write out the files that the app has parsed; their sizes, where the content was kept whole.

    The app's own files are left alone: their position may be in use.
    """
    if not trace.files:
        return ()
    parsed = {} if content.is_truncated else _parse_files(content)
    return tuple(
        FormFile(
            name=name,
            filename=filename,
            content_type=content_type,
            size=len(data := parsed.get((name, filename), b"")),
            sha256=hashlib.sha256(data).hexdigest() if data else "",
        )
        for name, filename, content_type in trace.files
    )


def _parse_files(content: Content) -> dict[tuple[str, str], bytes]:
    media_type, options = parse_options_header(content.media_type)
    _, _, files = FormDataParser(stream_factory=_open_file).parse(
        io.BytesIO(content.data), media_type, len(content.data), options
    )
    return {(name, file.filename or ""): file.read() for name, file in files.items(multi=True)}


def _open_file(*_: Any, **__: Any) -> IO[bytes]:
    """Hold a file in memory, where all of it is already."""
    return io.BytesIO()
