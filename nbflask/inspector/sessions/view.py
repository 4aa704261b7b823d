"""What people see of sessions: redacted, cut to what is read, with words for what is unusual."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.exchange import Exchange, Request, SessionChange
from nbflask.exchanges.redaction import redact
from nbflask.exchanges.session_cookie import MAX_COOKIE_BYTES, advise_size, read_flags
from nbflask.exchanges.sessions import Difference, compare_between, compare_sessions, explain_key
from nbflask.inspector.sessions.store import NO_KEY, Place, Standing
from nbflask.inspector.sessions.values import Written, write_value
from nbflask.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbflask.exchanges.redaction import Secrets
    from nbflask.exchanges.sessions import Step
    from nbflask.inspector.sessions.desk import Look, SessionDesk

Json = dict[str, Any]

# A value's beginning says what it is; the editor has the whole.
MAX_TEXT_CHARS = 1_000
MAX_CHANGE_CHARS = 200
MAX_CELL_CHARS = 60
# A browser's page makes a dozen requests; these are the last few pages.
MAX_STEPS = 50
MAX_KEYS = 100
MAX_CHANGES = 10
# Flask-Login's fingerprint of a browser tells nothing, and is what its protection compares.
_FURTHER_NAMES = frozenset({"_id"})

_PLACES = {
    Place.COOKIE: "Sessions are in signed cookies: clients can read them, and not change them.",
    Place.SERVER: "Sessions are on the server; a client's cookie only names its own.",
    Place.NOWHERE: "",
}
_STANDINGS = {
    Standing.VALID: ("good", "The app signed this cookie, and takes it."),
    Standing.NONE: ("quiet", "This client has no session yet. Add a key to begin one."),
    Standing.BAD_SIGNATURE: (
        "bad",
        "Another key signed this cookie, or somebody changed it: the app takes the session for "
        "empty. Below is what the cookie claims.",
    ),
    Standing.EXPIRED: (
        "warn",
        "The cookie is older than PERMANENT_SESSION_LIFETIME: the app takes the session for "
        "empty. Below is what it held.",
    ),
    Standing.UNKNOWN: (
        "warn",
        "The server keeps nothing under this cookie: the app takes the session for empty.",
    ),
}


def view_app(desk: SessionDesk) -> Json:
    """Give what is the same for all clients."""
    place = desk.store.place
    return {
        "app_name": desk.app_name,
        "backend": desk.store.backend,
        "place": place.value,
        "text": _PLACES[place],
        "advice": NO_KEY if place is Place.NOWHERE else "",
        "cookie_name": desk.store.cookie_name,
    }


def view_client(look: Look, secrets: Secrets) -> Json:
    """Give what is shown of one client's look."""
    seen, opened = look.seen, look.opened
    kind, text = _STANDINGS[opened.standing]
    if opened.standing is Standing.VALID and look.is_on_server:
        text = "The server keeps this session under the client's cookie."
    return {
        "number": look.number,
        "name": look.name,
        "is_own": look.is_own,
        "request_count": len(seen.steps),
        "standing": {"word": opened.standing.value, "kind": kind, "text": text},
        "keys": _view_keys(opened.data, secrets)[:MAX_KEYS],
        "omitted_keys": max(0, len(opened.data) - MAX_KEYS),
        "cookie": _view_cookie(seen.latest_set, is_on_server=look.is_on_server),
        "steps": _view_steps(seen.steps[-MAX_STEPS:], secrets),
        "omitted_steps": max(0, len(seen.steps) - MAX_STEPS),
        "pending": _view_pending(look, secrets),
    }


def build_table(desk: SessionDesk) -> Table:
    """Give what a notebook's file keeps: each key of each client, redacted."""
    secrets = desk.recorder.secrets
    rows = []
    # Without a key there is nothing but the remedy to be told.
    for look in () if desk.store.place is Place.NOWHERE else desk.look():
        standing = look.opened.standing.value
        keys = _view_keys(look.opened.data, secrets)
        label = f"{look.number} {look.name}"
        notes = {"valid": "", "none": "no session"}.get(standing, standing)
        if not keys:
            rows.append((label, "", "", "", notes or "empty"))
        for each in keys:
            value = cut(" ".join(each["text"].split()), MAX_CELL_CHARS)
            rows.append((label, cut(each["key"], MAX_CELL_CHARS), each["type"], value, notes))
    return Table(
        title=f"Sessions of {desk.app_name} ({desk.store.backend})",
        columns=("client", "key", "type", "value", "note"),
        rows=tuple(rows),
        empty=_explain_nobody(desk),
    )


