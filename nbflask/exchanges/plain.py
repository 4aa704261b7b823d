"""Values as JSON has them: exchanges and their parts as objects, fields as pairs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence, Set
from functools import singledispatch
from math import isfinite
from typing import Any

from .content import view_content
from .exchange import Content, Request, Response


@singledispatch
def plain(value: Any) -> Any:
    """Give a value as JSON has it; whatever is none is written out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain_parts(value)
    return _plain_text(str(value))


@plain.register(type(None))
@plain.register(bool)
@plain.register(int)
def _as_it_is(value: Any) -> Any:
    return value


@plain.register
def _plain_number(value: float) -> float | None:
    return value if isfinite(value) else None


@plain.register
def _plain_text(value: str) -> str:
    # A lone surrogate, which a path can hold, is no text for any encoder.
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


@plain.register
def _plain_bytes(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")


@plain.register
def _plain_mapping(value: Mapping) -> dict[str, Any]:  # type: ignore[type-arg]
    return {_plain_text(str(name)): plain(each) for name, each in value.items()}


@plain.register(Sequence)
@plain.register(Set)
def _plain_list(value: Any) -> list[Any]:
    return [plain(each) for each in value]


@plain.register
def _plain_content(value: Content) -> dict[str, Any]:
    """Give a content without its bytes, which the view shows as far as they can be shown."""
    parts = {name: plain(getattr(value, name)) for name in _CONTENT_NAMES}
    return {**parts, "view": plain(view_content(value))}


@plain.register
def _plain_request(value: Request) -> dict[str, Any]:
    more = {"url": plain(value.url), "app_target": plain(value.app_target)}
    return _plain_parts(value) | more


@plain.register
def _plain_response(value: Response) -> dict[str, Any]:
    return _plain_parts(value) | {"location": plain(value.location)}


_CONTENT_NAMES = (
    *("size", "kept", "sha256", "media_type", "encoding"),
    *("is_unread", "is_truncated", "is_evicted"),
)


def _plain_parts(value: Any) -> dict[str, Any]:
    return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
