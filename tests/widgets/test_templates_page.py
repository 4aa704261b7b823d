"""The templates widget in a real browser, with a real app behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import render_template
from playwright.sync_api import Locator, Page, expect

from nbflask.inspector.templates import Templates
from nbflask.recorder import Recorder
from tests.browser import open_page
from tests.widgets.templates_app import build_app
from tests.widgets.templates_page import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    import nbflask

pytestmark = pytest.mark.browser

TABS = ("Source", "Relations", "Rendering")
HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>\'"&'


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, height=1000) as page:
        yield page


@pytest.fixture
def app() -> nbflask.Flask:
    return build_app()


@pytest.fixture
def templates(app: nbflask.Flask) -> Iterator[Templates]:
    with Recorder(app) as recorder:
        client = app.test_client()
        client.get("/hello/Ada?q=%3Cb%3Ebold%3C/b%3E")
        yield Templates(app, recorder)


def show(page: Page, templates: Templates, name: str = "", tab: str = "Source") -> Notebook:
    notebook = Notebook(page, templates, name=name)
    if name:
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        choose(page, tab)
    return notebook


def choose(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    if tab == "Rendering":
        expect(page.locator(".nbflask-result")).not_to_have_attribute("aria-busy", "true")


def tree(page: Page) -> Locator:
    return page.get_by_role("tree", name="Templates of app")


def item(page: Page, name: str) -> Locator:
    return tree(page).get_by_role("treeitem").filter(has=page.get_by_text(name, exact=True))


def lines(page: Page) -> list[str]:
    return page.locator(".nbflask-panel > .nbflask-code .nbflask-line-text").all_inner_texts()


def frame(page: Page) -> Any:
    return page.frame_locator("iframe")


def variable(page: Page, name: str) -> Locator:
    return page.locator(".nbflask-variable").filter(has=page.get_by_text(name, exact=True))


def write_value(page: Page, name: str, text: str, verb: str = "Edit {}") -> None:
    page.get_by_role("button", name=verb.format(name)).click()
    page.get_by_role("textbox", name=f"Value of {name} as JSON").fill(text)
    page.get_by_role("button", name="Use it").click()


# ---- The tree


def test_the_tree_has_all_names_with_where_they_come_from(page: Page, templates: Templates) -> None:
    show(page, templates)
    expect(tree(page).get_by_role("treeitem")).to_have_count(9)
    expect(item(page, "base.html")).to_have_attribute("aria-level", "1")
    expect(item(page, "row.html")).to_have_attribute("aria-level", "2")
    expect(item(page, "hello.html").first).to_contain_text("1× rendered")  # noqa: RUF001
    expect(page.get_by_text("Choose a template.")).to_be_visible()


def test_the_tree_is_walked_by_the_keys_of_a_tree(page: Page, templates: Templates) -> None:
    show(page, templates)
    expect(item(page, "base.html")).to_be_visible()
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(item(page, "base.html")).to_be_focused()
    page.keyboard.press("End")
    expect(item(page, "row.html")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(item(page, "parts/")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(item(page, "parts/")).to_have_attribute("aria-expanded", "false")
    expect(item(page, "row.html")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(item(page, "forms.html")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.type("he")
    expect(item(page, "hello.html").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="hello.html")).to_be_visible()
    expect(item(page, "hello.html").first).to_have_attribute("aria-selected", "true")
    assert page.evaluate("model.get('name')") == "hello.html"


def test_tab_goes_through_and_leaves(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html")
    page.locator("#before").focus()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.getAttribute('role') ?? document.activeElement.id"
        )
        seen.append(focused)
        if focused == "after":
            break
    assert seen == ["treeitem", "tab", "tabpanel", "region", "after"]


def test_a_long_list_can_be_reduced(page: Page, app: nbflask.Flask) -> None:
    app.templates.update({f"page{number}.html": "" for number in range(20)})
    show(page, Templates(app))
    page.get_by_role("searchbox").fill("PAGE1")
    expect(tree(page).get_by_role("treeitem")).to_have_count(11)
    expect(page.get_by_text("11 of 27 templates")).to_be_visible()
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No name has this in it.")).to_be_visible()


# ---- Source


def test_the_source_stands_there_as_it_is(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html")
    source = templates["hello.html"].source
    assert lines(page) == source.splitlines()
    assert page.locator("[data-token=statement]").all_inner_texts()[:3] == [
        "extends", "import", "block",
    ]  # fmt: skip
    assert page.locator("[data-token=filter]").all_inner_texts() == ["title", "safe"]
    assert page.locator("[data-token=comment]").all_inner_texts() == ["{# Greets one visitor. #}"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ '}}' }} {% if a %}x{% endif %}\n\n  last",
        "{% raw %}{{ not }}{% endraw %}{{ yes }}",
        "{{ never closed",
        "{# never closed {{ x }}",
        "{{ 'never closed }}\n{{ x }}",
        "\ttabs\u00a0and\u202e odd \U0001f600 characters\r\nof two lines",
        HOSTILE,
    ],
    ids=["string", "raw", "open", "comment", "quote", "odd", "hostile"],
)
def test_a_coloured_source_is_the_source(page: Page, app: nbflask.Flask, source: str) -> None:
    app.templates["a.html"] = source
    show(page, Templates(app), "a.html")
    texts = page.locator(".nbflask-panel > .nbflask-code .nbflask-line-text").evaluate_all(
        "nodes => nodes.map((node) => node.textContent.replace('\\u200b', ''))"
    )
    assert texts == source.splitlines()


def test_a_mark_stands_below_its_line(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html")
    note = page.locator("[data-line='7'] + .nbflask-line-note")
    expect(note).to_contain_text("'q' came from the query parameter 'q' of exchange 1.")
    expect(page.get_by_text("1 mark", exact=True)).to_be_visible()


def test_a_mark_of_the_whole_template_stands_above(page: Page, templates: Templates) -> None:
    show(page, templates, "mail/hello.txt")
    expect(page.locator(".nbflask-panel > .nbflask-notice")).to_contain_text("Autoescape is off")


def test_a_syntax_error_stands_below_its_line(page: Page, app: nbflask.Flask) -> None:
    app.templates["bad.html"] = "one\n{% if x %}\nthree"
    show(page, Templates(app), "bad.html")
    expect(page.locator("[data-line='2'] + .nbflask-line-note")).to_contain_text(
        "This `{% if %}` is not closed."
    )
    expect(page.locator("[data-line='2']")).to_have_attribute("data-kind", "bad")
    expect(item(page, "bad.html")).to_contain_text("has a fault")


# ---- Relations


def test_relations_lead_to_the_other_template(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Relations")
    builds_on = page.get_by_role("tree", name="Builds on").get_by_role("treeitem")
    texts = [re.sub(r"\s+", " ", each).strip() for each in builds_on.all_inner_texts()]
    assert texts == [
        "base.html extends, line 1",
        "parts/forms.html imports, line 2",
        "parts/row.html includes, line 9",
    ]
    builds_on.first.click()
    expect(page.get_by_role("heading", name="base.html")).to_be_visible()
    used_by = page.get_by_role("tree", name="Used by").get_by_role("treeitem")
    assert [each.split()[0] for each in used_by.all_inner_texts()] == ["broken.html", "hello.html"]


def test_a_name_that_only_a_render_knows_is_told(page: Page, templates: Templates) -> None:
    show(page, templates, "page.html", "Relations")
    line = page.get_by_role("tree", name="Builds on").get_by_role("treeitem")
    expect(line).to_contain_text("layout")
    expect(line).to_contain_text("known at render")


def test_blocks_macros_variables_and_views_are_tables(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Relations")
    expect(page.get_by_role("table", name="Blocks")).to_contain_text("base.html")
    variables = page.get_by_role("table", name="Variables").locator("tbody tr")
    assert [re.sub(r"\s+", " ", each) for each in variables.all_inner_texts()] == [
        "cart the view this template",
        "name the view this template",
        "nickname nobody, in the last request this template",
        "q the view this template",
        "site a context processor base.html",
    ]
    expect(page.get_by_role("table", name="Rendered by")).to_contain_text("hello")


# ---- Rendering


def test_it_renders_with_the_last_context(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Rendering")
    expect(frame(page).locator("h1")).to_have_text("Hello, Ada!")
    expect(page.get_by_text("The last context, from exchange 1.")).to_be_visible()
    expect(variable(page, "api_token")).to_contain_text("REDACTED")
    expect(variable(page, "nickname")).to_contain_text("not given")
    expect(page.locator(".nbflask-result")).to_contain_text("'nickname' is undefined")


def test_a_value_can_be_changed_and_the_change_undone(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Rendering")
    write_value(page, "name", '"Grace"')
    expect(frame(page).locator("h1")).to_have_text("Hello, Grace!")
    expect(variable(page, "name")).to_contain_text("changed")
    page.get_by_role("button", name="Undo all").click()
    expect(frame(page).locator("h1")).to_have_text("Hello, Ada!")


def test_a_value_that_is_no_json_is_told_and_not_taken(page: Page, templates: Templates) -> None:
    notebook = show(page, templates, "hello.html", "Rendering")
    count = len(notebook.heard("render"))
    page.get_by_role("button", name="Edit name").click()
    box = page.get_by_role("textbox", name="Value of name as JSON")
    box.fill("Grace")
    expect(page.get_by_role("alert")).to_contain_text("This is not JSON")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.press("Control+Enter")
    assert len(notebook.heard("render")) == count
    box.fill('"Grace"')
    box.press("Control+Enter")
    expect(frame(page).locator("h1")).to_have_text("Hello, Grace!")
    expect(page.get_by_role("button", name="Edit name")).to_be_focused()


def test_a_variable_can_be_added_given_and_taken_away(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Rendering")
    write_value(page, "nickname", '"Countess"', "Give {} a value")
    expect(frame(page).locator("p").first).to_contain_text("Countess")
    page.get_by_role("textbox", name="Name of a variable to add").fill("size")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Value of size as JSON").fill("[1, 2]")
    page.get_by_role("button", name="Use it").click()
    expect(variable(page, "size")).to_contain_text("added")
    page.get_by_role("button", name="Take name away").click()
    expect(frame(page).locator("h1")).to_have_text("Hello, !")
    expect(variable(page, "name")).to_contain_text("taken away")


def test_the_rendering_can_be_read_as_text(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html", "Rendering")
    page.get_by_role("button", name="Text").click()
    text = page.get_by_role("region", name="Rendering of hello.html as text")
    expect(text).to_contain_text("<h1>Hello, Ada!</h1>")
    expect(page.locator("iframe")).to_have_count(0)


def test_a_text_template_is_shown_as_text(page: Page, templates: Templates) -> None:
    show(page, templates, "mail/hello.txt", "Rendering")
    expect(page.get_by_role("region", name="Rendering of mail/hello.txt as text")).to_be_visible()


def test_a_fault_leads_to_its_line_in_the_other_template(page: Page, app: nbflask.Flask) -> None:
    app.templates["outer.html"] = "<p>before</p>\n{% include 'inner.html' %}"
    app.templates["inner.html"] = "one\n{{ 1 /\n   0 }}"
    show(page, Templates(app), "outer.html", "Rendering")
    fault = page.locator(".nbflask-result > .nbflask-notice")
    expect(fault).to_contain_text("Python raised ZeroDivisionError: division by zero.")
    expect(fault).to_contain_text("It came there from outer.html, line 2")
    # All of it in one column beside the icon.
    expect(fault.locator("> div")).to_have_count(1)
    expect(frame(page).locator("p")).to_have_text("before")
    fault.get_by_role("button", name="inner.html, line 2").click()
    expect(page.get_by_role("heading", name="inner.html")).to_be_visible()
    expect(page.locator("[data-line='2']")).to_have_attribute("data-sought", "")


# ---- It follows


def test_a_changed_template_is_shown_anew_and_keeps_the_place(
    page: Page, templates: Templates, app: nbflask.Flask
) -> None:
    app.templates["long.html"] = "\n".join(f"line {number}" for number in range(200))
    notebook = show(page, templates, "long.html")
    code = page.locator(".nbflask-panel > .nbflask-code")
    code.evaluate("node => { node.scrollTop = 1000 }")
    app.templates["long.html"] += "\nnew"
    notebook.say({"kind": "stale"}, {"kind": "stale"})
    expect(code).to_contain_text("new")
    assert code.evaluate("node => node.scrollTop") == 1000
    assert len(notebook.heard("list")) == 2


def test_what_is_being_written_is_left_alone(
    page: Page, templates: Templates, app: nbflask.Flask
) -> None:
    notebook = show(page, templates, "hello.html", "Rendering")
    page.get_by_role("button", name="Edit name").click()
    box = page.get_by_role("textbox", name="Value of name as JSON")
    box.fill('"Gra')
    app.test_client().get("/hello/Eve")
    notebook.say({"kind": "stale"})
    expect(frame(page).locator("h1")).to_have_text("Hello, Eve!")
    expect(box).to_have_value('"Gra')
    expect(box).to_be_focused()


def test_a_template_that_goes_is_told_and_comes_back(
    page: Page, templates: Templates, app: nbflask.Flask
) -> None:
    notebook = show(page, templates, "page.html")
    source = app.templates.pop("page.html")
    notebook.say({"kind": "stale"})
    expect(page.get_by_text("The app has no template page.html any more.")).to_be_visible()
    app.templates["page.html"] = source
    notebook.say({"kind": "stale"})
    expect(page.get_by_role("heading", name="page.html")).to_be_visible()


def test_a_busy_kernel_is_told_and_what_is_there_stays(page: Page, templates: Templates) -> None:
    notebook = show(page, templates, "hello.html")
    notebook.is_busy = True
    item(page, "base.html").click()
    expect(page.get_by_role("status", name="Kernel")).to_contain_text("The kernel is busy")
    expect(page.get_by_role("heading", name="hello.html")).to_be_visible()


def test_a_closed_widget_listens_no_more(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html")
    page.evaluate("close_widget()")
    assert page.evaluate("model.countListeners()") == 0
    expect(page.locator("main")).to_be_empty()


# ---- Nothing of the app's gets in


def test_hostile_strings_put_no_markup_into_the_widget(page: Page, app: nbflask.Flask) -> None:
    name = f"{HOSTILE}.html"
    app.templates[name] = f"{{{{ undefined_one }}}}{HOSTILE}{{% block b %}}{{% endblock %}}"
    app.templates["child.html"] = f"{{% extends {name!r} %}}"
    app.templates["view.html"] = "{{ text }}"
    context = {"text": HOSTILE, HOSTILE: 1}
    app.add_url_rule("/hostile", "hostile<b>", lambda: render_template("view.html", **context))
    with Recorder(app) as recorder:
        app.test_client().get("/hostile")
        show(page, Templates(app, recorder), name)
        for chosen in (name, "child.html", "view.html"):
            page.evaluate("name => model.set('name', name)", chosen)
            expect(page.locator(".nbflask-chosen")).to_have_text(chosen)
            for tab in TABS:
                choose(page, tab)
                assert page.locator("main").locator("img, script").count() == 0
    assert page.evaluate("window.broken") is None


def test_the_frame_runs_no_script_and_fetches_nothing(page: Page, app: nbflask.Flask) -> None:
    app.templates["evil.html"] = """\
