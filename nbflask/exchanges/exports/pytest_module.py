"""An exchange as a test of the app: what was asked, and that it is answered alike.

What differs from run to run is not asserted: a content with a time, an id or the server's
address in it. A fixture ``app``, as Flask's documentation has it, gives the app.
"""

from __future__ import annotations

import builtins
import json
import re
from typing import TYPE_CHECKING

from nbflask.exchanges.exchange import ErrorKind, State
from nbflask.exchanges.media_types import parse_media_type

from .flask_call import write_open
from .outgoing import build_outgoing
from .python import find_imports, write_comments, write_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange, Response

_OPENING = '"""Recorded requests, and how the app answered. The fixture ``app`` gives the app."""'

#: What is compared as a whole. A test of more says less about what is wrong.
MAX_ASSERTED_BYTES = 4096

# A UUID, a date with a time, HTTP's date, a token's length of letters, a traceback's address.
_UNSTABLE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
    r"|\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d"
    r"|[A-Za-z0-9_.-]{40,}"
    r"|REDACTED"
    r"|0x[0-9a-f]{8,}",
    re.IGNORECASE,
)


def to_pytest(exchange: Exchange, *, base_url: str = "") -> str:
    """Give a module with one test."""
    return write_pytest([exchange], base_url=base_url)


def write_pytest(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give a module with a test for each."""
    tests: dict[str, str] = {}
    for exchange in exchanges:
        name = _name_test(exchange, tests)
        tests[name] = _write_test(name, exchange, base_url)
    body = "\n\n\n".join(tests.values())
    imports = [*find_imports(body), *(["\nimport pytest"] if "pytest." in body else [])]
    head = "\n".join([_OPENING, "", "from __future__ import annotations", "", *imports]).rstrip()
    return f"{head}\n\n\n{body}\n"


def _name_test(exchange: Exchange, taken: dict[str, str]) -> str:
    """Give a name that no other test has: what is asked, and what is answered."""
    asked = re.sub(r"[^a-z0-9]+", "_", f"{exchange.request.method} {exchange.request.path}".lower())
    response = exchange.response
    answered = f"gives_{response.status_code}" if response else "gives_no_response"
    name = f"test_{asked.strip('_')[:60]}_{answered}"
    return next(
        each
        for each in (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
        if each not in taken
    )


def _write_test(name: str, exchange: Exchange, base_url: str) -> str:
    request = build_outgoing(exchange, base_url=base_url)
    errors = [error.type for error in exchange.errors if error.kind is ErrorKind.UNHANDLED]
    call = write_open(request, "client", 1)
    arguments, lines = "app", write_comments(request, 1)
    if errors and exchange.response:
        # Where TESTING is on, the exception would leave the app and no response be given.
        arguments = "app, monkeypatch"
        lines.append('    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)')
    lines.append("    client = app.test_client(use_cookies=False)")
    if exchange.response:
        lines += [call, *(f"    {each}" for each in _write_assertions(exchange, exchange.response))]
    else:
        lines += _write_raising(call, errors[-1] if errors else "")
    return "\n".join([f"def {name}({arguments}):", *lines])


def _write_raising(call: str, error: str) -> list[str]:
    """Give the call of a request that was not answered."""
    if not error:
        return ["    # It was not answered, so there is nothing to compare.", call]
    known = getattr(builtins, error, None)
    is_builtin = isinstance(known, type) and issubclass(known, BaseException)
    expected = error if is_builtin else "Exception"
    return [
        f"    with pytest.raises({expected}):",
        "\n".join(f"    {line}" for line in call.split("\n")),
    ]


def _write_assertions(exchange: Exchange, response: Response) -> list[str]:
    lines = [f"assert response.status_code == {response.status_code}"]
    media_type = parse_media_type(response.headers.get("Content-Type", "")).name
    if media_type:
        lines.append(f"assert response.mimetype == {write_literal(media_type)}")
    if response.location and _is_stable(response.location, exchange):
        lines.append(f"assert response.location == {write_literal(response.location)}")
    return lines + _write_content_assertion(exchange, response)


def _write_content_assertion(exchange: Exchange, response: Response) -> list[str]:
    content = response.content
    # A test client that looked at the status alone was given all of it, too.
    is_whole = exchange.state in (State.COMPLETE, State.UNREAD)
    if not is_whole or content.is_truncated or content.is_evicted:
        return []
    if content.encoding or content.size > MAX_ASSERTED_BYTES or exchange.request.method == "HEAD":
        return []
    try:
        text = content.data.decode()
    except UnicodeDecodeError:
        return [f"assert response.data == {write_literal(content.data)}"]
    if not _is_stable(text, exchange) or response.status_code >= 500:
        return []
    media_type = parse_media_type(content.media_type)
    if media_type.is_json:
        try:
            return [f"assert response.get_json() == {write_literal(_read_json(text), 1)}"]
        except (ValueError, RecursionError):
            pass
    return [f"assert response.data == {write_literal(content.data)}"]


def _read_json(text: str) -> object:
    """Read JSON whose value is the same as a literal of Python's.

    :raises ValueError: It is none, or ``NaN``, which no value is equal to.
    """

    def refuse(name: str) -> float:
        raise ValueError(name)

    value = json.loads(text, parse_constant=refuse)
    if "inf" in repr(value) and re.search(r"(?<![\w'\"])-?inf\b", repr(value)):
        raise ValueError("inf")
    return value


def _is_stable(text: str, exchange: Exchange) -> bool:
    """Whether a text can be expected to be the same in another run, at another address."""
    request = exchange.request
    places = [each for each in (request.script_name, request.host) if each not in ("", "localhost")]
    return not _UNSTABLE.search(text) and not any(place in text for place in places)
