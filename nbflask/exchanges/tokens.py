"""The values that a draft carries by name, and a draft with others in their place.

Made for CSRF tokens: a token is one value, in a field of a form, of a JSON object or of the header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from nbflask.values.request_spec import FORM_TYPE

from .drafts import change_fields
from .fields import Fields
from .formats import parse_multipart
from .media_types import parse_media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .drafts import Draft


def find_values(draft: Draft) -> Fields:
    """Give each text that the request carries under a name: header, query, form, JSON.

    Cookies are left out: they are the client's, and go by another way.
    """
    query = draft.target.partition("?")[2]
    return Fields(
        [
            *(pair for pair in draft.headers if pair[0].lower() != "cookie"),
            *parse_qsl(query, keep_blank_values=True),
            *_find_in_content(draft),
        ]
    )


def replace_values(draft: Draft, values: Mapping[str, str]) -> Draft:
    """Put other values in the place of those that are keys, all else byte by byte as it was."""
    path, question, query = draft.target.partition("?")
    headers = {name: values[value] for name, value in draft.headers if value in values}
    return replace(
        draft,
        target=f"{path}{question}{_replace_in_form(query, values)}",
        headers=change_fields(draft.headers, headers) if headers else draft.headers,
        content=_replace_in_content(draft, values),
    )


def _find_in_content(draft: Draft) -> Iterator[tuple[str, str]]:
    media_type = parse_media_type(draft.headers.get("Content-Type", ""))
    if media_type.name == FORM_TYPE:
        yield from parse_qsl(draft.content.decode("utf-8", "replace"), keep_blank_values=True)
    elif media_type.name == "multipart/form-data":
        form = parse_multipart(draft.content, media_type.parameters.get("boundary", ""))
        yield from form.pairs if form else ()
    elif media_type.is_json:
        try:
            yield from _find_in_json(json.loads(draft.content))
        except (ValueError, RecursionError):
            return


def _find_in_json(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from ((name, each) for name, each in value.items() if isinstance(each, str))
    children = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, Mapping | list):
        for each in children:
            yield from _find_in_json(each)


def _replace_in_content(draft: Draft, values: Mapping[str, str]) -> bytes:
    media_type = parse_media_type(draft.headers.get("Content-Type", ""))
    content = draft.content
    if media_type.name == FORM_TYPE:
        # Latin-1 gives each byte back as it was, whatever the form's charset is.
        return _replace_in_form(content.decode("latin-1"), values).encode("latin-1")
    if media_type.name != "multipart/form-data" and not media_type.is_json:
        return content
    for old, new in values.items():
        if media_type.is_json:
            content = content.replace(json.dumps(old).encode(), json.dumps(new).encode())
        elif old:
            # A part's content ends at its boundary's line.
            content = content.replace(f"\r\n\r\n{old}\r\n".encode(), f"\r\n\r\n{new}\r\n".encode())
    return content


def _replace_in_form(text: str, values: Mapping[str, str]) -> str:
    pairs = [pair.partition("=") for pair in text.split("&")]
    return "&".join(
        f"{name}={quote_plus(values[unquote_plus(value)])}"
        if unquote_plus(value) in values
        else f"{name}{equals}{value}"
        for name, equals, value in pairs
    )