def redact_session(data: Mapping[str, Any], secrets: Secrets) -> Mapping[str, Any]:
    """Give a session's values without secrets."""
    return _redact(SessionChange(before=data), secrets)[1].before


def cut(text: str, limit: int) -> str:
    """Give a text's beginning, of at most so many characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _redact(change: SessionChange, secrets: Secrets, path: str = "/") -> tuple[str, SessionChange]:
    """Give a path and a session without secrets: what is one here is covered there."""
    named = replace(secrets, names=secrets.names | _FURTHER_NAMES)
    exchange = Exchange(id=0, request=Request(method="GET", path=path), session=change)
    redacted = redact(exchange, named)
    return redacted.request.path, redacted.session or SessionChange()


def _view_keys(data: Mapping[str, Any], secrets: Secrets) -> list[Json]:
    redacted = redact_session(data, secrets)
    rows = []
    for key, value in data.items():
        written, shown = write_value(value), _write_redacted(value, redacted[key])
        rows.append(
            {
                "key": key,
                "type": written.type,
                "text": cut(shown.shown, MAX_TEXT_CHARS),
                "is_secret": shown.text != written.text,
                "is_editable": written.is_editable,
                "meaning": explain_key(key),
            }
        )
    return rows


def _write_redacted(value: Any, redacted: Any) -> Written:
    """Write a value; one that was not redacted as it is, with its class."""
    return write_value(value if value == redacted else redacted)


def _view_cookie(step: Step | None, *, is_on_server: bool) -> Json | None:
    if step is None or step.cookie is None:
        return None
    flags = read_flags(step.cookie, scheme=step.scheme)
    return {
        "bytes": step.cookie.size,
        "max_bytes": MAX_COOKIE_BYTES,
        "advice": "" if is_on_server else advise_size(step.cookie.size),
        "flags": [
            {"name": each.name, "value": each.value, "advice": each.advice} for each in flags
        ],
        "exchange": step.exchange_id,
    }


def _view_steps(steps: tuple[Step, ...], secrets: Secrets) -> list[Json]:
    views = [_view_step(step, secrets) for step in steps]
    for view, (earlier, later) in zip(views[1:], pairwise(steps), strict=True):
        between = compare_between(earlier, later)[:MAX_CHANGES]
        before, after = earlier.change, later.change
        if between and before is not None and after is not None:
            change = SessionChange(before=before.after or {}, after=after.before)
            view["between"] = _view_differences(between, _redact(change, secrets)[1])
    return views


def _view_step(step: Step, secrets: Secrets) -> Json:
    change = step.change or SessionChange()
    path, redacted = _redact(change, secrets, step.path)
    told = {
        "new": change.is_new,
        "accessed": change.is_accessed,
        "modified": change.is_modified,
        "permanent": change.is_permanent,
    }
    return {
        "id": step.exchange_id,
        "request": f"{step.method} {path}",
        "status": step.status_code,
        "words": [word for word, is_so in told.items() if is_so],
        "between": [],
        "sets": "" if step.cookie is None else "deleted" if step.cookie.is_deletion else "set",
        "changes": _view_differences(step.differences[:MAX_CHANGES], redacted),
        "omitted_changes": max(0, len(step.differences) - MAX_CHANGES),
    }


def _view_pending(look: Look, secrets: Secrets) -> Json | None:
    if look.pending is None:
        return None
    before = look.opened.believed
    after = look.pending.edit.apply(before)
    differences = compare_sessions(before, after)
    redacted = _redact(SessionChange(before=before, after=after), secrets)[1]
    return {"changes": _view_differences(differences, redacted)}


def _view_differences(differences: tuple[Difference, ...], redacted: SessionChange) -> list[Json]:
    return [
        {
            "key": each.key,
            "change": each.kind,
            "before": _write_change(redacted.before, each.key),
            "after": _write_change(redacted.after or {}, each.key),
        }
        for each in differences
    ]


def _write_change(values: Mapping[str, Any], key: str) -> str:
    if key not in values:
        return ""
    return cut(" ".join(write_value(values[key]).shown.split()), MAX_CHANGE_CHARS)


def _explain_nobody(desk: SessionDesk) -> str:
    if desk.store.place is Place.NOWHERE:
        return NO_KEY
    return "No client has a session yet. Send a request that sets one."
