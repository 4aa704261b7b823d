"""The notes of an exchange, written out as a value."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.exchange import (
    Exchange,
    Initiator,
    LogRecord,
    NoRoute,
    Output,
    Route,
    SessionChange,
    Source,
    Span,
    Stage,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields

from .http import build_client, build_request, build_response
from .places import build_error, cell_of, write_traceback
from .trace import Logged, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rendering import Render
    from .trace import Trace

_MAX_NEAREST = 3


def build_exchange(trace: Trace, *, app_name: str, uuid_of: Callable[[int], str]) -> Exchange:
    """Give the exchange as far as it has come; the same value until more is noted."""
    # Both before anything else is read: the request's thread may go on meanwhile.
    version, is_over = trace.version, trace.is_over
    if trace.built is not None and trace.built[0] is version:
        return trace.built[1]
    exchange = _build(trace, app_name, uuid_of(trace.id))
    if is_over:
        trace.built = version, exchange
    return exchange


def _build(trace: Trace, app_name: str, uuid: str) -> Exchange:
    omitted = dict(trace.omitted or {})
    return Exchange(
        id=trace.id,
        uuid=uuid,
        app_name=app_name,
        state=trace.state,
        started_at=trace.started_at,
        duration_ms=(trace.at_ns - trace.began_ns) / 1e6 if trace.is_over else None,
        first_byte_us=None if trace.first_byte_ns is None else _at(trace, trace.first_byte_ns),
        request=build_request(trace, omitted),
        response=build_response(trace, omitted),
        client=build_client(trace.environ),
        route=_build_route(trace),
        no_route=_build_no_route(trace),
        spans=_build_spans(trace),
        session=_build_session(trace),
        templates=tuple(_build_render(trace, each, omitted) for each in trace.renders),
        flashes=Fields(trace.flashes),
        logs=_build_logs(trace),
        output=_build_output(trace, omitted),
        errors=tuple(build_error(each, is_bare=trace.is_private) for each in trace.faults),
        initiator=_build_initiator(trace),
        replay_of=trace.replay_of,
        is_pinned=trace.is_pinned,
        note=trace.note,
        tags=trace.tags,
        overhead_us=trace.overhead_ns / 1000,
        omitted=omitted,
        is_private=trace.is_private,
    )


def _at(trace: Trace, at_ns: int) -> float:
    return (at_ns - trace.began_ns) / 1000


def _build_route(trace: Trace) -> Route | None:
    routed = trace.route
    if routed is None:
        return None
    rule, endpoint, methods, (name, code, module), view_args = routed
    cell = cell_of(code.co_filename) if code else ""
    return Route(
        rule=rule,
        endpoint=endpoint,
        blueprint=endpoint.rpartition(".")[0],
        methods=tuple(sorted(methods)),
        view=f"{module}.{name}" if module else name,
        file="" if cell or code is None else code.co_filename,
        line=None if code is None else code.co_firstlineno,
        cell=cell,
        view_args=Fields((name, str(value)) for name, value in view_args),
    )


def _build_no_route(trace: Trace) -> NoRoute | None:
    unrouted = trace.no_route
    if unrouted is None:
        return None
    nearest: tuple[str, ...] = ()
    if unrouted.status_code == 404:
        rules = dict.fromkeys(rule.rule for rule in trace.tape.app.url_map.iter_rules())
        path = trace.environ.get("PATH_INFO", "")
        nearest = tuple(get_close_matches(path, rules, _MAX_NEAREST, cutoff=0.4))
    return NoRoute(status_code=unrouted.status_code, allowed=unrouted.allowed, nearest=nearest)


def _build_spans(trace: Trace) -> tuple[Span, ...]:
    stretches = [Stretch(*each) for each in trace.spans.copy()]
    spans = [_build_span(trace, each) for each in stretches]
    for render in trace.renders:
        if render.end_ns is not None:
            spans.append(_build_template_span(trace, render, stretches))
    if trace.first_byte_ns is not None:
        spans.append(
            Span(
                stage=Stage.STREAM,
                name="stream",
                start_us=_at(trace, trace.first_byte_ns),
                duration_us=(trace.at_ns - trace.first_byte_ns) / 1000,
            )
        )
    return tuple(sorted(spans, key=lambda it: (it.start_us, it.depth)))


def _build_span(trace: Trace, stretch: Stretch) -> Span:
    name, code, _ = stretch.place
    return Span(
        stage=stretch.stage,
        name=name,
        start_us=_at(trace, stretch.start_ns),
        duration_us=(stretch.end_ns - stretch.start_ns) / 1000,
        depth=stretch.depth,
        error=stretch.error,
        cell=cell_of(code.co_filename) if code else "",
        line=code.co_firstlineno if code else None,
    )


def _build_template_span(trace: Trace, render: Render, around: list[Stretch]) -> Span:
    end_ns = render.end_ns or trace.at_ns
    outside = [it for it in around if it.start_ns <= render.start_ns and it.end_ns >= end_ns]
    return Span(
        stage=Stage.TEMPLATE,
        name=render.name or "(a string)",
        start_us=_at(trace, render.start_ns),
        duration_us=(end_ns - render.start_ns) / 1000,
        depth=len(outside),
        error=render.error,
    )


def _build_session(trace: Trace) -> SessionChange | None:
    notes = trace.session
    if notes is None:
        return None
    cookie = _find_cookie(trace, notes.cookie_name)
    latest = notes.before if notes.after is None else notes.after
    return SessionChange(
        before=notes.before,
        after=notes.after,
        is_new=notes.is_new,
        is_accessed=notes.is_accessed,
        is_modified=notes.is_modified,
        is_permanent=bool(latest.get("_permanent", False)),
        backend=notes.backend,
        cookie_name=notes.cookie_name,
        cookie_bytes=len(cookie.encode()),
        cookie_flags=tuple(it.strip() for it in cookie.split(";")[1:]),
    )


def _find_cookie(trace: Trace, name: str) -> str:
    """Give the ``Set-Cookie`` of the session; ``""`` for none."""
    fields = Fields(trace.headers or ()).get_all("Set-Cookie")
    return next((each for each in fields if each.startswith(f"{name}=")), "")


def _build_render(trace: Trace, render: Render, omitted: dict[str, int]) -> TemplateRender:
    left_out = render.variable_count - len(render.variables)
    if left_out and not trace.is_private:
        omitted["variables"] = omitted.get("variables", 0) + left_out
    return TemplateRender(
        name=render.name,
        file=render.file,
        start_us=_at(trace, render.start_ns),
        duration_us=None if render.end_ns is None else (render.end_ns - render.start_ns) / 1000,
        context=tuple(_build_summary(trace, *each) for each in render.variables),
        variable_count=render.variable_count,
        error=render.error,
    )


def _build_summary(trace: Trace, name: str, kind: type, copied: Any, is_exact: bool) -> Summary:
    most = trace.tape.bounds.summary_chars
    text = repr(copied)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return Summary(
        name=name,
        type=f"{module}{kind.__qualname__}",
        text=text if len(text) <= most else f"{text[: most - 1]}…",
        is_exact=is_exact and len(text) <= most,
    )


def _build_logs(trace: Trace) -> tuple[LogRecord, ...]:
    most = trace.tape.bounds.log_chars
    return tuple(
        LogRecord(
            at_us=_at(trace, it.at_ns),
            level=it.level,
            logger=it.logger,
            message=it.message,
            file=cell_of(it.file) or it.file,
            line=it.line,
            exception=write_traceback(it.exception)[-most:] if it.exception else "",
        )
        for it in (Logged(*each) for each in trace.logs)
    )


def _build_output(trace: Trace, omitted: dict[str, int]) -> tuple[Output, ...]:
    if trace.output is None:
        return ()
    if trace.output.omitted_chars:
        omitted["output characters"] = trace.output.omitted_chars
    return tuple(
        Output(at_us=_at(trace, it.at_ns), stream=it.stream, text=it.text)
        for it in trace.output.pieces()
    )


def _build_initiator(trace: Trace) -> Initiator:
    asking = trace.asking
    return Initiator(
        source=_find_source(trace),
        cell=cell_of(asking.filename) if asking else "",
        cell_number=asking.number if asking else None,
        referer="" if trace.is_private else trace.environ.get("HTTP_REFERER", ""),
    )


def _find_source(trace: Trace) -> Source:
    """Say what made the client ask (https://www.w3.org/TR/fetch-metadata/)."""
    environ = trace.environ
    if trace.replay_of is not None:
        return Source.REPLAY
    if trace.asking is not None:
        return Source.CELL
    if environ.get("HTTP_HX_REQUEST") == "true":
        return Source.HTMX
    if environ.get("HTTP_SEC_FETCH_MODE") == "navigate":
        return Source.NAVIGATION
    purpose = environ.get("HTTP_SEC_FETCH_DEST", "")
    if purpose == "empty" or environ.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest":
        return Source.FETCH
    return Source.SUBRESOURCE if purpose else Source.EXTERNAL
