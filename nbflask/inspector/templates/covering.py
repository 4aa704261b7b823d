"""Covers what is secret in sources and in renderings.

A source is code: what stands behind the name of a secret there is another name. So only values
that are known are covered: the app's own, and those that the context has under such a name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.redaction.literals import literals_of

from .contexts import is_secret, texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbflask.exchanges.redaction import Secrets


def cover_text(text: str, secrets: Secrets) -> str:
    """Give a text without the values that are known to be secret."""
    return literals_of(secrets).cover(text, lambda _count: None)


def cover_json(value: Any, secrets: Secrets) -> Any:
    """Give JSON without the values that are known to be secret; names stay."""
    match value:
        case str():
            return cover_text(value, secrets)
        case dict():
            return {name: cover_json(each, secrets) for name, each in value.items()}
        case list() | tuple():
            return [cover_json(each, secrets) for each in value]
        case _:
            return value


def add_secrets(secrets: Secrets, values: Mapping[str, Any]) -> Secrets:
    """Add the values that a context has under the names of secrets."""
    found = tuple(dict.fromkeys(_secret_texts(values, secrets)))
    return replace(secrets, literals=(*secrets.literals, *found)) if found else secrets


def _secret_texts(values: Mapping[str, Any], secrets: Secrets) -> Iterator[str]:
    for name, value in values.items():
        if is_secret(str(name), secrets):
            yield from texts_in(value)
        elif type(value) is dict:
            yield from _secret_texts(value, secrets)
        elif type(value) in (list, tuple):
            for each in value:
                if type(each) is dict:
                    yield from _secret_texts(each, secrets)
