"""What the page is told of templates: all that is known, and no secret."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.inspector.templates import TemplateDesk, Templates
from nbflask.inspector.templates.messages import build_answer
from nbflask.recorder import recorder_of
from nbflask.widgets.templates import TemplatesWidget
from tests.inspector.templates.apps import build_app, look

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "the-key-of-this-very-app"
TOKEN = "tok-of-ada-91b2c3d4"


class Cart:
    def __repr__(self) -> str:
        raise AssertionError("Nobody asked.")


def get(templates: Templates, name: str) -> dict[str, Any]:
    return build_answer(templates, {"kind": "get", "name": name})


def entries(templates: Templates, name: str) -> dict[str, dict[str, Any]]:
    context = get(templates, name)["context"]
    return {each["name"]: each for each in context["entries"]}


def test_the_list_says_origin_fault_and_how_often() -> None:
    app = build_app({"a.html": "A", "bad.html": "{% if %}"})
    answer = build_answer(look(app, "/show/a.html", "/show/a.html"), {"kind": "list"})
    assert [(each["name"], each["has_fault"], each["count"]) for each in answer["templates"]] == [
        ("a.html", False, 2),
        ("bad.html", True, 0),
    ]
    assert answer["templates"][0]["origin"]["label"] == "the app itself"


def test_all_of_a_template_is_json() -> None:
    answer = get(look(build_app(), "/show/page.html?name=Ada"), "page.html")
    assert json.loads(json.dumps(answer)) == answer
    assert [each["name"] for each in answer["parents"]] == ["base.html", "forms.html", "row.html"]
    assert answer["visits"] == {"by_view": [["show", 1]], "last_id": 1}
    assert answer["context"]["exchange_id"] == 1


def test_a_template_that_is_gone_is_told_so() -> None:
    assert get(Templates(build_app()), "x.html") == {"kind": "gone", "name": "x.html"}


def test_plain_values_are_shown_whole_and_others_by_what_they_are() -> None:
    app = build_app({"a.html": ""})
    app.extra.update(cart=Cart(), price=1.5, deep={"a": [1, None]}, pair=(1, 2), raw=b"xy")
    found = entries(look(app, "/show/a.html?name=Ada"), "a.html")
    module = Cart.__module__
    assert {name: (each["type"], each["text"]) for name, each in found.items()} == {
        "items": ("list", '["tea"]'),
        "name": ("str", '"Ada"'),
        "cart": (f"{module}.Cart", f"<{module}.Cart>"),
        "price": ("float", "1.5"),
        "deep": ("dict", '{"a": [1, null]}'),
        "pair": ("tuple", "tuple of 2"),
        "raw": ("bytes", "2 bytes"),
        "site": ("str", '"The Shop"'),
    }
    assert [name for name, each in found.items() if each["json"] is None] == [
        "cart", "pair", "raw",
    ]  # fmt: skip
    givers = {name: each["giver"] for name, each in found.items()}
    assert (givers["name"], givers["site"]) == ("view", "processor")


def test_a_circle_in_a_value_is_no_endless_text() -> None:
    app = build_app({"a.html": ""})
    circle: list[Any] = []
    circle.append(circle)
    app.extra["circle"] = circle
    assert entries(look(app, "/show/a.html"), "a.html")["circle"]["text"] == "list of 1"


SECRET_CONTEXTS = {
    "by its name": {"api_token": TOKEN},
    "in a dict": {"user": {"password": TOKEN}},
    "in a list of dicts": {"users": [{"password": TOKEN}]},
    "the app's own": {"greeting": f"The key is {KEY}."},
    "a token by its look": {"header": "Bearer abcdefghij0123456789"},
}


@pytest.mark.parametrize("context", SECRET_CONTEXTS.values(), ids=SECRET_CONTEXTS)
def test_no_secret_of_a_context_is_told_or_offered_to_be_edited(context: dict[str, Any]) -> None:
    app = build_app({"a.html": ""})
    app.extra.update(context)
    templates = look(app, "/show/a.html")
    text = json.dumps(get(templates, "a.html"))
    assert "REDACTED" in text
    for secret in (TOKEN, KEY, "abcdefghij0123456789"):
        assert secret not in text
    (name,) = context
    assert entries(templates, "a.html")[name]["json"] is None


def render(templates: Templates, template: str, **changes: Any) -> dict[str, Any]:
    return build_answer(
        templates,
        {"kind": "render", "name": template, "turn": 7, "changes": changes, "removed": []},
    )


def test_no_secret_is_in_a_rendering() -> None:
    app = build_app({"a.html": "{{ api_token }} {{ config.SECRET_KEY }} {{ user.password }}"})
    app.extra.update(api_token=TOKEN, user={"password": "ada's <own> one"})
    answer = render(look(app, "/show/a.html"), "a.html")
    assert answer["text"] == "REDACTED REDACTED REDACTED"


def test_no_secret_is_in_a_source_or_in_a_fault() -> None:
    app = build_app({"a.html": f"<!-- {KEY} -->\n{{{{ fail('{KEY}') }}}}"})

    def fail(text: str) -> None:
        raise ValueError(f"What is {text} or {TOKEN}?")

    app.extra.update(fail=fail, api_token=TOKEN)
    recorder = look(app).records._recorder
    app.test_client().get("/show/a.html")
    templates = Templates(app, recorder)
    text = json.dumps([get(templates, "a.html"), render(templates, "a.html")])
    assert KEY not in text
    assert TOKEN not in text
    assert "What is REDACTED or REDACTED?" in text


def test_names_in_a_source_stay_though_they_name_secrets() -> None:
    source = "{% set token = form.password %}<input name=password value={{ token }}>"
    assert get(Templates(build_app({"a.html": source})), "a.html")["source"] == source


def test_a_rendering_is_told_with_its_turn() -> None:
    answer = render(look(build_app({"a.html": "Hi {{ name }}{{ gone }}"})), "a.html", name="Ada")
    assert (answer["kind"], answer["turn"], answer["text"]) == ("rendered", 7, "Hi Ada")
    assert answer["missing"] == [
        {"name": "gone", "template": "a.html", "line": 1, "text": "'gone' is undefined"}
    ]


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [("a.html", "x", True), ("a.txt", "<p>", False), ("a", "<p>", True), ("a", "x", False)],
)
def test_what_is_a_page_is_known_by_its_name(name: str, source: str, expected: bool) -> None:
    assert render(Templates(build_app({name: source})), name)["is_markup"] is expected


# ---- The desk


class Desk:
    """A desk whose widget keeps what it sends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = build_app()
        self.templates = look(self.app)
        self.widget = TemplatesWidget(table=self.templates.table)
        self.sent: list[dict[str, Any]] = []
        monkeypatch.setattr(self.widget, "send", self.sent.append)
        self.desk = TemplateDesk(self.templates, self.widget, recorder_of(self.app))

    def ask(self, **message: Any) -> dict[str, Any]:
        """Ask as the page does, and give the answer."""
        self.widget._handle_custom_msg(message, [])
        return self.sent[-1]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_the_desk_answers_the_page(desk: Desk) -> None:
    assert desk.ask(kind="list")["kind"] == "list"
    assert desk.ask(kind="get", name="page.html")["name"] == "page.html"