<!doctype html><html><head>
<meta http-equiv="refresh" content="0; url=https://evil.example/refresh">
<base href="https://evil.example/"><link rel="stylesheet" href="https://evil.example/a.css">
<link rel="preconnect" href="https://evil.example/"><script src="https://evil.example/a.js"></script>
<style>@import "https://evil.example/b.css"; body { background: url(https://evil.example/b.png) }
h1 { color: rgb(1, 2, 3) }</style></head>
<body onload="parent.broken = 1"><h1>Still</h1><img src="https://evil.example/a.png">
<img alt="kept" src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<iframe src="https://evil.example/frame"></iframe><object data="https://evil.example/o"></object>
<video src="https://evil.example/v" autoplay></video><a href="https://evil.example/link">Link</a>
<form action="https://evil.example/form"><button>Send</button></form>
<script>parent.broken = 1; fetch("https://evil.example/fetch")</script></body></html>
"""
    show(page, Templates(app), "evil.html", "Rendering")
    expect(frame(page).locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    element = page.locator("iframe")
    expect(element).to_have_attribute("sandbox", "")
    assert "Content-Security-Policy" in (element.get_attribute("srcdoc") or "")
    frame(page).get_by_text("Link").click()
    frame(page).get_by_role("button", name="Send").click()
    expect(frame(page).locator("h1")).to_have_text("Still")
    assert page.evaluate("window.broken") is None


# ---- For all


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1000)])
def test_axe_finds_nothing(browser: Browser, templates: Templates, theme: str, width: int) -> None:
    with open_page(browser, width=width, height=900) as page:
        Notebook(page, templates, theme=theme, name="hello.html")
        for name in ("hello.html", "mail/hello.txt", "broken.html"):
            page.evaluate("name => model.set('name', name)", name)
            expect(page.locator(".nbflask-chosen")).to_have_text(name)
            for tab in TABS:
                choose(page, tab)
                if tab == "Rendering" and name == "hello.html":
                    page.get_by_role("button", name="Edit cart").click()
                results = Axe().run(
                    page, context={"include": ["main"]}, options={"resultTypes": ["violations"]}
                )
                found = [
                    (each["id"], each["nodes"][0]["html"])
                    for each in results.response["violations"]
                ]
                assert found == [], (name, tab)


@pytest.mark.parametrize("width", [480, 320])
def test_nothing_is_wider_than_a_narrow_cell(
    browser: Browser, templates: Templates, width: int
) -> None:
    with open_page(browser, width=width, height=900) as page:
        show(page, templates, "hello.html")
        for tab in TABS:
            choose(page, tab)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, tab


def test_letters_do_not_reach_the_notebook(page: Page, templates: Templates) -> None:
    show(page, templates, "hello.html")
    root = page.locator(".nbflask-templates")
    expect(root).to_have_attribute("data-lm-suppress-shortcuts", "true")
