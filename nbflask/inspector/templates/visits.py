"""Which requests a template was rendered in, and what of its context came with them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .contexts import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbflask.exchanges.exchange import Exchange, Request

# A shorter text stands in others by chance.
MIN_PART_CHARS = 4
# What a visitor's browser sends along, and a page may show.
_FIELDS = ("User-Agent", "Referer", "Accept-Language", "X-Forwarded-For")


@dataclass(frozen=True, kw_only=True)
class Visits:
    """The recorded requests that rendered a template.

    :param by_view: Endpoint and how often, the most frequent first; ``""`` for no endpoint.
    :param last_id: The newest exchange's id; ``None`` for none.
    """

    by_view: tuple[tuple[str, int], ...] = ()
    last_id: int | None = None

    @property
    def count(self) -> int:
        """How often it was rendered."""
        return sum(count for _, count in self.by_view)


def count_visits(exchanges: Iterable[Exchange]) -> dict[str, Visits]:
    """Count the renderings of each template.

    :param exchanges: The oldest first.
    """
    counters: dict[str, Counter[str]] = {}
    last: dict[str, int] = {}
    for exchange in exchanges:
        endpoint = exchange.route.endpoint if exchange.route is not None else ""
        for render in exchange.templates:
            if render.name is not None:
                counters.setdefault(render.name, Counter())[endpoint] += 1
                last[render.name] = exchange.id
    return {
        name: Visits(
            by_view=tuple(sorted(counter.items(), key=lambda each: (-each[1], each[0]))),
            last_id=last[name],
        )
        for name, counter in counters.items()
    }


def find_origins(context: Mapping[str, Any], exchange: Exchange) -> dict[str, str]:
    """Give the variables whose value came with the request, and what brought each."""
    sent = [(text, what) for text, what in _sent(exchange) if len(text) > 1]
    found: dict[str, str] = {}
    for name, value in context.items():
        what = _find_sent(texts_in(value), sent)
        if what:
            found[name] = f"{what} of exchange {exchange.id}"
    return found


def _find_sent(texts: tuple[str, ...], sent: list[tuple[str, str]]) -> str:
    for text in texts:
        for part, what in sent:
            if part == text or (len(part) >= MIN_PART_CHARS and part in text):
                return what
    return ""


def _sent(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Give each text that came with a request, and what it was."""
    request = exchange.request
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        yield value, f"the query parameter {name!r}"
    for name, value in request.form or ():
        yield value, f"the form's field {name!r}"
    for name, value in exchange.route.view_args if exchange.route is not None else ():
        yield value, f"the URL's variable {name!r}"
    for text in _json_texts(request):
        yield text, "the request's JSON"
    for name in _FIELDS:
        for value in request.headers.get_all(name):
            yield value, f"the field {name!r}"


def _json_texts(request: Request) -> tuple[str, ...]:
    content = request.content
    if "json" not in content.media_type or content.is_truncated:
        return ()
    try:
        return texts_in(json.loads(content.data))
    except ValueError:
        return ()
