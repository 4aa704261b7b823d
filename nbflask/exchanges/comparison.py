"""Two exchanges side by side: what the app did and answered, and where it differs.

The caller redacts both. What differs although the app does the same is told, and is no
difference: how long it took, and fields such as ``Date``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflask.values.mount import HOP_BY_HOP

from .differences import Change, Row, build_row, diff_data, diff_lines
from .encodings import decode
from .media_types import parse_media_type
from .targets import encode_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .exchange import Content, Exchange, Request, SessionChange, TemplateRender
    from .fields import Fields

# Another in each response, whatever the app does.
_VOLATILE = frozenset(
    {
        "age",
        "date",
        "expires",
        "last-modified",
        "server-timing",
        "traceparent",
        "x-request-id",
        "x-runtime",
    }
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What two exchanges have of one kind, as ``"headers"``."""

    name: str
    rows: tuple[Row, ...]

    @property
    def differences(self) -> tuple[Row, ...]:
        """The rows that tell the two apart."""
        return tuple(row for row in self.rows if row.is_difference)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two exchanges, part by part.

    :param ids: The exchanges' own.
    """

    ids: tuple[int, int]
    parts: tuple[Part, ...]

    @property
    def is_same(self) -> bool:
        """Whether the app was asked the same, and did and answered the same."""
        return not any(part.differences for part in self.parts)

    def part(self, name: str) -> tuple[Row, ...]:
        """Give the rows of one part; none where the exchanges have nothing of it."""
        return next((part.rows for part in self.parts if part.name == name), ())

    def __repr__(self) -> str:
        """Count what differs, by part."""
        counts = [f"{part.name} {len(part.differences)}" for part in self.parts if part.differences]
        left, right = self.ids
        return f"<Comparison of {left} and {right}: {', '.join(counts) or 'the same'}>"

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        """Give IPython the differences as text and as HTML."""
        from .comparison_page import render_html, render_text

        return {"text/plain": render_text(self), "text/html": render_html(self)}


def compare(left: Exchange, right: Exchange) -> Comparison:
    """Compare two exchanges, which the caller has redacted."""
    parts = {
        "request": _compare_requests(left, right),
        "status": _compare_status(left, right),
        "headers": _compare_fields(_headers(left), _headers(right)),
        "content": _compare_contents(_content(left), _content(right)),
        "session": _compare_sessions(left.session, right.session),
        "route": diff_data(_describe_route(left), _describe_route(right), "route"),
        "templates": _compare_templates(left.templates, right.templates),
        "flashes": _compare_lines(_write_flashes, left, right, "flash"),
        "logs": _compare_lines(_write_logs, left, right, "record"),
        "output": _compare_lines(_write_output, left, right, "line"),
        "errors": _compare_lines(_write_errors, left, right, "error"),
        "timing": _compare_timing(left, right),
    }
    return Comparison(
        ids=(left.id, right.id),
        parts=tuple(Part(name=name, rows=rows) for name, rows in parts.items() if rows),
    )


def _headers(exchange: Exchange) -> Fields | tuple[tuple[str, str], ...]:
    return exchange.response.headers if exchange.response else ()


def _content(exchange: Exchange) -> Content | None:
    return exchange.response.content if exchange.response else None


def _compare_requests(left: Exchange, right: Exchange) -> tuple[Row, ...]:
    before, after = left.request, right.request
    return (
        build_row("method", before.method, after.method),
        # The prefix is another where one came through Jupyter and the other did not.
        build_row("target", encode_target(before.app_target), encode_target(after.app_target)),
        *(row for row in _compare_fields(*map(_of_request, (before, after))) if row.is_difference),
        *(row for row in _compare_contents(before.content, after.content) if row.is_difference),
    )


def _of_request(request: Request) -> tuple[tuple[str, str], ...]:
    """Give the fields without those that only one connection needs."""
    return tuple(pair for pair in request.headers if pair[0].lower() not in HOP_BY_HOP)


def _compare_status(left: Exchange, right: Exchange) -> tuple[Row, ...]:
    def write(exchange: Exchange) -> str | None:
        response = exchange.response
        return f"{response.status_code} {response.reason}".rstrip() if response else None

    status = build_row("status", write(left), write(right))
    state = build_row("state", left.state, right.state)
    # Whether somebody has read the content is the client's doing.
    is_told = state.change is Change.SAME or {left.state, right.state} <= {"complete", "unread"}
    return (status,) if is_told else (status, state)


def _compare_fields(
    left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]
) -> tuple[Row, ...]:
    """Pair fields of a name in their order; the case of names and their order count."""
    keys = dict.fromkeys(name.lower() for name, _ in (*left, *right))
    rows = [row for key in keys for row in _compare_field(key, left, right)]
    shared = keys.keys() & {name.lower() for name, _ in left} & {name.lower() for name, _ in right}
    orders = [
        ", ".join(dict.fromkeys(name.lower() for name, _ in fields if name.lower() in shared))
        for fields in (left, right)
    ]
    if orders[0] != orders[1]:
        rows.append(build_row("(order)", *orders))
    return tuple(rows)


def _compare_field(
    key: str, left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]
) -> list[Row]:
    before = [field for field in left if field[0].lower() == key]
    after = [field for field in right if field[0].lower() == key]
    rows = []
    for at in range(max(len(before), len(after))):
        one = before[at] if at < len(before) else None
        other = after[at] if at < len(after) else None
        # A name is said where it is written in two ways; else the path says it.
        is_renamed = bool(one and other and one[0] != other[0])
        name = (other or one or ("", ""))[0]
        texts = [_write_field(each, is_renamed=is_renamed) for each in (one, other)]
        rows.append(build_row(name, *texts, is_volatile=key in _VOLATILE and not is_renamed))
    return rows


def _write_field(field: tuple[str, str] | None, *, is_renamed: bool) -> str | None:
    if field is None:
        return None
    return f"{field[0]}: {field[1]}" if is_renamed else field[1]


def _compare_contents(left: Content | None, right: Content | None) -> tuple[Row, ...]:
    """Compare JSON by its paths, text by its lines, all else by size and hash."""
    if left is None or right is None:
        texts = [_describe_content(it) if it and it.size else None for it in (left, right)]
        return (build_row("content", *texts),) if any(texts) else ()
    if not left.size and not right.size:
        return ()
    rows = _compare_kept(left, right)
    if rows:
        return rows
    # Nothing that is kept and shown differs, and the whole may.
    # Of very much content there is no hash.
    is_equal = left.sha256 == right.sha256 and left.size == right.size
    if is_equal or (_read_json(left) is not None and _read_json(right) is not None):
        return (build_row("content", *[_describe_content(left)] * 2),)
    return (
        build_row("size", f"{left.size:,} bytes", f"{right.size:,} bytes"),
        build_row("sha256", left.sha256, right.sha256),
    )


def _compare_kept(left: Content, right: Content) -> tuple[Row, ...]:
    """Compare what is kept and can be read; no row where nothing of it differs."""
    try:
        one, other = _read_json(left), _read_json(right)
        if one is not None and other is not None:
            return diff_data(one[0], other[0])
    except RecursionError:
        pass
    texts = _read_text(left), _read_text(right)
    if texts[0] is not None and texts[1] is not None:
        return diff_lines(texts[0].splitlines(), texts[1].splitlines())
    return ()


def _describe_content(content: Content) -> str:
    media_type = content.media_type.partition(";")[0].strip()
    return f"{content.size:,} bytes{f' of {media_type}' if media_type else ''}"


def _read_json(content: Content) -> tuple[Any] | None:
    """Read a whole JSON content; in a tuple, as ``None`` is a value of JSON's."""
    text = _read_text(content)
    if text is None or content.is_truncated or not parse_media_type(content.media_type).is_json:
        return None
    try:
        return (json.loads(text),)
    except ValueError:
        return None


