"""How a replay is shown: the response as ``%flask_get`` shows one, then the differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from nbflask.client.pages import Page, build_page
from nbflask.client.pages import render_html as render_page_html
from nbflask.client.pages import render_text as render_page_text
from nbflask.exchanges.comparison_page import render_html as render_comparison_html
from nbflask.exchanges.comparison_page import render_text as render_comparison_text
from nbflask.exchanges.encodings import decode

if TYPE_CHECKING:
    from nbflask.inspector.replaying.replayed import Replay


def render_text(replay: Replay) -> str:
    """Write the response, the notes and the differences."""
    page = _build_page(replay)
    texts = [render_page_text([page])] if page else []
    return "\n\n".join([*texts, *replay.notes, render_comparison_text(replay.comparison)])


def render_html(replay: Replay) -> str:
    """Write the same as HTML that brings its own style."""
    page = _build_page(replay)
    pieces = [render_page_html([page])] if page else []
    notes = [Markup("<p>{}</p>").format(note) for note in replay.notes]
    return "".join([*pieces, *notes, render_comparison_html(replay.comparison)])


def _build_page(replay: Replay) -> Page | None:
    exchange = replay.shown
    response = exchange.response
    if response is None:
        return None
    session = exchange.session
    return build_page(
        title=f"{exchange.request.method} {exchange.request.app_target}",
        status=f"{response.status_code} {response.reason}".rstrip(),
        headers=response.headers,
        content=decode(response.content.data, response.content.encoding).data,
        session_cookie_name=session.cookie_name if session else "session",
    )
