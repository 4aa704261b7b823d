"""A filter means the same in Python and in a browser; a fault is said with its column."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.errors import FilterError
from nbflask.exchanges.exchange import (
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    Initiator,
    LogRecord,
    Output,
    Request,
    Response,
    Route,
    Source,
    Span,
    Stage,
    State,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.filters import Setting, build_facts, completions, parse_filter
from nbflask.exchanges.filters.keys import FROM, HAS, IS, KEYS, STAGES
from nbflask.exchanges.filters.patterns import Pattern
from nbflask.widgets import modules
from tests.browser import chromium, open_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Evaluate = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

TABLE = json.loads(Path(__file__).with_name("filters.json").read_text(encoding="utf-8"))
FACTS: dict[str, dict[str, Any]] = TABLE["facts"]
SETTINGS: dict[str, dict[str, Any]] = TABLE["settings"]
FILTERS_JS = Path(modules.__file__).parent / "parts" / "filters.js"

#: What a page answers to questions of the form that :func:`ask_python` answers, too.
SCRIPT = """
async ([source, questions]) => {
  const names = "parseFilter, matches, needsHeavy, complete, FILTER_KEYS, STAGE_NAMES";
  const url = URL.createObjectURL(
    new Blob([source + `\\nexport { ${names} };`], { type: "text/javascript" }));
  const { parseFilter, matches, needsHeavy, complete, FILTER_KEYS, STAGE_NAMES } =
    await import(url);
  const count = (text, units) => [...text.slice(0, units)].length;
  return questions.map(({ filter: text, facts, setting, column, keys }) => {
    if (keys) {
      return { keys: [...FILTER_KEYS].map(([name, key]) => [name, key]), stages: STAGE_NAMES };
    }
    const units = [...text].slice(0, column ?? 0).join("").length;
    if (column !== undefined) return complete(facts, text, units);
    const { filter, error } = parseFilter(text);
    if (error) return { column: count(text, error.column), message: error.message };
    return {
      matches: facts.map((each) => matches(filter, each, setting)),
      hints: filter.hints,
      heavy: needsHeavy(filter),
    };
  });
}
"""


@pytest.fixture(scope="module")
def ask_browser() -> Iterator[Evaluate]:
    """Give what has the browser's evaluator answer questions."""
    with chromium() as browser, open_page(browser, "about:blank") as page:
        source = modules.join_modules(FILTERS_JS)
        yield lambda questions: page.evaluate(SCRIPT, [source, questions])


def ask_python(question: dict[str, Any]) -> Any:
    """Answer a question as the browser does."""
    text = question["filter"]
    if "column" in question:
        return completions(question["facts"], text, question["column"])
    try:
        found = parse_filter(text)
    except FilterError as error:
        return {"column": error.column, "message": f"{error.fault} {error.remedy}"}
    setting = Setting(**question["setting"])
    return {
        "matches": [found.matches(facts, setting) for facts in question["facts"]],
        "hints": list(found.hints),
        "heavy": found.needs_heavy,
    }


def question(text: str, setting: str = "usual") -> dict[str, Any]:
    """Ask whether a filter matches each of the table's facts."""
    return {"filter": text, "facts": list(FACTS.values()), "setting": SETTINGS[setting]}


def test_the_table_says_what_filters_mean() -> None:
    wrong = []
    for row in TABLE["rows"]:
        answer = ask_python(question(row["filter"], row.get("setting", "usual")))
        wrong += [(row, answer)] if not agrees(row, answer) else []
    assert wrong == []
    assert len(TABLE["rows"]) >= 150