def _read_text(content: Content) -> str | None:
    media_type = parse_media_type(content.media_type)
    decoded = decode(content.data, content.encoding)
    is_text = not decoded.left and media_type.reads_as_text(decoded.data)
    return media_type.decode(decoded.data, is_whole=decoded.is_whole) if is_text else None


def _compare_sessions(left: SessionChange | None, right: SessionChange | None) -> tuple[Row, ...]:
    def describe(change: SessionChange | None) -> dict[str, Any]:
        return {"before": change.before, "after": change.after or {}} if change else {}

    return diff_data(describe(left), describe(right), "session")


def _describe_route(exchange: Exchange) -> dict[str, Any]:
    if route := exchange.route:
        return {
            "rule": route.rule,
            "endpoint": route.endpoint,
            **({"view": route.view} if route.view else {}),
            "view_args": dict(route.view_args),
        }
    return {"none": exchange.no_route.status_code} if exchange.no_route else {}


def _compare_templates(
    left: tuple[TemplateRender, ...], right: tuple[TemplateRender, ...]
) -> tuple[Row, ...]:
    def describe(renders: tuple[TemplateRender, ...]) -> list[dict[str, Any]]:
        return [
            {
                "name": each.name,
                "error": each.error,
                "context": {it.name: it.text for it in each.context if it.is_exact},
            }
            for each in renders
        ]

    return diff_data(describe(left), describe(right), "templates")


def _compare_lines(
    write: Callable[[Exchange], list[str]], left: Exchange, right: Exchange, word: str
) -> tuple[Row, ...]:
    return diff_lines(write(left), write(right), word)


def _write_flashes(exchange: Exchange) -> list[str]:
    return [f"{category}: {message}" for category, message in exchange.flashes]


def _write_logs(exchange: Exchange) -> list[str]:
    return [f"{each.level} {each.logger}: {each.message}" for each in exchange.logs]


def _write_output(exchange: Exchange) -> list[str]:
    return "".join(each.text for each in exchange.output).splitlines()


def _write_errors(exchange: Exchange) -> list[str]:
    return [f"{each.kind} {each.type}: {each.message}" for each in exchange.errors]


def _compare_timing(left: Exchange, right: Exchange) -> tuple[Row, ...]:
    """Tell how long both took; no two runs take the same, so it is no difference."""
    rows = [_build_time("duration", left.duration_ms, right.duration_ms)]
    stages = dict.fromkeys(span.stage for it in (left, right) for span in it.spans)
    for stage in stages:
        sums = [
            sum(span.duration_us for span in it.spans if span.stage is stage) / 1000
            for it in (left, right)
        ]
        rows.append(_build_time(str(stage), *sums))
    return tuple(row for row in rows if row.left or row.right)


def _build_time(path: str, left: float | None, right: float | None) -> Row:
    texts = [None if ms is None else f"{ms:.1f} ms" for ms in (left, right)]
    return build_row(path, *texts, is_volatile=True)
