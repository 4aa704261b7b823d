"""``%flask_templates`` and ``nbflask.templates``: a notebook's templates in a real shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbflask
from nbflask.inspector.templates import TemplateDesk
from nbflask.widgets.templates import TemplatesWidget

if TYPE_CHECKING:
    import pytest

    from tests.magics.shell import Shell

HELLO = "%%template hello.html\n<h1>Hello, {{ name }}!</h1>"
VIEW = "%%route /hello/<name>\nreturn render_template('hello.html', name=name)"


class Page:
    """What stands in for the page: it keeps what the widget sends, and asks."""

    def __init__(self, widget: TemplatesWidget, monkeypatch: pytest.MonkeyPatch) -> None:
        self.widget = widget
        self.heard: list[dict[str, Any]] = []
        monkeypatch.setattr(widget, "send", self.heard.append)

    def ask(self, **message: Any) -> dict[str, Any]:
        """Ask, and give the answer."""
        self.widget._handle_custom_msg(message, [])
        return self.heard[-1]


def show(shell: Shell, line: str = "%flask_templates", cell_id: str = "show") -> TemplatesWidget:
    widget = shell.run(line, cell_id=cell_id).result
    assert isinstance(widget, TemplatesWidget)
    return widget


def test_it_shows_the_templates_of_the_current_app(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run(HELLO, cell_id="hello")
    shell.run(VIEW, cell_id="view")
    shell.get("/hello/Ada")
    page = Page(show(shell, "%flask_templates hello.html"), monkeypatch)
    assert (page.widget.app_name, page.widget.name) == ("app", "hello.html")
    answer = page.ask(kind="get", name="hello.html")
    assert answer["origin"]["owner"] == "%%template hello.html"
    assert [(each["name"], each["text"]) for each in answer["context"]["entries"]] == [
        ("name", '"Ada"')
    ]


def test_it_follows_a_template_cell_that_runs_again(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run(HELLO, cell_id="hello")
    page = Page(show(shell), monkeypatch)
    page.ask(kind="list")
    shell.run("%%template hello.html\nBye", cell_id="hello")
    assert page.heard[-1] == {"kind": "stale"}
    assert page.ask(kind="get", name="hello.html")["source"].strip() == "Bye"


def test_it_follows_a_request(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run(HELLO, cell_id="hello")
    shell.run(VIEW, cell_id="view")
    page = Page(show(shell), monkeypatch)
    page.ask(kind="list")
    shell.get("/hello/Grace")
    assert page.heard[-1] == {"kind": "stale"}


def test_a_cell_that_runs_again_leaves_one_widget(shell: Shell) -> None:
    show(shell)
    show(shell)
    assert len(shell.notebook.shown.all(TemplateDesk)) == 1


def test_a_name_that_is_not_there_is_a_line_with_the_close_one(shell: Shell) -> None:
    shell.run(HELLO, cell_id="hello")
    assert shell.run("%flask_templates hallo.html").error == (
        "TemplateError: The app 'app' has no template 'hallo.html'. Did you mean 'hello.html'? "
        "Write it in a `%%template hallo.html` cell."
    )
    assert shell.run("%flask_templates --ap x").error == (
        "OptionError: %flask_templates has no option '--ap'. Did you mean '--app'?"
    )


def test_another_app_can_be_named(shell: Shell) -> None:
    shell.run("shop = Flask('shop')\nshop.templates['only.html'] = 'x'", cell_id="shop")
    assert show(shell, "%flask_templates --app shop").app_name == "shop"


def test_python_gives_the_same_templates(shell: Shell) -> None:
    shell.run(HELLO, cell_id="hello")
    shell.run(VIEW, cell_id="view")
    shell.get("/hello/Ada")
    ran = shell.run(
        "import nbflask\nt = nbflask.templates()\nt['hello.html'].render(name='G').text"
    )
    assert ran.result == "<h1>Hello, G!</h1>"
    assert shell.run("t").text.splitlines()[2].split() == [
        "hello.html", "%%template", "hello.html", "name",
    ]  # fmt: skip
    assert shell.run("dict(t['hello.html'].last_context)['name']").result == "Ada"


def test_a_render_that_fails_fails_its_cell_with_the_lines(shell: Shell) -> None:
    shell.run("%%template bad.html\n<p>\n{{ user.name }}", cell_id="bad")
    ran = shell.run("import nbflask\nnbflask.templates()['bad.html'].render()")
    assert ran.error == (
        "RenderError: 'bad.html', line 2: 'user' has no value: neither the view nor a context "
        "processor gives it. Add it to the context, or write `user|default('')`.\n"
        "   1  <p>\n"
        "-> 2  {{ user.name }}"
    )


def test_outside_a_notebook_an_app_is_enough() -> None:
    app = nbflask.Flask("plain")
    app.templates["a.html"] = "{{ x }}"
    assert nbflask.templates(app)["a.html"].render(x=1).text == "1"
