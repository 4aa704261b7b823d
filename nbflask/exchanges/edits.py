"""A draft that is edited: in a form of the page, in a cell, or from Python.

Rule 1: who edits sees a redacted request. Where REDACTED stands at the place of a value that was
recorded, it stands for that value; so a secret never has to be written down.
Rule 2: a replay goes to the app that was recorded. Nothing that is edited names another place.
"""

from __future__ import annotations

import json as json_format
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from nbflask.errors import OptionError, RecordError
from nbflask.values.multipart import Part, encode_parts
from nbflask.values.request_spec import FORM_TYPE, JSON_TYPE

from .drafts import change_fields, keep_sendable
from .fields import Fields
from .redaction import REDACTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .drafts import Draft

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(r"[!-~]+")
# What a URL may hold stays as it is, and so does what is encoded already.
_URL_SAFE = "%/?&=;:@+$,!*'()[]{}|^`\"\\~<>"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to be another than it was recorded; ``None`` leaves it.

    :param target: Path and query in the app.
    :param headers: All of them.
    """

    method: str | None = None
    target: str | None = field(default=None, repr=False)
    headers: Fields | None = None
    content: bytes | None = field(default=None, repr=False)


def edit_draft(draft: Draft, edit: Edit) -> Draft:
    """Put what was edited into a draft.

    :raises RecordError: It would go elsewhere, or cannot be written as a request.
    """
    headers = draft.headers if edit.headers is None else edit.headers
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or re.search(r"[\r\n\0]", value):
            raise RecordError(
                f"{name!r} is not a header field, or its value has a line end in it. "
                "Write it as 'Name: value'."
            )
    host = headers.get("Host") or draft.host
    if not _HOST.fullmatch(host):
        raise RecordError(f"{host!r} is not a host. Write one such as 'localhost:5000'.")
    return replace(
        draft,
        method=draft.method if edit.method is None else _check_method(edit.method),
        target=draft.target if edit.target is None else check_path(edit.target),
        host=host,
        headers=keep_sendable(headers),
        content=draft.content if edit.content is None else edit.content,
    )


def check_path(target: str) -> str:
    """Give a target as it is sent.

    :raises RecordError: It names a host: only the app that was recorded is asked again.
    """
    if not target.startswith("/"):
        raise RecordError(
            f"{target!r} is not a path of the app, and a replay goes to this app alone. "
            "Write the path, such as '/items?page=2'."
        )
    return quote(target.partition("#")[0], safe=_URL_SAFE)


def build_edit(
    draft: Draft,
    *,
    method: str | None = None,
    path: str | None = None,
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, str | None] | None = None,
    cookies: Mapping[str, str] | None = None,
    json: Any = ...,
    form: Mapping[str, Any] | None = None,
    content: bytes | str | None = None,
) -> Edit:
    """Make an edit of what Python says.

    :param path: The path, with a query or without: then the draft's stays.
    :param query: In place of the query; a list sends a name several times.
    :param headers: Fields that are put in place of those of their name; ``None`` leaves one out.
    :param cookies: In place of all cookies.
    :param json: In place of the content.
    :param form: In place of the content, in the encoding that it had.
    :raises OptionError: More than one content is given.
    """
    if sum((json is not ..., form is not None, content is not None)) > 1:
        raise OptionError("A request has one content. Give one of json, form and content.")
    changes: dict[str, str | None] = {}
    if json is not ...:
        changes["Content-Type"] = JSON_TYPE
        content = _write_json(json)
    elif form is not None:
        content, changes["Content-Type"] = _write_form(form, draft.media_type)
    if cookies is not None:
        changes["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items()) or None
    changes |= headers or {}
    return Edit(
        method=method,
        target=_write_target(draft, path, query),
        headers=change_fields(draft.headers, changes) if changes else None,
        content=content.encode() if isinstance(content, str) else content,
    )


def restore(edit: Edit, recorded: Draft, shown: Draft) -> Edit:
    """Put recorded values where REDACTED stands for them.

    :param shown: The draft of the redacted exchange, which was edited.
    :raises RecordError: REDACTED is left where it is not told what it stands for.
    """
    return Edit(
        method=edit.method,
        target=None if edit.target is None else _restore_target(edit.target, recorded, shown),
        headers=None if edit.headers is None else _restore_fields(edit.headers, recorded, shown),
        content=None if edit.content is None else _restore_content(edit.content, recorded, shown),
    )


def _check_method(method: str) -> str:
    if not _TOKEN.fullmatch(method):
        raise RecordError(f"{method!r} is not a method. Write one such as 'POST'.")
    return method.upper()


def _write_json(value: Any) -> bytes:
    return json_format.dumps(value, ensure_ascii=False).encode()


def _write_form(form: Mapping[str, Any], media_type: str) -> tuple[bytes, str]:
    if media_type != "multipart/form-data":
        return urlencode(form, doseq=True).encode(), FORM_TYPE
    pairs = [
        (name, each)
        for name, value in form.items()
        for each in (value if isinstance(value, list | tuple) else [value])
    ]
    return encode_parts([Part(name=name, content=str(each).encode()) for name, each in pairs])


def _write_target(draft: Draft, path: str | None, query: Mapping[str, Any] | None) -> str | None:
    if path is None and query is None:
        return None
    old_path, _, old_query = draft.target.partition("?")
    target = old_path if path is None else path
    if query is not None:
        target, old_query = target.partition("?")[0], urlencode(query, doseq=True)
    return f"{target}?{old_query}" if old_query and "?" not in target else target


def _restore_target(target: str, recorded: Draft, shown: Draft) -> str:
    if target == shown.target:
        return recorded.target
    path, question, query = target.partition("?")
    old_path, _, old_query = recorded.target.partition("?")
    shown_path, _, shown_query = shown.target.partition("?")
    pairs = _restore_pairs(
        Fields(pair.partition("=")[::2] for pair in query.split("&")),
        Fields(pair.partition("=")[::2] for pair in old_query.split("&")),
        Fields(pair.partition("=")[::2] for pair in shown_query.split("&")),
    )
    query = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    return f"{old_path if path == shown_path else path}{question}{query}"


def _restore_fields(headers: Fields, recorded: Draft, shown: Draft) -> Fields:
    return _restore_pairs(headers, recorded.headers, shown.headers)


def _restore_pairs(pairs: Fields, recorded: Fields, shown: Fields) -> Fields:
    """Give each pair that is as it was shown the value that was recorded.

    What is redacted keeps its place, so the two lists run side by side.
    """
    known = {
        (name.lower(), covered): value
        for (name, covered), (_, value) in reversed(list(zip(shown, recorded, strict=False)))
    }
    return Fields((name, known.get((name.lower(), value), value)) for name, value in pairs)


def _restore_content(content: bytes, recorded: Draft, shown: Draft) -> bytes:
    # An editor of text may lose line ends at the end.
    if content.rstrip(b"\r\n") == shown.content.rstrip(b"\r\n"):
        return recorded.content
    values = [_read_json(each) for each in (content, recorded.content, shown.content)]
    # One that was only indented is as it was.
    if None not in values and _write_json(values[0]) == _write_json(values[2]):
        return recorded.content
    if REDACTED.encode() not in content:
        return content
    if recorded.media_type == FORM_TYPE:
        forms = [
            Fields(parse_qsl(each.decode("utf-8", "replace"), keep_blank_values=True))
            for each in (content, recorded.content, shown.content)
        ]
        return urlencode(_restore_pairs(*forms)).encode()
    if None in values:
        raise RecordError(
            f"In the content, it is not told what {REDACTED} stands for. Write the value there, "
            "or leave the content as it was."
        )
    return _write_json(_restore_value(*(each[0] for each in values if each is not None)))


def _read_json(content: bytes) -> tuple[Any] | None:
    """Read JSON; in a tuple, as ``None`` is a value of JSON's."""
    try:
        return (json_format.loads(content),)
    except (ValueError, RecursionError):
        return None


def _restore_value(value: Any, recorded: Any, shown: Any) -> Any:
    """Give plain data with recorded values where it is as it was shown."""
    if value == shown and type(value) is type(shown):
        return recorded
    if isinstance(value, dict) and isinstance(recorded, dict) and isinstance(shown, dict):
        return {
            key: _restore_value(each, recorded[key], shown[key])
            if key in recorded and key in shown
            else each
            for key, each in value.items()
        }
    if isinstance(value, list) and isinstance(recorded, list) and isinstance(shown, list):
        sides = zip(recorded, shown, strict=False)
        known = [_restore_value(each, *side) for each, side in zip(value, sides, strict=False)]
        return known + value[len(known) :]
    return value
