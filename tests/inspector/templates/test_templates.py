"""An app's templates: what is known of each without rendering it, and what was seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
import jinja2
import pytest
from flask import render_template_string

import nbflask
from nbflask.app import Journal
from nbflask.errors import TemplateError
from nbflask.inspector.templates import Templates
from tests.inspector.templates.apps import SOURCES, build_app, look, shop_blueprint

if TYPE_CHECKING:
    from pathlib import Path

    from nbflask.inspector.templates.family import Relative


def write(folder: Path, **sources: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.html").write_text(source)
    return folder


def outline(relatives: tuple[Relative, ...]) -> list[Any]:
    return [(each.kind, each.name, each.line, outline(each.relatives)) for each in relatives]


# ---- Names and origins


def test_all_names_are_there_and_none_else() -> None:
    templates = Templates(build_app())
    assert templates.names == ("base.html", "forms.html", "page.html", "row.html")
    assert list(templates) == list(templates.names)
    assert ("page.html" in templates, "gone.html" in templates) == (True, False)


def test_a_name_that_is_not_there_is_told_with_the_close_one() -> None:
    with pytest.raises(TemplateError) as caught:
        Templates(build_app())["pag.html"]
    assert str(caught.value) == (
        "The app 'app' has no template 'pag.html'. Did you mean 'page.html'? "
        "Write it in a `%%template pag.html` cell."
    )


def test_a_template_of_a_cell_says_which() -> None:
    app = build_app({})
    journal = Journal()
    run = journal.begin("a", "%%template hello.html", "%%template hello.html")
    app.templates["hello.html"] = "Hello"
    journal.finish(run, succeeded=True)
    origin = Templates(app)["hello.html"].origin
    assert (origin.kind, origin.owner, origin.file) == ("cell", "%%template hello.html", "")
    assert origin.label == "%%template hello.html"


def test_a_template_of_the_folder_says_its_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "templates", hello="Hello")
    origin = Templates(build_app({}, tmp_path))["hello.html"].origin
    assert (origin.kind, origin.file) == ("folder", str(folder / "hello.html"))
    assert origin.label == "templates/hello.html"


def test_a_blueprints_is_hidden_by_the_apps_of_that_name(tmp_path: Path) -> None:
    write(tmp_path / "app" / "templates", hello="app")
    hidden = write(tmp_path / "elsewhere", hello="blueprint", own="own")
    app = build_app({}, tmp_path / "app")
    app.register_blueprint(shop_blueprint(hidden))
    templates = Templates(app)
    hello = templates["hello.html"]
    assert (hello.source, hello.origin.kind) == ("app", "folder")
    assert [(each.label, each.file) for each in hello.shadowed] == [
        ("blueprint shop", str(hidden / "hello.html"))
    ]
    assert templates["own.html"].origin.label == "blueprint shop"
    app.templates["hello.html"] = "cell"
    assert [each.kind for each in templates["hello.html"].shadowed] == ["folder", "blueprint"]


def test_an_extensions_template_is_marked_as_such(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "flask_shiny"
    write(package / "templates", shiny="Shiny")
    app = build_app({})
    app.register_blueprint(shop_blueprint(package / "templates"))
    origin = Templates(app)["shiny.html"].origin
    assert (origin.kind, origin.owner) == ("extension", "flask_shiny")


def test_an_app_that_is_itself_installed_is_no_extension(tmp_path: Path) -> None:
    root = tmp_path / "site-packages" / "my_site"
    write(root / "templates", hello="Hello")
    assert Templates(build_app({}, root))["hello.html"].origin.kind == "folder"


def test_a_loader_of_the_users_own_is_named() -> None:
    app = flask.Flask("plain")
    app.jinja_options = {"loader": jinja2.DictLoader({"a.html": "A"})}
    templates = Templates(app)
    assert templates.names == ("a.html",)
    assert templates["a.html"].origin.label == "loader DictLoader"


def test_a_loader_that_cannot_list_gives_by_name() -> None:
    app = flask.Flask("plain")
    app.jinja_options = {"loader": jinja2.FunctionLoader(lambda name: f"I am {name}")}
    templates = Templates(app)
    assert templates.names == ()
    assert templates["x.html"].source == "I am x.html"


def test_a_plain_flask_app_will_do(tmp_path: Path) -> None:
    write(tmp_path / "templates", hello="Hello {{ name }}")
    app = flask.Flask("plain", root_path=str(tmp_path))
    assert Templates(app)["hello.html"].render(name="Ada").text == "Hello Ada"


def test_a_changed_template_is_read_again() -> None:
    app = build_app({"a.html": "{{ x }}"})
    templates = Templates(app)
    assert templates["a.html"].variables == ("x",)
    app.templates["a.html"] = "{{ y }}"
    assert templates["a.html"].variables == ("y",)


# ---- Who builds on whom


def test_parents_and_children_are_trees() -> None:
    templates = Templates(build_app())
    assert outline(templates["page.html"].parents) == [
        ("extends", "base.html", 1, []),
        ("import", "forms.html", 2, []),
        ("include", "row.html", 4, []),
    ]
    assert outline(templates["row.html"].children) == [("include", "page.html", 4, [])]
    assert outline(templates["base.html"].children) == [("extends", "page.html", 1, [])]


def test_relations_go_on_behind_the_first_step() -> None:
    templates = Templates(
        build_app(
            {
                "a.html": "A",
                "b.html": "{% extends 'a.html' %}",
                "c.html": "{% extends 'b.html' %}",
            }
        )
    )
    assert outline(templates["c.html"].parents) == [
        ("extends", "b.html", 1, [("extends", "a.html", 1, [])])
    ]
    assert outline(templates["a.html"].children) == [
        ("extends", "b.html", 1, [("extends", "c.html", 1, [])])
    ]


def test_a_circle_ends_where_it_closes() -> None:
    templates = Templates(
        build_app({"a.html": "{% include 'b.html' %}", "b.html": "{% include 'a.html' %}"})
    )
    (b,) = templates["a.html"].parents
    (a,) = b.relatives
    assert (b.is_again, a.name, a.is_again, a.relatives) == (False, "a.html", True, ())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% extends layout %}", [("extends", None, "layout", False, False)]),
        ("{% include 'gone.html' %}", [("include", "gone.html", "", False, False)]),
        ("{% include 'gone.html' ignore missing %}", [("include", "gone.html", "", True, False)]),
        (
            "{% include ['gone.html', 'row.html'] %}",
            [("include", "gone.html", "", True, False), ("include", "row.html", "", True, True)],
        ),
        (
            "{% extends 'base.html' if x else 'row.html' %}",
            [("extends", "base.html", "", True, True), ("extends", "row.html", "", True, True)],
        ),
        ("{% from name ~ '.html' import f %}", [("import", None, "name ~ '.html'", False, False)]),
        (
            "{% include 'row.html' %}{%- include name + 's' without context %}",
            [
                ("include", "row.html", "", False, True),
                ("include", None, "name + 's'", False, False),
            ],
        ),
    ],
    ids=["dynamic", "missing", "may miss", "one of", "either", "expression", "two in a line"],
)  # fmt: skip
def test_names_that_are_not_plain_are_told_as_what_they_are(
    source: str, expected: list[Any]
) -> None:
    parents = Templates(build_app({**SOURCES, "x.html": source}))["x.html"].parents
    assert [
        (each.kind, each.name, each.text, each.is_optional, each.is_found) for each in parents
    ] == expected


def test_blocks_say_what_they_override_and_what_overrides_them() -> None:
    templates = Templates(build_app())
    title, content = templates["base.html"].blocks
    assert (title.name, title.line, title.is_required, title.overridden_in) == (
        "title", 1, False, (),
    )  # fmt: skip
    assert (content.name, content.line, content.is_required, content.overridden_in) == (
        "content", 2, True, ("page.html",),
    )  # fmt: skip
    (own,) = templates["page.html"].blocks
    assert own.overrides == "base.html"


def test_macros_have_their_signature() -> None:
    (macro,) = Templates(build_app())["forms.html"].macros
    assert (macro.signature, macro.line) == ("button(text, kind='plain', size=None)", 1)


def test_variables_are_what_the_view_has_to_give() -> None:
    app = build_app(
        {
            "a.html": "{% set own = 1 %}{% import 'b.html' as b %}{% block c %}{{ b }}{{ own }}"
            "{{ url_for('x') }}{{ request.path }}{{ g.user }}{{ wanted }}{% endblock %}"
            "{% for each in things %}{{ each }}{{ loop.index }}{% endfor %}",
            "b.html": "",
        }
    )
    assert Templates(app)["a.html"].variables == ("things", "wanted")


def test_what_an_included_one_wants_is_told_with_who_wants_it() -> None:
    needs = Templates(build_app()).family.needs("page.html")
    assert needs == {"items": ("page.html",), "name": ("page.html",), "site": ("base.html",)}


# ---- What was seen


def test_each_view_that_rendered_it_is_counted() -> None:
    app = build_app()

    @app.get("/other")
    def other() -> str:
        return flask.render_template("page.html")

    templates = look(app, "/show/page.html", "/other", "/show/page.html", "/show/row.html")
    assert templates["page.html"].visits.by_view == (("show", 2), ("other", 1))
    assert templates["page.html"].visits.last_id == 3
    assert templates["base.html"].visits.count == 0


def test_the_last_context_is_the_live_one() -> None:
    app = build_app()
    thing = object()
    app.extra["thing"] = thing
    templates = look(app, "/show/page.html?name=Ada", "/show/page.html?name=Grace")
    context = templates["page.html"].last_context
    assert context is not None
    assert context["name"] == "Grace"
    assert context["thing"] is thing


def test_a_part_of_a_page_has_the_pages_context() -> None:
    templates = look(build_app(), "/show/page.html?name=Ada")
    base = templates["base.html"]
    assert base.lender == "page.html"
    assert base.last_context is not None
    assert base.last_context["name"] == "Ada"
    assert templates["forms.html"].lender == "page.html"


def test_without_a_request_there_is_no_context() -> None:
    assert look(build_app())["page.html"].last_context is None
    assert Templates(build_app())["page.html"].last_context is None


def test_a_template_from_a_string_is_nobodys() -> None:
    app = build_app()
    app.add_url_rule("/text", "text", lambda: render_template_string("{{ 1 }}"))
    assert look(app, "/text").records.visits() == {}


# ---- What it shows by itself


def test_the_table_names_names_and_nothing_else() -> None:
    templates = look(build_app(), "/show/page.html?name=hunter2-secret")
    assert repr(templates) == (
        "Templates of the app 'app'\n"
        "template    from            extends    includes             blocks         variables\n"
        "base.html   the app itself                                  title content  site\n"
        "forms.html  the app itself\n"
        "page.html   the app itself  base.html  forms.html row.html  content        items name\n"
        "row.html    the app itself                                                 item"
    )
    assert "hunter2" not in templates._repr_html_()
    assert '<th scope="col">template</th>' in templates._repr_html_()


def test_a_template_that_cannot_be_read_is_in_the_table() -> None:
    templates = Templates(build_app({"bad.html": "\n{% if %}"}))
    assert repr(templates).splitlines()[2].split(maxsplit=4) == [
        "bad.html", "the", "app", "itself", "line 2 is wrong",
    ]  # fmt: skip


def test_hostile_names_are_text_in_the_html() -> None:
    app = build_app({"<img src=x onerror=alert(1)>.html": "x", "a.html": "{{ x }}"})
    html = Templates(app)._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_an_app_without_templates_says_how_to_write_one(tmp_path: Path) -> None:
    text = repr(Templates(build_app({}, tmp_path)))
    assert text.endswith("The app has no templates. Write a `%%template hello.html` cell.")


def test_a_context_and_a_template_show_no_value() -> None:
    templates = look(build_app(), "/show/page.html?name=hunter2-secret")
    page = templates["page.html"]
    assert repr(page) == "<Template 'page.html' from the app itself>"
    context = repr(page.last_context)
    assert context.startswith("<Context items: list, name: str")
    assert "hunter2" not in context


# ---- Marks


def sentences(templates: Templates, name: str) -> list[tuple[int | None, str]]:
    return [(mark.line, mark.sentence) for mark in templates[name].marks]


def test_autoescape_that_is_off_is_marked() -> None:
    app = build_app({"mail.txt": "{{ name }}", "mail.html": "{{ name }}"})
    templates = Templates(app)
    assert sentences(templates, "mail.html") == []
    assert sentences(templates, "mail.txt") == [
        (
            None,
            "Autoescape is off in 'mail.txt': Flask turns it on for names that end in .html, .htm, "
            ".xml, .xhtml or .svg. What a visitor sends stands here as it came.",
        )
    ]


SAFE = "`|safe` prints it unescaped: a visitor can put markup into the page. Leave `|safe` out."


@pytest.mark.parametrize(
    "source",
    [
        "\n{{ request.args.q|safe }}",
        "{% set x = request.args.q %}\n{{ x|safe }}",
        "{% for x in request.args.getlist('q') %}\n{{ (x ~ '!')|upper|safe }}{% endfor %}",
        "{% with x = request.form %}\n{{ x.q|safe }}{% endwith %}",
    ],
    ids=["itself", "set", "for", "with"],
)
def test_safe_on_the_request_is_marked(source: str) -> None:
    templates = Templates(build_app({"a.html": source}))
    assert sentences(templates, "a.html") == [
        (2, f"What is printed here comes from the request. {SAFE}")
    ]


def test_safe_on_what_came_with_the_last_request_is_marked() -> None:
    app = build_app({"a.html": "{{ items|safe }}\n{{ q|safe }}"})
    templates = look(app, "/show/a.html?q=%3Cb%3Ehi")
    assert sentences(templates, "a.html") == [
        (2, f"'q' came from the query parameter 'q' of exchange 1. {SAFE}")
    ]


def test_a_part_of_what_was_sent_is_found_in_other_text() -> None:
    app = build_app({"a.html": "{{ greeting|safe }}"})
    app.extra["greeting"] = {"text": ["Hello, <b>Ada</b>!"]}
    templates = look(app, "/show/a.html?unused=%3Cb%3EAda%3C/b%3E")
    ((line, sentence),) = sentences(templates, "a.html")
    assert line == 1
    assert sentence.startswith("'greeting' came from the query parameter 'unused' of exchange 1.")


def test_what_is_escaped_or_the_apps_own_is_not_marked() -> None:
    app = build_app({"a.html": "{{ q }}{{ q|e }}{{ items|safe }}{{ '<b>'|safe }}{{ q|tojson }}"})
    assert sentences(look(app, "/show/a.html?q=hello"), "a.html") == []


def test_a_part_without_autoescape_is_marked_where_it_prints_the_request() -> None:
    app = build_app(
        {"a.html": "{% autoescape false %}\n{{ q }}{{ q|e }}{% endautoescape %}{{ q }}"}
    )
    assert sentences(look(app, "/show/a.html?q=hello"), "a.html") == [
        (
            2,
            "'q' came from the query parameter 'q' of exchange 1. Without autoescape it is "
            "unescaped: a visitor can put markup into the page. Write `|e` behind it.",
        )
    ]


def read() -> None:
    """Read the form or the content, as a view does; what nobody reads is not recorded."""
    _ = flask.request.form or flask.request.get_data()


@pytest.mark.parametrize(
    ("sending", "what"),
    [
        ({"data": {"text": "<i>form"}}, "the form's field 'text'"),
        ({"json": {"deep": ["<i>json"]}}, "the request's JSON"),
        ({"headers": {"User-Agent": "<i>agent"}}, "the field 'User-Agent'"),
    ],
    ids=["form", "json", "field"],
)
def test_whatever_brought_it_is_named(sending: dict[str, Any], what: str) -> None:
    app = build_app({"a.html": "{{ text|safe }}"})
    app.before_request(read)
    recorder = look(app).records._recorder
    assert recorder is not None
    sent = sending.get("data") or sending.get("headers") or {"x": "<i>json"}
    app.extra["text"] = next(iter(sent.values()))
    app.test_client().post("/show/a.html", **sending)
    ((_, sentence),) = sentences(Templates(app, recorder), "a.html")
    assert sentence.startswith(f"'text' came from {what} of exchange 1.")


def test_delimiters_of_the_apps_own_are_kept() -> None:
    app = nbflask.Flask("own")
    app.jinja_options = {"variable_start_string": "[[", "variable_end_string": "]]"}
    app.templates["a.html"] = "{{ not }} [[ name ]]"
    template = Templates(app)["a.html"]
    assert template.variables == ("name",)
    assert template.render(name="Ada").text == "{{ not }} Ada"


def test_an_exchange_that_is_gone_takes_its_origins_along() -> None:
    app = build_app({"a.html": "{{ q|safe }}"})
    templates = look(app, "/show/a.html?q=hello")
    recorder = templates.records._recorder
    assert recorder is not None
    recorder.clear()
    assert sentences(templates, "a.html") == []
