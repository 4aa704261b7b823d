"""CSRF tokens of a request that is sent again, made valid for the session that goes with it.

Flask-WTF's token is a value of the session, signed with the time. Whoever has the app can sign it
anew, as the page that the client would have to load first does; nothing of the page is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeTimedSerializer

from nbflask.exchanges.tokens import find_values, replace_values
from nbflask.inspector.replaying.sending import build_environ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from nbflask.exchanges.drafts import Draft
    from nbflask.exchanges.exchange import Exchange

# Flask-WTF's, since 0.14: flask_wtf/csrf.py, generate_csrf.
_SALT = "wtf-csrf-token"


def refresh_tokens(app: Flask, draft: Draft, recorded: Draft, exchange: Exchange) -> Draft:
    """Put tokens in place that the app accepts with the draft's cookies.

    A token of Flask-WTF is known by its signature, wherever it is. Any other is one whose name says
    ``csrf`` or ``xsrf``, and whose value was in the recorded session or in a cookie; it becomes
    what is there now.

    :param recorded: The draft as it was recorded.
    """
    found = find_values(draft)
    signer = _build_signer(app)
    is_any = any(_is_token_name(name) for name, _ in found)
    if not is_any and not any(_unsign(signer, value) for _, value in found):
        return draft
    session = _open_session(app, draft)
    known = _read_known(recorded, exchange)
    current = {("cookie", name): value for name, value in draft.cookies}
    current |= {("session", name): value for name, value in session.items()}
    field_name = app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    fresh: dict[str, str] = {}
    for name, value in found:
        if raw := _unsign(signer, value):
            new = current.get(_find(known, raw) or ("session", str(field_name)))
            fresh |= {value: str(signer.dumps(new))} if signer and new else {}
        elif _is_token_name(name) and (place := _find(known, value)) is not None:
            new = current.get(place)
            fresh |= {value: new} if isinstance(new, str) else {}
    return replace_values(draft, fresh) if fresh else draft


def _build_signer(app: Flask) -> URLSafeTimedSerializer | None:
    key = app.config.get("WTF_CSRF_SECRET_KEY") or app.secret_key
    return URLSafeTimedSerializer(key, salt=_SALT) if key else None


def _unsign(signer: URLSafeTimedSerializer | None, value: str) -> str:
    """Give the value of the session that a token was made of, be it too old; ``""`` for none."""
    if signer is None or value.count(".") < 2:
        return ""
    try:
        raw = signer.loads(value)
    except BadData:
        return ""
    return raw if isinstance(raw, str) else ""


def _open_session(app: Flask, draft: Draft) -> Mapping[str, Any]:
    """Open the session that the draft's cookies stand for; it is not saved."""
    request = app.request_class(build_environ(draft))
    # A session that is kept in a database needs the app's context, not the request's.
    with app.app_context():
        session = app.session_interface.open_session(app, request)
        return dict(session) if session is not None else {}


def _read_known(recorded: Draft, exchange: Exchange) -> dict[tuple[str, str], Any]:
    """Give what the client had when it sent the request, by where it was."""
    known: dict[tuple[str, str], Any] = {
        ("cookie", name): value for name, value in recorded.cookies
    }
    if exchange.session is not None:
        both = {**(exchange.session.after or {}), **exchange.session.before}
        known |= {("session", name): value for name, value in both.items()}
    return known


def _find(known: Mapping[tuple[str, str], Any], value: str) -> tuple[str, str] | None:
    return next((place for place, each in known.items() if value and each == value), None)


def _is_token_name(name: str) -> bool:
    return any(word in name.lower() for word in ("csrf", "xsrf"))
