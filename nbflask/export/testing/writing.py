"""The text of a project's tests: what each flow of requests does, and what is asserted of it."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..imports import Imported, write_imports
from ..layout import read_heading, write_comment
from ..module import format_code
from ..secrecy.secrets import Vault
from ..statements import indent
from .asserting import is_error_page, write_assertions
from .calls import write_call, write_cookies
from .carrying import without_unused
from .flows import Sent
from .naming import name_flow, name_request, unique
from .resolving import Kit
from .rewriting import hand_fixtures, rename
from .shown import find_sent_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .calls import Surroundings
    from .flows import Deed
    from .trials import Definition
    from .tried import Tried

# Werkzeug's test client writes forms of more into a file, and leaves it open.
_MIN_SPOOLED_BYTES = 500 * 1024
_SPOOLED = """\
# Werkzeug's client keeps large forms in a file, which it leaves to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""
# With more the docstring is longer than a line.
_MAX_TITLE_CHARS = 70
_FIXTURES = ("app", "client", "monkeypatch")


@dataclass
class Body:
    """The lines of a test, and what they need.

    :param values: What requests have sent so far, which pages may show.
    """

    lines: list[str] = field(default_factory=list)
    kit: Kit = field(default_factory=Kit)
    values: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A test as text."""

    text: str
    kit: Kit


def write_module(
    tests: Sequence[Written],
    helpers: Iterable[Written],
    title: str,
    secrets: Mapping[str, str],
) -> str:
    """Write a module of tests.

    :param helpers: Functions that the tests call.
    :param secrets: The variable of the environment that each secret was moved to, by its value.
    """
    parts = [*helpers, *tests]
    used = names_in("\n".join(each.text for each in parts))
    imports = {each for part in parts for each in part.kit.imports if each.bound in used}
    above = "import os\n"
    code = above + "\n\n\n".join(each.text for each in parts)
    hidden = Vault(names=secrets).hide_known(code)
    if hidden != code:
        imports.add(Imported(module="os"))
    head = [f'"""Tests of {_plain(title)}."""']
    head += filter(None, [write_imports(sorted(imports))])
    return format_code("\n\n\n".join(["\n\n".join(head), hidden.removeprefix(above)]))


def names_in(code: str) -> frozenset[str]:
    """Give the names that code reads or asks for as parameters."""
    nodes = list(ast.walk(ast.parse(code)))
    names = {each.id for each in nodes if isinstance(each, ast.Name)}
    return frozenset(names | {each.arg for each in nodes if isinstance(each, ast.arg)})


def write_flow(
    flow: Sequence[Deed], around: Surroundings, headings: Mapping[int, str], taken: set[str]
) -> Written | None:
    """Write the test of a flow; ``None`` where nothing of it can be asserted.

    :param headings: The heading that each cell stands under, by its number.
    :param taken: Names of tests.
    :raises SecretFoundError: A request holds a secret that nothing in the project gives.
    """
    body = Body()
    for deed in flow:
        if isinstance(deed, Sent):
            _write_request(deed, around, body)
        else:
            _write_tried(deed, body)
        body.lines.append("")
    lines = _until_last_assert(without_unused(body.lines))
    if not lines:
        return None
    around.check("\n".join(lines))
    code = "\n".join(lines).strip("\n")
    used = names_in(code)
    order = [each for each in _FIXTURES if each in body.kit.fixtures & used]
    mark = ""
    if any(map(_sends_much, lines)):
        mark = _SPOOLED
        body.kit.imports.add(Imported(module="pytest"))
    name = _name(flow, headings, taken)
    text = f"{mark}def test_{name}({', '.join(order)}):\n{indent(code)}"
    return Written(text=text, kit=body.kit)


def _sends_much(text: str) -> bool:
    """Say whether code names a size that is more than a test client keeps in memory."""
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, int)
        and each.value >= _MIN_SPOOLED_BYTES
        for each in ast.walk(ast.parse(text))
    )


def _until_last_assert(lines: Sequence[str]) -> Sequence[str]:
    """Leave out what is done after all is said."""
    ends = [at for at, each in enumerate(lines) if re.search(r"assert |pytest\.raises", each)]
    return lines[: ends[-1] + 1] if ends else ()


def write_definition(
    definition: Definition, kit: Kit, callees: Mapping[str, Sequence[str]], app: str
) -> Written:
    """Write a function of the notebook, which takes the fixtures that it needs as parameters.

    :param callees: The fixtures that each function takes, by its name.
    """
    node = definition.statement.node
    given = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
        given = {each.arg for each in (*arguments.posonlyargs, *arguments.args)}
    own = [each for each in _FIXTURES if each in kit.fixtures - given]
    text = rename(definition.statement.text, app, "app")
    return Written(text=hand_fixtures(text, own, callees), kit=kit)


def _write_request(sent: Sent, around: Surroundings, body: Body) -> None:
    answer = sent.answer
    status = answer.status if answer else 200
    body.kit.fixtures.add("client")
    call = write_call(sent.spec, around, status)
    cookies = write_cookies(sent.spec, around, status)
    values = find_sent_values(sent.spec, around.code)
    body.values |= dict.fromkeys(each for each in values if not around.hides(each))
    if "os.environ[" in call or any("os.environ[" in each for each in cookies):
        body.kit.imports.add(Imported(module="os"))
    if "io.BytesIO(" in call:
        body.kit.imports.add(Imported(module="io"))
    body.lines += cookies
    if answer is None or sent.judged.trust == "sent":
        if answer is not None and answer.status >= 500:
            _let_handler_answer(body)
        body.lines.append(f"{sent.name} = {call}" if sent.name else call)
    elif answer.raised and is_error_page(answer):
        body.kit.imports.add(Imported(module="pytest"))
        raised = answer.raised if _is_exception(answer.raised) else "Exception"
        body.lines.append(f"with pytest.raises({raised}):\n    {call}")
    else:
        if answer.raised:
            _let_handler_answer(body)
        asserts = write_assertions(
            answer,
            with_body=sent.judged.trust == "full" and not _has_secret(answer.text, around),
            with_headers=sent.judged.are_headers_steady,
            sent=tuple(body.values),
        )
        if sent.judged.sends_file:
            # Else the file stays open.
            inner = indent("\n".join(asserts))
            body.lines.append(f"with {call} as response:\n{inner}")
        else:
            body.lines += [f"response = {call}", *asserts]
    # Those of a request are its own, and not the client's.
    body.lines += [f"client.delete_cookie({name!r})" for name, _ in sent.spec.cookies]


def _write_tried(tried: Tried, body: Body) -> None:
    body.kit.add(tried.kit)
    if any(_expects_failure(each) for each in tried.lines):
        _let_handler_answer(body)
    body.lines += tried.lines


def _expects_failure(text: str) -> bool:
    """Say whether code compares with an answer to an exception that nobody handles."""
    return any(
        isinstance(each, ast.Constant) and str(each.value)[:3] == "500"
        for each in ast.walk(ast.parse(text))
    )


def _let_handler_answer(body: Body) -> None:
    """Let the app's own page for errors be sent, as it is where nobody tests."""
    line = 'monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)'
    if line not in body.lines:
        body.kit.fixtures |= {"app", "monkeypatch"}
        body.lines.append(line)