def test_what_goes_wrong_is_told_and_no_secret_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(f"The disk and {KEY}.")

    monkeypatch.setattr(desk.templates.records, "visits", fail)
    assert desk.ask(kind="list") == {
        "kind": "failed",
        "text": "OSError: The disk and REDACTED.",
    }


def test_news_is_told_once_until_the_page_asks(desk: Desk) -> None:
    client = desk.app.test_client()
    for _ in range(5):
        client.get("/show/page.html")
    assert desk.sent == [{"kind": "stale"}]
    desk.ask(kind="list")
    client.get("/show/page.html")
    desk.desk.refresh()
    assert [each["kind"] for each in desk.sent] == ["stale", "list", "stale"]


def test_threads_tell_it_once_as_well(desk: Desk) -> None:
    start = threading.Barrier(8)

    def tell() -> None:
        start.wait()
        desk.desk.refresh()

    threads = [threading.Thread(target=tell) for _ in range(8)]
    run(threads, lambda each: each.start())
    run(threads, lambda each: each.join())
    assert desk.sent == [{"kind": "stale"}]


def run(threads: list[threading.Thread], step: Callable[[threading.Thread], None]) -> None:
    for each in threads:
        step(each)


def test_a_closed_desk_is_silent(desk: Desk) -> None:
    desk.desk.close()
    desk.desk.close()
    desk.app.test_client().get("/show/page.html")
    assert desk.sent == []


# ---- The widget's Python half


def test_a_notebooks_file_keeps_a_table_and_no_content() -> None:
    app = build_app({"a.html": "source-text {{ name }}"})
    templates = look(app, "/show/a.html?name=context-value")
    widget = TemplatesWidget(app_name="app", name="a.html", table=templates.table)
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    kept = json.dumps([data["text/plain"], data["text/html"], widget.get_state()["name"]])
    assert "a.html" in kept
    assert "source-text" not in kept
    assert "context-value" not in kept
    assert repr(widget) == "TemplatesWidget(app, 'a.html')"
