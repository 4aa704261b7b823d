"""A replay as a value: what was sent again, what it became, and how the two differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.exchange import Exchange, State

if TYPE_CHECKING:
    from nbflask.exchanges.comparison import Comparison
    from nbflask.exchanges.drafts import Draft


class Mode(StrEnum):
    """What goes with a request that is sent again."""

    #: All as it was recorded.
    EXACT = "exact"
    #: The cookies that its client has by now, and CSRF tokens that go with them.
    CURRENT = "current"
    #: As CURRENT, with what was edited.
    EDIT = "edit"


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A request that was sent again, and what came of it.

    :param of: The exchange that was sent again.
    :param exchange: What it became, raw.
    :param shown: The same, redacted.
    :param comparison: Of the redacted two.
    :param notes: What to know of it, in whole sentences.
    """

    of: int
    exchange: Exchange = field(repr=False)
    shown: Exchange = field(repr=False)
    comparison: Comparison = field(repr=False)
    mode: Mode = Mode.CURRENT
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        """The new exchange."""
        return self.exchange.id

    def diff(self) -> Comparison:
        """Give the differences from what was sent again."""
        return self.comparison

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Give IPython the response, then the differences."""
        from nbflask.inspector.replaying.page import render_html, render_text

        return {"text/plain": render_text(self), "text/html": render_html(self)}


def list_notes(
    original: Exchange, exchange: Exchange, mode: Mode, draft: Draft, *, is_left: bool
) -> tuple[str, ...]:
    """Say what a reader of the replay would not see in it.

    :param is_left: Whether the response went on when it was left.
    """
    notes = []
    if is_left:
        notes.append("The response went on, and was left before its end.")
    session = original.session
    if mode is Mode.EXACT and session is not None and session.cookie_name in dict(draft.cookies):
        notes.append(
            "The cookies were sent as recorded. A session that is kept in the cookie is what it "
            "was then: what was changed in it since is not there."
        )
    if exchange.state is State.FAILED and exchange.response is None:
        notes.append("The app gave no response.")
    return tuple(notes)