def agrees(row: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether an answer is what a row of the table says."""
    if "column" in row:
        fault: str = answer.get("message", "")
        return answer.get("column") == row["column"] and fault.startswith(row["fault"])
    if "hint" in row:
        return (row["hint"] in answer["hints"]) if row["hint"] else answer["hints"] == []
    return bool(answer["matches"][list(FACTS).index(row["facts"])] == row["matches"])


@pytest.mark.browser
def test_the_browser_agrees_with_the_table(ask_browser: Evaluate) -> None:
    rows = TABLE["rows"]
    answers = ask_browser([question(row["filter"], row.get("setting", "usual")) for row in rows])
    wrong = [pair for pair in zip(rows, answers, strict=True) if not agrees(*pair)]
    assert wrong == []


def completion_questions() -> list[dict[str, Any]]:
    """Ask for what the table completes."""
    facts = list(FACTS.values())
    return [
        {"filter": row["filter"], "facts": facts, "column": row["column"]}
        for row in TABLE["completions"]
    ]


def test_filters_are_completed_by_what_was_seen() -> None:
    expected = [row["completions"] for row in TABLE["completions"]]
    assert [ask_python(each) for each in completion_questions()] == expected


@pytest.mark.browser
def test_the_browser_completes_alike(ask_browser: Evaluate) -> None:
    expected = [row["completions"] for row in TABLE["completions"]]
    assert ask_browser(completion_questions()) == expected


PIECES = [
    *("status", "dur", "size", "path", "q.page", "header.x-tag", "stage.view", "has", "is", "from"),
    *("error", "log", "out", "body", "cell", "since", "id", "replay", "cookie", "resp", "nokey"),
    *(
        ":",
        ":",
        ":",
        ":",
        ":>",
        ":<=",
        ":=",
        ":~",
        ",",
        "..",
        "*",
        "-",
        "!",
        " ",
        " ",
        " ",
        "(",
        ")",
    ),
    *(
        " OR ",
        " AND ",
        " NOT ",
        " | ",
        "&",
        '"',
        '"',
        "\\",
        "/",
        "/",
        "^",
        "$",
        "[a-z]",
        "[^x",
        "+",
    ),
    *("?", "{2}", "{1,", "}", "\\d", "\\w+", "\\b", "\\S", "(?:", "(?=", ".", ".*", "error", "log"),
    *("users", "POST", "5xx", "404", "500", "100ms", "1Ki", "5m", "this", "slow", "pinned", "body"),
    *(
        "straße",
        "ΟΔΟΣ",
        "İ",
        "ß",
        "ﬁ",
        "😀",
        "\u00a0",
        "é",
        "\n",
        "K",
        "\u017f",
        "null",
        "a",
        "b",
        "0",
    ),
]


def random_filters(count: int) -> list[str]:
    """Make filters of what filters are made of, half of them well formed."""
    chance = random.Random(20261122)
    found = []
    for _ in range(count):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 9)))
        rows = [row["filter"] for row in chance.sample(TABLE["rows"], 2)]
        joined = chance.choice([" OR ", " ", " -", " AND NOT "]).join(rows)
        found.append(chance.choice([text, joined, f"({joined}) {text}"]))
    return found


def test_a_random_filter_raises_nothing_but_its_own_error() -> None:
    answers = [ask_python(question(text)) for text in random_filters(1000)]
    faults = sum("column" in answer for answer in answers)
    assert 100 < faults < 900
    assert all(answer.get("column", 0) >= 0 for answer in answers)


@pytest.mark.browser
def test_random_filters_mean_the_same_in_the_browser(ask_browser: Evaluate) -> None:
    questions = [question(text) for text in random_filters(1000)]
    differences = [
        (asked["filter"], ours, theirs)
        for asked, theirs in zip(questions, ask_browser(questions), strict=True)
        if (ours := ask_python(asked)) != theirs
    ]
    assert differences == []


@pytest.mark.browser
def test_the_browser_has_the_same_keys(ask_browser: Evaluate) -> None:
    (theirs,) = ask_browser([{"filter": "", "keys": True}])
    ours = [
        [
            name,
            {
                "kind": str(key.kind),
                "facts": list(key.facts),
                **({"isNamed": True} if key.is_named else {}),
                **({"isHeavy": True} if key.is_heavy else {}),
                **({"choices": list(key.choices)} if key.choices else {}),
                **({"units": dict(key.units)} if key.units else {}),
            },
        ]
        for name, key in KEYS.items()
    ]
    assert theirs == {"keys": ours, "stages": list(STAGES)}


@pytest.mark.parametrize(
    "text", ["(a+)+$", "(a|aa)+$", "a.*a.*a.*a.*b", "(a?){20}a{20}c", "(.*,){5}x"]
)
def test_no_pattern_takes_longer_than_a_few_reads(text: str) -> None:
    # An engine that tries each way would not end within the life of this machine.
    assert not Pattern(text).is_in("a" * 5000 + "!" * 10)


def test_an_error_says_text_column_fault_and_remedy() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter("path:/a has:bdy")
    assert str(caught.value) == (
        "The filter 'path:/a has:bdy' cannot be read at column 13: 'has:' knows no 'bdy'."
        " Did you mean 'body'?"
    )
    assert caught.value.column == 12


@pytest.mark.parametrize(
    ("text", "is_heavy"),
    [
        ("", False),
        ("users", False),
        ("error:x has:log", False),
        ("-(a OR log:x)", True),
        ("body:a", True),
    ],
)
def test_only_what_a_row_lacks_makes_a_filter_heavy(text: str, is_heavy: bool) -> None:
    assert parse_filter(text).needs_heavy is is_heavy


EXCHANGE = Exchange(
    id=41,
    request=Request(
        method="POST",
        host="localhost:5000",
        target="/user/ann/api/users?draft=1&tag=a%20b",
        script_name="/user/ann",
        path="/api/users",
        query_string="draft=1&tag=a%20b",
        headers=Fields([("Cookie", "session=REDACTED; theme=REDACTED"), ("X-Tag", "one")]),
        content=Content(size=9, data=b'{"a": 1}\n', media_type="application/json"),
    ),
    state=State.COMPLETE,
    started_at=990,
    duration_ms=18.3,
    response=Response(
        status_code=302,
        headers=Fields([("Location", "/x"), ("Set-Cookie", "cart=REDACTED; Path=/")]),
        content=Content(size=5000, data=b"<p>\xc3", media_type="text/html; charset=utf-8"),
    ),
    route=Route(rule="/api/users", endpoint="api.create", blueprint="api", view="shop.create"),
    spans=(
        Span(stage=Stage.VIEW, name="create", start_us=100, duration_us=9000),
        Span(stage=Stage.BEFORE, name="one", start_us=10, duration_us=20),
        Span(stage=Stage.BEFORE, name="two", start_us=40, duration_us=30),
        Span(stage=Stage.TEMPLATE, name="a.html", start_us=200, duration_us=1000),
        Span(stage=Stage.TEMPLATE, name="inner.html", start_us=300, duration_us=100, depth=1),
    ),
    logs=(LogRecord(at_us=1, level="INFO", logger="app", message="saved", exception="Traceback"),),
    output=(
        Output(at_us=1, stream="stdout", text="half of "),
        Output(at_us=2, stream="stdout", text="a line\n"),
    ),
    errors=(ErrorRecord(kind=ErrorKind.HANDLED, type="KeyError", message="'name'"),),
    initiator=Initiator(source=Source.CELL, cell="client.post(...)", cell_number=12),
    replay_of=35,
    is_pinned=True,
    redactions=2,
)

LIGHT = {
    "id": 41,
    "line": "POST /api/users?draft=1&tag=a%20b",
    "method": "POST",
    "path": "/api/users",
    "url": "http://localhost:5000/user/ann/api/users?draft=1&tag=a%20b",
    "query": [["draft", "1"], ["tag", "a b"]],
    "route": "/api/users",
    "endpoint": "api.create",
    "blueprint": "api",
    "view": "shop.create",
    "status": 302,
    "type": "text/html",
    "size": 5000,
    "dur": 18.3,
    "stages": {"before": 0.05, "view": 9.0, "template": 1.0},
    "cookies": ["session", "theme", "cart"],
    "errors": ["KeyError: 'name'"],
    "has": ["body", "cookie", "error", "json", "log", "print", "query", "redirect"],
    "is": ["complete", "pinned", "redacted", "replay", "truncated"],
    "from": "cell",
    "cell": 12,
    "replay": 35,
    "at": 990,
}

HEAVY = {
    "headers": [["Cookie", "session=REDACTED; theme=REDACTED"], ["X-Tag", "one"]],
    "resp": [["Location", "/x"], ["Set-Cookie", "cart=REDACTED; Path=/"]],
    "req": '{"a": 1}\n',
    "res": "<p>",
    "log": ["saved\nTraceback"],
    "out": "half of a line\n",
}


def test_facts_are_what_a_row_carries_and_what_it_does_not() -> None:
    assert build_facts(EXCHANGE, heavy=False) == LIGHT
    assert build_facts(EXCHANGE) == LIGHT | HEAVY


def test_facts_are_json_whatever_was_sent() -> None:
    request = Request(method="GET", path="/\udcff", query_string="a=%ff\udcff", target="/%ff")
    content = Content(size=4, data=b"\x00\xff\x01\x02", media_type="image/png")
    facts = build_facts(
        Exchange(id=1, request=request, response=Response(status_code=200, content=content))
    )
    json.dumps(facts).encode()
    assert facts["path"] == "/?"
    assert facts["res"] == ""


def test_every_word_of_has_is_and_from_comes_from_an_exchange() -> None:
    facts = build_facts(EXCHANGE)
    assert set(facts["has"]) <= set(HAS)
    assert set(facts["is"]) <= set(IS)
    assert set(FROM) == {"browser", *map(str, Source)}
