"""A request as the call of a test client that a person would have written."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from nbflask.values.request_spec import FORM_TYPE, JSON_TYPE
from nbflask.values.secret_names import is_secret_name

from ..secrecy.looks import find_named_within, has_secret_look
from .parts import FORM_DATA, write_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbflask.values.request_spec import RequestSpec

_SHORT_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
# What tells a view apart that reads the content's bytes, or asks what the client accepts.
_READS_BYTES = re.compile(r"get_data|\.stream\b|hmac|content_length")
_DATA = re.compile(r"(?<![\w.)\]])(\w+)\.data\b")
_READS_ACCEPT = re.compile(
    r"accept_mimetypes|accept_json|accept_html|['\"]accept['\"]", re.IGNORECASE
)
_REFUSED = (400, 401, 403)
# A field of a form that is sent in parts (RFC 7578).
_PART = re.compile(r'\bname="([^"]*)"\r\n(?:[^\r\n]+\r\n)*\r\n(.+?)\r\n--', re.DOTALL)


class SecretFoundError(Exception):
    """A request holds a secret that nothing in the project gives."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a call is written for.

    :param code: The app's module.
    :param secrets: The variable of the environment that each secret was moved to, by its value.
    :param withheld: Secrets of the notebook that the app has no use for.
    """

    code: str
    secrets: Mapping[str, str]
    withheld: frozenset[str] = frozenset()

    def check(self, text: str) -> None:
        """Check that code tells no secret that the app has no use for.

        :raises SecretFoundError: It does.
        """
        if any(each in text or repr(each)[1:-1] in text for each in self.withheld):
            raise SecretFoundError

    def hides(self, value: str) -> bool:
        """Say whether a value is a secret of the notebook."""
        return value in self.secrets or value in self.withheld

    def write_value(self, name: str, value: str, status: int) -> str:
        """Write a value that is sent under a name.

        :param status: What was answered: what an app refuses is replaced by what it refuses too.
        :raises SecretFoundError: It looks like a secret, and the project does not hold it.
        """
        if value in self.secrets:
            return f"os.environ[{self.secrets[value]!r}]"
        for prefix in ("Bearer ", "Token "):
            if value.startswith(prefix) and (inner := value.removeprefix(prefix)) in self.secrets:
                return f'f"{prefix}{{os.environ[{self.secrets[inner]!r}]}}"'
        looks_secret = has_secret_look(value) or value in self.withheld
        if not value or not (is_secret_name(name) or looks_secret):
            return repr(value)
        if repr(value)[1:-1] in self.code:
            return repr(value)
        if status in _REFUSED:
            return "'wrong'"
        raise SecretFoundError(name)


def write_call(spec: RequestSpec, around: Surroundings, status: int) -> str:
    """Write the call that sends a request, such as ``client.get("/hello/Ada")``.

    :raises SecretFoundError: It holds a secret that nothing in the project gives.
    """
    words = [repr(_check_target(spec.target, around))]
    if spec.method not in _SHORT_METHODS:
        words.append(f"method={spec.method!r}")
    headers = dict(spec.headers)
    content = _write_content(spec, headers, around, status)
    if (auth := _write_auth(headers, around, status)) is not None:
        words.append(auth)
    if headers:
        pairs = (f"{name!r}: {around.write_value(name, headers[name], status)}" for name in headers)
        words.append(f"headers={{{', '.join(pairs)}}}")
    words += content
    if spec.follow:
        words.append("follow_redirects=True")
    method = spec.method.lower() if spec.method in _SHORT_METHODS else "open"
    return f"client.{method}({', '.join(words)})"


def write_cookies(spec: RequestSpec, around: Surroundings, status: int) -> list[str]:
    """Write the lines that give the client a request's own cookies.

    :raises SecretFoundError: A cookie is a secret.
    """
    return [
        f"client.set_cookie({name!r}, {around.write_value(name, value, status)})"
        for name, value in spec.cookies
    ]


def _check_target(target: str, around: Surroundings) -> str:
    if has_secret_look(target):
        raise SecretFoundError(target)
    for name, value in parse_qsl(target.partition("?")[2]):
        if value in around.secrets or (is_secret_name(name) and value not in around.code):
            raise SecretFoundError(name)
    return target


def _write_auth(headers: dict[str, str], around: Surroundings, status: int) -> str | None:
    """Take Basic authentication out of the header fields, and write it as Werkzeug's client does.

    :raises SecretFoundError: The password is in no place of the project.
    """
    name = next((each for each in headers if each.lower() == "authorization"), "")
    if not headers.get(name, "").startswith("Basic "):
        return None
    try:
        user, _, password = base64.b64decode(headers[name][6:]).decode().partition(":")
    except ValueError:
        return None
    del headers[name]
    return f"auth=({user!r}, {around.write_value('password', password, status)})"


def _write_content(
    spec: RequestSpec, headers: dict[str, str], around: Surroundings, status: int
) -> list[str]:
    name = next((each for each in headers if each.lower() == "content-type"), "")
    if not spec.content:
        return []
    media_type = headers.pop(name, "")
    if media_type == JSON_TYPE and (written := _write_json(spec, around)):
        _leave_accept(headers, around)
        return [written]
    if media_type == FORM_TYPE and (written := _write_form(spec, around, status)):
        return [written]
    if (parts := _write_parts(spec, media_type, around, status)) is not None:
        return [f"data={parts}"]
    try:
        text = spec.content.decode()
    except UnicodeDecodeError:
        return [f"data={spec.content!r}", f"content_type={media_type!r}"]
    _check_text(text, around)
    return [f"data={text!r}", *([f"content_type={media_type!r}"] if media_type else [])]


def _write_parts(
    spec: RequestSpec, media_type: str, around: Surroundings, status: int
) -> str | None:
    if not media_type.startswith(FORM_DATA):
        return None
    _check_text(spec.content.decode("utf-8", "replace"), around)
    return write_parts(
        spec.content, media_type, lambda name, value: around.write_value(name, value, status)
    )


def _leave_accept(headers: dict[str, str], around: Surroundings) -> None:
    """Leave out what ``--json`` adds, where no view asks for it."""
    if headers.get("Accept") == JSON_TYPE and not _READS_ACCEPT.search(around.code):
        del headers["Accept"]


def _write_json(spec: RequestSpec, around: Surroundings) -> str:
    if _reads_bytes(around.code):
        return ""
    try:
        document = json.loads(spec.content)
    except ValueError:
        return ""
    _check_document(document, around)
    return f"json={document!r}"


def _reads_bytes(code: str) -> bool:
    """Say whether a view may read a request's content as it was sent.

    What the code has made itself, such as a form or a set of data, is no request.
    """
    return bool(_READS_BYTES.search(code)) or any(
        not re.search(rf"^\s*{name} = (?!\S*request)", code, re.MULTILINE)
        for name in _DATA.findall(code)
    )


def _check_document(document: object, around: Surroundings) -> None:
    match document:
        case dict():
            for name, value in document.items():
                if isinstance(value, str) and is_secret_name(name) and value not in around.code:
                    raise SecretFoundError(name)
                _check_document(value, around)
        case list():
            for each in document:
                _check_document(each, around)
        case str():
            _check_text(document, around)


def _check_text(text: str, around: Surroundings) -> None:
    if any(secret in text for secret in around.secrets):
        raise SecretFoundError("the content")
    fields = [(name, value) for name, value in _PART.findall(text) if is_secret_name(name)]
    if has_secret_look(text) or any(
        value not in around.code for _, value in (*fields, *find_named_within(text))
    ):
        raise SecretFoundError("the content")


def _write_form(spec: RequestSpec, around: Surroundings, status: int) -> str:
    try:
        pairs = parse_qsl(spec.content.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return ""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(around.write_value(name, value, status))
    written = (
        f"{name!r}: {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}"
        for name, values in fields.items()
    )
    return f"data={{{', '.join(written)}}}"