def _has_secret(text: str, around: Surroundings) -> bool:
    return any(secret in text for secret in around.secrets)


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def _name(flow: Sequence[Deed], headings: Mapping[int, str], taken: set[str]) -> str:
    match flow:
        case [Sent() as sent]:
            return unique(name_request(sent.spec, sent.answer), taken)
    return unique(name_flow(_find_sections(flow, headings), _find_paths(flow)), taken)


def without_shared_sections(
    flows: Iterable[Sequence[Deed]], headings: Mapping[int, str]
) -> Mapping[int, str]:
    """Give the headings that one test can be named after: those of no two that ask for something.

    :param headings: The heading that each cell stands under, by its number.
    """
    named = [each for each in flows if not (len(each) == 1 and isinstance(each[0], Sent))]
    asking = [each for each in named if _find_paths(each)]
    counts = Counter(name for each in asking for name in set(_find_sections(each, headings)))
    alike = {
        deed.cell.number
        for each in asking
        for deed in each
        if counts[write_comment(headings.get(deed.cell.number, ""))] > 1
    }
    return {number: text for number, text in headings.items() if number not in alike}


def _find_sections(flow: Sequence[Deed], headings: Mapping[int, str]) -> list[str]:
    """Give the headings that a flow stands under."""
    telling = [each for each in flow if each.judged.trust != "sent"]
    return [write_comment(headings.get(each.cell.number, "")) for each in telling or flow]


def _find_paths(flow: Sequence[Deed]) -> list[str]:
    paths = [each.spec.target if isinstance(each, Sent) else "" for each in flow]
    paths += [one.path for each in flow if not isinstance(each, Sent) for one in each.targets]
    return [each for each in paths if each]


def _plain(title: str) -> str:
    """Say what is tested, as it stands within a sentence."""
    text = read_heading(title).replace("\\", "").replace('"', "'").rstrip(".!?")
    # A notebook may be about notebooks; the tests are not.
    if not text or "nbflask" in text.lower() or len(text) > _MAX_TITLE_CHARS:
        return "the app"
    return re.sub(r"^(?:A|An|The)(?= )", lambda found: found[0].lower(), text)
