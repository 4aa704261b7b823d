"""Templates are rendered again: with what they were given, in a request like the last, unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
import pytest
from flask import g, session
from jinja2 import StrictUndefined

import nbflask
from nbflask.errors import RenderError
from nbflask.inspector.templates import Templates
from nbflask.inspector.templates.rendering import RenderBounds
from nbflask.recorder import recorder_of
from tests.inspector.templates.apps import SOURCES, build_app, look

if TYPE_CHECKING:
    from pathlib import Path


def fault_of(sources: dict[str, str], name: str, **values: Any) -> str:
    with pytest.raises(RenderError) as caught:
        Templates(build_app(sources))[name].render(**values)
    return str(caught.value)


# ---- What it is rendered with


def test_it_renders_as_the_last_request_did() -> None:
    templates = look(build_app(), "/show/page.html?name=Ada")
    assert templates["page.html"].render().text == (
        "<title>The Shop</title>\n<main>\n<p>tea</p>\n[Buy] Ada\n</main>"
    )


def test_a_change_replaces_one_value_and_the_others_stay_live() -> None:
    app = build_app({"a.html": "{{ name }} {{ thing.count() }}"})
    app.extra["thing"] = counter = Counter()
    templates = look(app, "/show/a.html?name=Ada")
    assert templates["a.html"].render(name="Grace").text == "Grace 2"
    assert counter.calls == 2


class Counter:
    calls = 0

    def count(self) -> int:
        self.calls += 1
        return self.calls


def test_a_variable_can_be_added_and_taken_away() -> None:
    templates = look(build_app({"a.html": "{{ items }}|{{ new }}|{{ site }}"}), "/show/a.html")
    rendering = templates["a.html"].try_render({"new": 1}, ("items", "site"))
    assert rendering.text == "|1|"
    assert [each.name for each in rendering.missing] == ["items", "site"]


def test_filters_globals_and_context_processors_are_the_apps() -> None:
    app = build_app({"a.html": "{{ 'x'|loud }} {{ site }} {{ url_for('show', template='b') }}"})
    app.template_filter("loud")(str.upper)
    assert look(app)["a.html"].render().text == "X The Shop /show/b"


def test_a_changed_context_processor_gives_the_new_value() -> None:
    app = build_app({"a.html": "{{ site }} {{ name }}"})
    templates = look(app, "/show/a.html?name=Ada")
    app.template_context_processors[None].append(lambda: {"site": "New"})
    assert templates["a.html"].render().text == "New Ada"


def test_the_request_is_like_the_last_one_and_g_holds_what_hooks_found() -> None:
    source = "{{ request.path }} {{ request.args.q }} {{ request.endpoint }} {{ g.user }}"
    templates = look(build_app({"a.html": source}), "/show/a.html?q=1")
    assert templates["a.html"].render().text == "/show/a.html 1 show ada"


def test_without_a_request_it_is_a_get_of_the_root() -> None:
    app = build_app({"a.html": "{{ request.method }} {{ request.path }} {{ name }}"})
    rendering = look(app)["a.html"].render(name="Ada")
    assert (rendering.text, rendering.occasion) == ("GET / Ada", None)


def test_a_template_that_was_changed_renders_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "templates" / "a.html"
    file.parent.mkdir()
    file.write_text("old")
    templates = look(build_app({}, tmp_path), "/show/a.html")
    file.write_text("new")
    assert templates["a.html"].render().text == "new"


# ---- What it leaves alone


def test_nothing_is_recorded_and_no_signal_is_sent() -> None:
    app = build_app()
    templates = look(app, "/show/page.html?name=Ada")
    recorder = recorder_of(app)
    assert recorder is not None
    before = (recorder.exchanges(), dict(recorder.last_context("page.html") or {}))
    heard: list[str] = []

    def hear(*_sender: Any, template: Any, **_more: Any) -> None:
        heard.append(template.name)

    with (
        flask.template_rendered.connected_to(hear),
        flask.before_render_template.connected_to(hear),
    ):
        templates["page.html"].render(name="Grace")
    assert (recorder.exchanges(), dict(recorder.last_context("page.html") or {})) == before
    assert heard == []


def test_the_session_is_read_and_not_changed() -> None:
    source = "{{ session.count }}{{ get_flashed_messages() }}{{ session.pop('x', 0) }}"
    app = build_app({"a.html": source})

    @app.before_request
    def fill() -> None:
        session.setdefault("x", "X")
        flask.flash("Hi")

    templates = look(app)
    client = app.test_client()
    client.get("/show/a.html")
    client.get("/show/a.html")
    with client.session_transaction() as before:
        kept = dict(before)
    # What the last request sent: the session of the one before it.
    assert templates["a.html"].render().text == "1[]0"
    with client.session_transaction() as after:
        assert dict(after) == kept


def test_hooks_do_not_run_and_nothing_is_torn_down_twice() -> None:
    app = build_app({"a.html": "{{ g.connection }}"})
    events: list[str] = []

    @app.before_request
    def open_connection() -> None:
        g.connection = "open"
        events.append("open")

    @app.teardown_appcontext
    def close_connection(_error: BaseException | None) -> None:
        if g.pop("connection", None):
            events.append("close")

    @app.after_request
    def note(response: flask.Response) -> flask.Response:
        events.append("after")
        return response

    templates = look(app)
    app.test_client().get("/show/a.html")
    assert events == ["open", "after", "close"]
    templates["a.html"].render()
    assert events == ["open", "after", "close"]


def test_no_context_is_left_and_the_one_around_is_back() -> None:
    app = build_app({"a.html": "{{ request.path }}"})
    templates = Templates(app)
    templates["a.html"].render()
    assert not flask.has_app_context()
    with app.test_request_context("/around"):
        assert templates["a.html"].render().text == "/"
        assert flask.request.path == "/around"


def test_a_template_in_the_apps_cache_stays_there() -> None:
    app = build_app({"a.html": "{{ x|default('') }}"})
    kept = app.jinja_env.get_template("a.html")
    Templates(app)["a.html"].render()
    assert app.jinja_env.get_template("a.html") is kept
    assert not issubclass(app.jinja_env.undefined, StrictUndefined)


# ---- Bounds


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10**9) %}{% endfor %}",
        "{% set x %}{% for i in range(10**9) %}.{% endfor %}{% endset %}",
        "{{ spin() }}",
    ],
    ids=["loop", "captured", "python"],
)
def test_a_rendering_that_takes_too_long_is_ended(source: str) -> None:
    def spin() -> None:
        while True:
            pass

    template = Templates(build_app({"a.html": source}))["a.html"]
    rendering = template.try_render({"spin": spin}, bounds=RenderBounds(timeout_s=0.2))
    assert rendering.fault is not None
    assert (rendering.fault.template, rendering.fault.line) == ("a.html", 1)
    assert rendering.fault.sentence.startswith("Rendering took more than 0.2 s and was ended.")


def test_a_rendering_that_is_too_long_is_cut() -> None:
    template = Templates(build_app({"a.html": "{% for i in range(10**9) %}abc{% endfor %}"}))
    rendering = template["a.html"].try_render({}, bounds=RenderBounds(max_chars=100))
    assert (len(rendering.text), rendering.is_truncated, rendering.fault) == (100, True, None)
    assert repr(rendering) == "<Rendering of 'a.html': 100 characters and more>"


# ---- Undefined


def test_undefined_values_are_named_with_their_line() -> None:
    sources = {
        "a.html": "{{ one }}\n{% include 'b.html' %}{% if three %}{% endif %}",
        "b.html": "\n{{ two.name }}",
    }
    rendering = Templates(build_app(sources))["a.html"].render(two={})
    assert [(each.name, each.template, each.line) for each in rendering.missing] == [
        ("one", "a.html", 1),
        (".name", "b.html", 2),
        ("three", "a.html", 2),
    ]
    assert repr(rendering) == "<Rendering of 'a.html': 2 characters, undefined: one, .name, three>"


def test_to_ask_for_a_default_is_not_to_miss_a_value() -> None:
    source = "{{ x|default('-') }}{% if x is defined %}{% endif %}"
    assert Templates(build_app({"a.html": source}))["a.html"].render().missing == ()


def test_a_strict_app_stays_strict() -> None:
    app = nbflask.Flask("strict")
    app.jinja_options = {"undefined": StrictUndefined}
    app.templates["a.html"] = "{{ x }}"
    with pytest.raises(RenderError, match="'x' has no value: neither the view nor a context"):
        Templates(app)["a.html"].render()


# ---- Faults


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        (
            {"a.html": "one\ntwo\n{{ x.y.z }}\nfour\nfive\nsix\nseven"},
            "'a.html', line 3: 'x' has no value: neither the view nor a context processor gives "
            "it. Add it to the context, or write `x|default('')`.\n"
            "   1  one\n   2  two\n-> 3  {{ x.y.z }}\n   4  four\n   5  five\n   6  six",
        ),
        (
            {"a.html": "a\n{{ x|shuot }}"},
            "'a.html', line 2: Jinja has no filter 'shuot'. Did you mean 'sort'?\n"
            "   1  a\n-> 2  {{ x|shuot }}",
        ),
        (
            {"a.html": "a\n{% if x %}\n{% for y in z %}{% endfor %}\n"},
            "'a.html', line 2: This `{% if %}` is not closed. "
            "Write `{% endif %}` where it ends.\n"
            "   1  a\n-> 2  {% if x %}\n   3  {% for y in z %}{% endfor %}",
        ),
        (
            {"a.html": "a\n{% extends 'base.htm' %}", "base.html": ""},
            "'a.html', line 2: The app has no template 'base.htm'. Did you mean 'base.html'? "
            "Write it in a `%%template base.htm` cell.\n   1  a\n-> 2  {% extends 'base.htm' %}",
        ),
        (
            {"a.html": "{{ 1 / 0 }}"},
            "'a.html', line 1: Python raised ZeroDivisionError: division by zero.\n"
            "-> 1  {{ 1 / 0 }}",
        ),
    ],
    ids=["undefined", "filter", "unclosed", "not there", "python"],
)
def test_a_fault_is_told_at_its_line(sources: dict[str, str], text: str) -> None:
    assert fault_of(sources, "a.html") == text


BAD = "{{ 1 }}\n{{ thing.name.first }}"
REMEDY = "which is used here. Look at what the context gives, or test it with `is defined`."
THERE = f"'bad.html', line 2: A value of type dict has no 'name', {REMEDY}\n"
SHOWN = "   1  {{ 1 }}\n-> 2  {{ thing.name.first }}"


@pytest.mark.parametrize(
    ("sources", "name", "trail"),
    [
        ({"a.html": "\n{% include 'bad.html' %}"}, "a.html", "  from 'a.html', line 2\n"),
        ({"a.html": "\n{% extends 'bad.html' %}"}, "a.html", "  from 'a.html', line 2\n"),
        (
            {
                "a.html": "{% extends 'b.html' %}{% block c %}\n\n{% include 'bad.html' %}"
                "{% endblock %}",
                "b.html": "\n{% block c %}{% endblock %}",
            },
            "a.html",
            "  from 'a.html', line 1\n  from 'b.html', line 2\n  from 'a.html', line 3\n",
        ),
    ],
    ids=["include", "parent", "block"],
)
def test_a_fault_in_another_template_is_told_there(
    sources: dict[str, str], name: str, trail: str
) -> None:
    assert fault_of({**sources, "bad.html": BAD}, name, thing={}) == f"{THERE}{trail}{SHOWN}"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{{ thing.name.first }}", "None has no 'name', "),
        ("{{ [1][5].x }}", "A value of type list has no 5, "),
        ("{{ request.nothing.x }}", "A value of type flask.wrappers.Request has no 'nothing', "),
    ],
)
def test_what_a_value_has_not_is_said_plainly(source: str, sentence: str) -> None:
    told = fault_of({"a.html": source}, "a.html", thing=None)
    assert told.startswith(f"'a.html', line 1: {sentence}{REMEDY}")


def test_a_fault_in_a_macro_of_another_template_is_told_there() -> None:
    sources = {
        "a.html": "{% import 'm.html' as m %}\n{{ m.f(1) }}",
        "m.html": "{% macro f(x) %}\n{{ x.y.z }}\n{% endmacro %}",
    }
    assert fault_of(sources, "a.html").splitlines()[:2] == [
        f"'m.html', line 2: A value of type int has no 'y', {REMEDY}",
        "  from 'a.html', line 2",
    ]


def test_a_syntax_error_in_an_included_template_is_told_there() -> None:
    text = fault_of({"a.html": "\n{% include 'b.html' %}", "b.html": "x\n{{ 1 + }}"}, "a.html")
    assert text.splitlines() == [
        "'b.html', line 2: Jinja cannot read this: unexpected 'end of print statement'.",
        "  from 'a.html', line 2",
        "   1  x",
        "-> 2  {{ 1 + }}",
    ]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("{{ {\n'a': 1,\n'b': gone.name\n}|tojson }}", 3),
        ("{{ items\n  |first\n  |fail\n  |upper }}", 3),
        ("{{ first(\n  1,\n  thing.name.first,\n  2) }}", 3),
        ("{% set x =\n  thing['name']\n  .first %}", 2),
    ],
    ids=["variable", "filter", "attribute", "item"],
)
def test_a_fault_in_a_tag_over_several_lines_is_told_in_its_own(source: str, line: int) -> None:
    app = build_app({"a.html": f"first\n{source}\nlast"})

    @app.template_filter("fail")
    def fail(_value: str) -> str:
        raise ValueError("No.")

    with pytest.raises(RenderError) as caught:
        Templates(app)["a.html"].render(items=["x"], thing={}, first=lambda *_: "")
    fault = caught.value.fault
    assert fault.line == line + 1
    assert [each.number for each in fault.excerpt if each.is_marked] == [line + 1]


def test_a_fault_that_has_no_line_of_its_own_is_told_by_the_whole_tag() -> None:
    app = build_app({"a.html": "first\n{{ f(\n  1,\n  2) }}\nlast"})
    with pytest.raises(RenderError) as caught:
        Templates(app)["a.html"].render(f=lambda *_: 1 / 0)
    fault = caught.value.fault
    assert [each.number for each in fault.excerpt if each.is_marked] == [2, 3, 4]
    assert fault.function == "<lambda>"


def test_a_function_that_failed_is_named() -> None:
    app = build_app({"a.html": "{{ 'x'|fail }}"})

    @app.template_filter("fail")
    def fail(_value: str) -> str:
        raise LookupError("No such thing.")

    with pytest.raises(RenderError, match=r"fail\(\) raised LookupError: No such thing\.\n"):
        Templates(app)["a.html"].render()


def test_a_circle_of_includes_is_told_as_one() -> None:
    text = fault_of({"a.html": "{% include 'a.html' %}"}, "a.html")
    assert "The templates go round in a circle" in text
    assert len(text.splitlines()) < 20


def test_what_came_before_a_fault_is_kept() -> None:
    template = Templates(build_app({"a.html": "before {{ x.y }} after"}))["a.html"]
    rendering = template.try_render({})
    assert (rendering.text, rendering.fault is not None) == ("before ", True)


def test_a_fault_of_a_context_processor_is_no_templates() -> None:
    app = build_app(SOURCES)

    @app.context_processor
    def fail() -> dict[str, str]:
        raise LookupError("No database.")

    rendering = Templates(app)["row.html"].try_render({})
    assert rendering.fault is not None
    assert (rendering.fault.template, rendering.fault.line, rendering.fault.sentence) == (
        "", None, "fail() raised LookupError: No database.",
    )  # fmt: skip


def test_a_template_that_cannot_be_read_says_so_without_rendering() -> None:
    fault = Templates(build_app({"a.html": "{% endfor %}"}))["a.html"].fault
    assert fault is not None
    assert fault.sentence == "Jinja cannot read this: encountered unknown tag 'endfor'."
