"""The text of a project's tests: a module of them, and the fixtures that they ask for."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..module import format_code
from ..project import Note
from ..statements import indent
from ..steps import Place
from .asserting import is_error_page, write_assertions
from .calls import SecretFoundError, write_call, write_cookies
from .naming import name_flow, name_request, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .calls import Surroundings
    from .flows import Sent

CONFTEST_DOC = '"""What the tests are given: the app, and a client of it."""'
_CLIENT = '''\
@pytest.fixture
def client(app):
    """Give a client, which keeps its cookies for one test."""
    return app.test_client()
'''
_BUILDING = '"""Build an app for one test."""\n{}return create_app({{"TESTING": True}})'
_GIVING = '''\
"""Give the app, which lets exceptions through to the test."""
{}flask_app.config["TESTING"] = True
return flask_app'''


@dataclass
class Body:
    """The lines of a test, and what they need.

    :param fixtures: Names of parameters.
    :param imports: Import statements.
    """

    lines: list[str]
    fixtures: set[str]
    imports: set[str]


def write_conftest(
    environment: Sequence[str], app: str, *, has_factory: bool, has_more: bool = False
) -> str:
    """Write the fixtures, in the words of Flask's documentation.

    :param environment: The variables without which the app cannot be imported.
    :param has_more: The app comes from a module of its own, and only ``wsgi`` is sure to have it.
    """
    source = "from app import create_app" if has_factory else f"from app import {app} as flask_app"
    if has_more and not has_factory:
        source = "from wsgi import app as flask_app"
    making = _BUILDING if has_factory else _GIVING
    if environment:
        head = f"import os\n\nimport pytest\n\n{_write_environment(environment)}"
        # The app reads the environment while it is imported.
        making = making.format(f"{source}\n\n")
    else:
        head, making = f"import pytest\n\n{source}", making.format("")
    app_fixture = f"@pytest.fixture\ndef app():\n{indent(making)}"
    return format_code("\n\n\n".join([f"{CONFTEST_DOC}\n\n{head}", app_fixture, _CLIENT]))


def _write_environment(names: Sequence[str]) -> str:
    lines = [f"os.environ.setdefault({name!r}, 'test')" for name in names]
    return "\n".join(["# The app reads these while it is imported.", *lines])


def write_tests(
    flows: Iterable[Sequence[Sent]], around: Surroundings, headings: Mapping[int, str], title: str
) -> tuple[str, tuple[Note, ...]]:
    """Write a test for each flow.

    :param headings: The heading that each cell stands under, by its number.
    :returns: The module's text, ``""`` where it has no test; and what was left out of it.
    """
    taken: set[str] = set()
    imports: set[str] = set()
    functions: list[str] = []
    notes: list[Note] = []
    for flow in flows:
        body = Body(lines=[], fixtures=set(), imports=set())
        try:
            for sent in flow:
                _write_request(sent, around, body)
        except SecretFoundError:
            text = (
                "The request sends a secret that the app does not hold, so no test is made of it."
            )
            notes.append(Note(text=text, place=Place(cell=sent.cell)))
            continue
        if not any("assert" in line or "pytest.raises" in line for line in body.lines):
            continue
        imports |= body.imports
        functions.append(_write_function(_name(flow, headings, taken), body))
    if not functions:
        return "", tuple(notes)
    head = [f'"""Requests to the app, and what it answers: {_plain(title)}."""']
    head += sorted(imports)
    return format_code("\n\n\n".join([*head, *functions])), tuple(notes)


def _write_request(sent: Sent, around: Surroundings, body: Body) -> None:
    answer = sent.answer
    status = answer.status if answer else 200
    body.fixtures.add("client")
    call = write_call(sent.spec, around, status)
    cookies = write_cookies(sent.spec, around, status)
    if "os.environ[" in call or any("os.environ[" in each for each in cookies):
        body.imports.add("import os")
    body.lines += cookies
    if answer is None:
        body.lines.append(f"{sent.name} = {call}" if sent.name else call)
    elif answer.raised and is_error_page(answer):
        body.imports.add("import pytest")
        raised = answer.raised if _is_exception(answer.raised) else "Exception"
        body.lines.append(f"with pytest.raises({raised}):\n    {call}")
    else:
        if answer.raised:
            _let_handler_answer(body)
        body.lines.append(f"response = {call}")
        body.lines += write_assertions(
            answer,
            with_body=sent.judged.trust == "full" and not _has_secret(answer.text, around),
            with_headers=sent.judged.are_headers_steady,
        )
    body.lines += [f"client.delete_cookie({name!r})" for name, _ in sent.spec.cookies]
    body.lines.append("")


def _let_handler_answer(body: Body) -> None:
    """Let the app's own page for errors be sent, as it is where nobody tests."""
    line = 'monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)'
    if line not in body.lines:
        body.fixtures |= {"app", "monkeypatch"}
        body.lines.append(line)


def _has_secret(text: str, around: Surroundings) -> bool:
    return any(secret in text for secret in around.secrets)


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def _write_function(name: str, body: Body) -> str:
    order = [each for each in ("app", "client", "monkeypatch") if each in body.fixtures]
    lines = "\n".join(body.lines).rstrip("\n")
    return f"def test_{name}({', '.join(order)}):\n{indent(lines)}"


def _name(flow: Sequence[Sent], headings: Mapping[int, str], taken: set[str]) -> str:
    if len(flow) == 1:
        return unique(name_request(flow[0].spec, flow[0].answer), taken)
    heading = headings.get(flow[0].cell.number, "")
    return unique(name_flow(heading, [each.spec for each in flow]), taken)


def _plain(title: str) -> str:
    return title.replace("\\", "").replace('"', "'").rstrip(".") or "the app"
