"""Exchanges of all kinds that the inspector shows, as a recorder would have recorded them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from nbflask.exchanges.comparison import compare
from nbflask.exchanges.exchange import (
    Chunk,
    Client,
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    FormFile,
    Frame,
    Initiator,
    LogRecord,
    NoRoute,
    Output,
    Request,
    Response,
    Route,
    SessionChange,
    Source,
    Span,
    Stage,
    State,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.messages import build_details, build_row
from nbflask.exchanges.plain import plain
from nbflask.exchanges.redaction import NO_SECRETS, redact

BEGAN_AT = 1_763_812_800.25
CELL = "@app.post('/api/users')"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAHUlEQVR4nGNgYPhPIiJR"
    "w6iGUQ2jGkY1jGoYhBoARsj+EBfjlcMAAAAASUVORK5CYII="
)
PAGE = """<!doctype html>
<html><head><title>Ada</title><style>h1 { color: #1d5fa8 }</style></head>
<body><h1>Ada Lovelace</h1><p>Wrote the first program.</p><a href="/users">All users</a>
<script>document.title = "ran"</script></body></html>
"""
HEADERS = Fields(
    (
        ("Host", "localhost:5000"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"),
        ("Accept", "application/json"),
        ("Cookie", "session=eyJjYXJ0IjoyfQ.aR.x; theme=dark"),
    )
)


def content(data: bytes, media_type: str, size: int | None = None) -> Content:
    size = len(data) if size is None else size
    return Content(size=size, data=data, sha256="9f86d081884c7d65" * 4, media_type=media_type)


def answer(status_code: int, reason: str, body: Content, *headers: tuple[str, str]) -> Response:
    fields = (("Content-Type", body.media_type), ("Content-Length", str(body.size)), *headers)
    return Response(status_code=status_code, reason=reason, headers=Fields(fields), content=body)


def way(view: str, total_us: float, *, error: str = "") -> tuple[Span, ...]:
    """Give the spans of a request through all that Flask calls."""
    steps = (
        (Stage.ACCEPT, "accept", 0.0, 0.01, 0),
        (Stage.SESSION_OPEN, "session_open", 0.01, 0.01, 0),
        (Stage.ROUTING, "routing", 0.02, 0.005, 0),
        (Stage.BEFORE, "load_user", 0.03, 0.02, 0),
        (Stage.BEFORE, "check_csrf", 0.05, 0.01, 0),
        (Stage.VIEW, view, 0.06, 0.8, 0),
        (Stage.CONTEXT_PROCESSOR, "inject_cart", 0.3, 0.02, 1),
        (Stage.TEMPLATE, "users/show.html", 0.34, 0.4, 1),
        (Stage.AFTER, "add_headers", 0.88, 0.02, 0),
        (Stage.SESSION_SAVE, "session_save", 0.9, 0.01, 0),
        (Stage.STREAM, "stream", 0.92, 0.06, 0),
        (Stage.TEARDOWN, "close_db", 0.985, 0.01, 0),
    )
    return tuple(
        Span(
            stage=stage,
            name=name,
            start_us=start * total_us,
            duration_us=length * total_us,
            depth=depth,
            cell=CELL if stage is Stage.VIEW else "",
            line=4 if stage is Stage.VIEW else None,
            error=error if stage is Stage.VIEW else "",
        )
        for stage, name, start, length, depth in steps
    )


def build_failing() -> Exchange:
    """Give a POST whose view fails, with all that is ever recorded."""
    text = (
        "Traceback (most recent call last):\n"
        '  File "<cell>", line 9, in create\n    name = request.json["name"]\n'
        "           ~~~~~~~~~~~~^^^^^^^^\nKeyError: 'name'\n"
    )
    frames = (
        Frame(
            file="/site-packages/flask/app.py",
            line=1511,
            function="wsgi_app",
            code="response = self.full_dispatch_request()",
            is_library=True,
        ),
        Frame(
            file="/site-packages/flask/app.py",
            line=919,
            function="full_dispatch_request",
            code="rv = self.handle_user_exception(e)",
            is_library=True,
        ),
        Frame(
            file="<cell>", line=9, function="create", code='name = request.json["name"]', cell=CELL
        ),
    )
    sent = json.dumps({"email": "ada@example.org", "password": "hunter2", "age": 36}).encode()
    body = json.dumps({"error": "Internal Server Error", "id": 12345678901234567890}).encode()
    return Exchange(
        id=41,
        request=Request(
            method="POST",
            host="localhost:5000",
            target="/api/users?draft=1&tag=a%20b",
            path="/api/users",
            query_string="draft=1&tag=a%20b",
            headers=Fields((*HEADERS, ("Content-Type", "application/json"))),
            headers_source="wire",
            content=content(sent, "application/json"),
        ),
        state=State.COMPLETE,
        started_at=BEGAN_AT + 5,
        duration_ms=18.3,
        first_byte_us=16_900,
        response=answer(
            500,
            "INTERNAL SERVER ERROR",
            content(body, "application/json"),
            ("Set-Cookie", "session=eyJjYXJ0IjozfQ.aR.y; HttpOnly; Path=/"),
        ),
        client=Client(address="127.0.0.1", port=51_234, user_agent="Mozilla/5.0"),
        route=Route(
            rule="/api/users",
            endpoint="users.create",
            blueprint="users",
            methods=("POST",),
            view="__main__.create",
            cell=CELL,
            line=4,
        ),
        spans=way("create", 18_300, error="KeyError"),
        session=SessionChange(
            before={"cart": 2, "user_id": 7, "_csrf_token": "d0b1"},
            after={"cart": 3, "user_id": 7, "_flashes": [["error", "No name was given."]]},
            is_accessed=True,
            is_modified=True,
            backend="SecureCookieSessionInterface",
            cookie_bytes=214,
            cookie_flags=("HttpOnly", "Path=/"),
        ),
        templates=(
            TemplateRender(
                name="users/show.html",
                file="/home/ada/app/templates/users/show.html",
                start_us=6_200,
                duration_us=7_300,
                variable_count=14,
                context=(
                    Summary(name="user", type="dict", text="{'name': 'Ada', 'id': 7}"),
                    Summary(name="form", type="UserForm", text="<UserForm>", is_exact=False),
                    Summary(name="page_title", type="str", text="'Users'"),
                ),
            ),
        ),
        flashes=Fields((("error", "No name was given."),)),
        logs=(
            LogRecord(
                at_us=1_200,
                level="DEBUG",
                logger="app.auth",
                message="user 7 from session",
                file="/home/ada/app/auth.py",
                line=12,
            ),
            LogRecord(
                at_us=4_100,
                level="WARNING",
                logger="app",
                message="no name in {'email': …}",
                file="/home/ada/app/users.py",
                line=31,
            ),
            LogRecord(
                at_us=15_800,
                level="ERROR",
                logger="app",
                message="Exception on /api/users [POST]",
                exception=text,
            ),
        ),
        output=(Output(at_us=4_000, stream="stdout", text="got {'email': 'ada@example.org'}\n"),),
        errors=(
            ErrorRecord(
                kind=ErrorKind.UNHANDLED,
                type="KeyError",
                message="'name'",
                text=text,
                frames=frames,
            ),
        ),
        initiator=Initiator(source=Source.FETCH, referer="http://localhost:5000/users"),
        overhead_us=62,
    )


def build_streaming() -> Exchange:
    """Give server-sent events that go on."""
    text = "".join(f'id: {n}\nevent: tick\ndata: {{"n": {n}}}\n\n' for n in range(31)).encode()
    body = replace(content(text, "text/event-stream"), sha256="")
    return Exchange(
        id=40,
        request=Request(method="GET", target="/stream", path="/stream", headers=HEADERS),
        state=State.RESPONDING,
        started_at=BEGAN_AT + 4,
        first_byte_us=2_000,
        response=replace(
            answer(200, "OK", body),
            chunks=tuple(Chunk(at_us=2_000 + n * 100_000, size=37) for n in range(20)),
            chunk_count=31,
        ),
        client=Client(address="127.0.0.1", port=51_230),
        route=Route(
            rule="/stream",
            endpoint="stream",
            view="__main__.stream",
            cell="@app.get('/stream')",
            line=1,
        ),
        spans=way("stream", 2_000)[:5],
        initiator=Initiator(source=Source.NAVIGATION),
    )


def build_plain(
    number: int,
    target: str,
    *,
    method: str = "GET",
    status: tuple[int, str] = (200, "OK"),
    body: Content | None = None,
    **more: Any,
) -> Exchange:
    """Give an exchange of which there is not much to say."""
    body = body or content(PAGE.encode(), "text/html; charset=utf-8")
    ms = 2.4 + number % 7 * 1.9
    settings: dict[str, Any] = {
        "route": Route(rule=target, endpoint=target.strip("/").split("/")[0] or "index"),
        "state": State.COMPLETE,
        "started_at": BEGAN_AT - 60 + number,
        "duration_ms": ms,
        "spans": way("view", ms * 1000),
        "response": answer(*status, body),
        "client": Client(address="127.0.0.1", port=51_000 + number),
        "initiator": Initiator(source=Source.CELL, cell="client.get('/')", cell_number=12),
        "overhead_us": 48,
        **more,
    }
    request = Request(method=method, target=target, path=target.partition("?")[0], headers=HEADERS)
    return Exchange(id=number, request=settings.pop("request", request), **settings)


def build_form() -> Exchange:
    """Give a form with a file in it."""
    boundary = "----x"
    lines = (
        f"--{boundary}",
        'Content-Disposition: form-data; name="name"',
        "",
        "Ada",
        f"--{boundary}",
        'Content-Disposition: form-data; name="photo"; filename="ada.png"',
        "Content-Type: image/png",
        "",
        "PNG",
        f"--{boundary}--",
        "",
    )
    data = "\r\n".join(lines).encode()
    request = Request(
        method="POST",
        target="/profile",
        path="/profile",
        headers=HEADERS,
        content=content(data, f"multipart/form-data; boundary={boundary}"),
        form=Fields((("name", "Ada"),)),
        files=(FormFile(name="photo", filename="ada.png", content_type="image/png", size=3),),
    )
    empty = Content(media_type="text/html")
    return build_plain(
        35,
        "/profile",
        request=request,
        response=answer(302, "FOUND", empty, ("Location", "/profile/7")),
        session=SessionChange(before={}, after={"user_id": 7}, is_new=True, is_modified=True),
    )


def build_samples() -> tuple[Exchange, ...]:
    """Give exchanges of all kinds, the oldest first."""
    users = content(
        json.dumps([{"id": n, "name": f"user {n}"} for n in range(40)]).encode(), "application/json"
    )
    missing = content(b"<h1>Not Found</h1>", "text/html")
    return (
        build_plain(30, "/"),
        build_plain(
            31,
            "/static/style.css",
            body=content(b"h1 { color: red }", "text/css"),
            initiator=Initiator(source=Source.SUBRESOURCE),
        ),
        build_plain(
            32,
            "/static/logo.png",
            body=content(PIXEL, "image/png"),
            initiator=Initiator(source=Source.SUBRESOURCE),
        ),
        build_plain(33, "/api/users", body=users, is_pinned=True, note="before the change"),
        build_plain(
            34,
            "/export.bin",
            body=content(bytes(range(256)) * 4, "application/octet-stream", size=3_100_000),
        ),
        build_form(),
        build_plain(
            36,
            "/user/7",
            status=(404, "NOT FOUND"),
            body=missing,
            route=None,
            no_route=NoRoute(status_code=404, nearest=("/users/<int:id>", "/users")),
        ),
        build_plain(
            37,
            "/users",
            method="DELETE",
            status=(405, "METHOD NOT ALLOWED"),
            body=missing,
            route=None,
            no_route=NoRoute(status_code=405, allowed=("GET", "HEAD", "OPTIONS", "POST")),
        ),
        build_plain(
            38,
            "/health",
            body=content(b"ok", "text/plain"),
            initiator=Initiator(source=Source.EXTERNAL),
        ),
        build_plain(39, "/users/7", replay_of=35, initiator=Initiator(source=Source.REPLAY)),
        build_streaming(),
        build_failing(),
    )


def to_row(exchange: Exchange) -> dict[str, Any]:
    """Give what the kernel tells of an exchange in a batch."""
    return build_row(redact(exchange, NO_SECRETS))


def to_details(exchange: Exchange, *, is_revealed: bool = False) -> dict[str, Any]:
    """Give what the kernel answers to a question for an exchange."""
    shown = exchange if is_revealed else redact(exchange, NO_SECRETS)
    return {"kind": "details", **build_details(shown, is_revealed=is_revealed)}


def to_comparison(left: Exchange, right: Exchange) -> dict[str, Any]:
    """Give what the kernel answers to a question for two exchanges."""
    comparison = compare(redact(left, NO_SECRETS), redact(right, NO_SECRETS))
    return {
        "kind": "comparison",
        "ids": [left.id, right.id],
        "parts": plain(comparison.parts),
    }
