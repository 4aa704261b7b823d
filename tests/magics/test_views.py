"""The cell magics that declare, each in a shell of its own."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.magics.shell import Shell


def test_a_body_is_a_view_whose_last_expression_answers(shell: Shell) -> None:
    ran = shell.run("%%route /hello/<name>\nf'Hello, {name}!'")
    assert ran.text == "GET /hello/<name> → hello_name"
    assert shell.get("/hello/Ada") == (200, "Hello, Ada!")


def test_a_function_is_the_view_and_its_name_the_endpoint(shell: Shell) -> None:
    ran = shell.run("%%route /hello POST GET\ndef greet():\n    return request.method")
    assert ran.text == "POST GET /hello → greet"
    assert shell.get("/hello") == (200, "GET")
    assert shell.names["app"].test_client().post("/hello").text == "POST"


def test_options_reach_the_rule(shell: Shell) -> None:
    shell.run(
        "%%route /items/ --endpoint listed --defaults '{\"page\": 2}' --no-strict-slashes\n"
        "url_for('listed') + str(page)"
    )
    assert shell.get("/items") == (200, "/items/2")


def test_braces_and_dollars_in_a_rule_stay_as_they_are(shell: Shell) -> None:
    shell.run("x = 7")
    shell.run("%%route /p/{x}/$x\n'found'")
    assert shell.get("/p/{x}/$x") == (200, "found")


def test_a_view_uses_the_names_of_the_notebook(shell: Shell) -> None:
    shell.run("visits = 0")
    shell.run("%%route /\nvisits += 1\nstr(visits)")
    shell.get("/")
    assert shell.get("/") == (200, "2")
    assert shell.names["visits"] == 2


def test_a_body_may_await(shell: Shell) -> None:
    shell.run("%%route /\nimport asyncio\nawait asyncio.sleep(0)\n'slept'")
    assert shell.get("/") == (200, "slept")


def test_a_body_that_yields_streams_within_its_request(shell: Shell) -> None:
    shell.run("%%route /\nyield request.path\nyield '!'")
    assert shell.get("/") == (200, "/!")


def test_an_edited_cell_replaces_its_view(shell: Shell) -> None:
    shell.run("%%route /old\n'old'", cell_id="a")
    shell.run("%%route /new\n'new'", cell_id="a")
    assert shell.get("/new") == (200, "new")
    assert shell.get("/old")[0] == 404


def test_a_cell_that_fails_changes_nothing(shell: Shell) -> None:
    shell.run("%%route /\n'old'", cell_id="a")
    ran = shell.run("%%route /\ndef view():\n    return 'new'\n", cell_id="a")
    assert ran.error == ""
    ran = shell.run("@app.get('/')\ndef other():\n    return 'newer'\n1/0", cell_id="a")
    assert ran.error == "ZeroDivisionError: division by zero"
    assert shell.get("/") == (200, "new")


def test_a_deleted_cell_takes_its_routes_along(shell: Shell) -> None:
    shell.run("%%route /\n'here'", cell_id="a")
    shell.run("1", cell_id="b", deleted_cells=["a"])
    assert shell.get("/")[0] == 404


def test_two_cells_that_claim_a_rule_are_named(shell: Shell) -> None:
    shell.run("%%route /\n'one'", cell_id="a")
    ran = shell.run("%%route /\n'two'", cell_id="b")
    assert (
        ran.stdout == "GET / is also declared by the cell '%%route /'. This cell serves it now.\n"
    )
    assert shell.get("/") == (200, "two")
    shell.run("1", deleted_cells=["b"])
    assert shell.get("/") == (200, "one")


def test_a_view_goes_onto_a_blueprint(shell: Shell) -> None:
    shell.run("shop = Blueprint('store', __name__, url_prefix='/shop')", cell_id="a")
    ran = shell.run("%%route / --blueprint store\n'open'", cell_id="b")
    assert ran.text == "GET / → store.index"
    shell.run("app.register_blueprint(shop)", cell_id="c")
    assert shell.get("/shop/") == (200, "open")


def test_a_view_goes_onto_the_app_that_is_named(shell: Shell) -> None:
    shell.run("%flask_app shop")
    shell.run("%%route / --app app\n'app'")
    shell.run("%%route /\n'shop'")
    assert shell.get("/", "app") == (200, "app")
    assert shell.get("/", "shop") == (200, "shop")


def test_a_template_is_kept_in_the_app(shell: Shell) -> None:
    ran = shell.run("%%template hello.html\n<h1>{{ name }}</h1>\n")
    assert ran.text == "template hello.html"
    shell.run("%%route /<name>\nrender_template('hello.html', name=name)")
    assert shell.get("/<b>") == (200, "<h1>&lt;b&gt;</h1>")
    shell.run("%%template hello.html\n<h2>{{ name }}</h2>\n")
    assert shell.get("/x") == (200, "<h2>x</h2>")
    assert not Path("templates").exists()


def test_a_saved_template_is_a_file_as_well(shell: Shell) -> None:
    shell.run("%%template pages/a.html --save\n<p>é</p>\n")
    shell.run("%%static style.css --save\nbody {}\n")
    assert Path("templates/pages/a.html").read_text(encoding="utf-8") == "<p>é</p>\n"
    assert Path("static/style.css").read_text(encoding="utf-8") == "body {}\n"


def test_a_static_file_is_kept_in_the_app(shell: Shell) -> None:
    shell.run("%%static css/style.css\nbody {}\n")
    response = shell.names["app"].test_client().get("/static/css/style.css")
    assert (response.text, response.mimetype) == ("body {}\n", "text/css")


def test_hooks_run_around_a_request(shell: Shell) -> None:
    shell.run("seen = []")
    shell.run("%%before_request\ng.user = 'Ada'")
    shell.run("%%after_request\nresponse.headers['X-User'] = g.user")
    shell.run("%%teardown_request\nseen.append(error)")
    shell.run("%%context_processor\n{'site': 'Shop'}")
    shell.run("%%template_filter shout\nvalue.upper()")
    shell.run("%%route /\nrender_template_string('{{ site | shout }}, {{ g.user }}')")
    response = shell.names["app"].test_client().get("/")
    assert (response.text, response.headers["X-User"]) == ("SHOP, Ada", "Ada")
    assert shell.names["seen"] == [None]


def test_a_hook_may_be_a_function(shell: Shell) -> None:
    ran = shell.run("%%template_filter\ndef shout(value):\n    return value.upper()")
    assert ran.text == "template_filter shout → shout"
    shell.run("%%before_request\ndef refuse():\n    return 'no', 403")
    shell.run("%%route /\n'yes'")
    assert shell.get("/") == (403, "no")


def test_errors_are_handled_by_code_and_by_exception(shell: Shell) -> None:
    shell.run("%%errorhandler 404\nf'nothing at {request.path}', error.code")
    shell.run("%%errorhandler ZeroDivisionError\nstr(error), 500")
    shell.run("%%route /\nstr(1 / 0)")
    assert shell.get("/x") == (404, "nothing at /x")
    assert shell.get("/") == (500, "division by zero")


MISTAKES = {
    "route: no rule": (
        "%%route\n1",
        "OptionError: %%route: the following arguments are required: "
        "RULE. For example: %%route /hello/<name>",
    ),
    "route: a method": (
        "%%route / POTS\n1",
        "OptionError: 'POTS' is not an HTTP method. Did you mean 'POST'?",
    ),
    "route: an option": (
        "%%route / --endpont x\n1",
        "OptionError: %%route has no option '--endpont'. Did you mean '--endpoint'?",
    ),
    "route: no slash": (
        "%%route hello\n1",
        "RuleError: The rule 'hello' does not start with '/'. Write '/hello'.",
    ),
    "route: not JSON": (
        "%%route / --defaults {a:1}\n1",
        "OptionError: '{a:1}' is not JSON: Expecting property name enclosed in "
        "double quotes at character 2. Write it in single quotes, such as "
        "'{\"page\": 1}'.",
    ),
    "route: no such app": (
        "%%route / --app ap\n1",
        "AppError: The notebook has no app 'ap'. Did you mean 'app'? Make it with `%flask_app ap`.",
    ),
    "route: no such blueprint": (
        "%%route / --blueprint shop\n1",
        "AppError: The notebook has no blueprint 'shop'.",
    ),
    "route: not Python": (
        "%%route /\ndef view(:",
        "CellError: Line 2 is not Python, invalid syntax: 'def view(:'.",
    ),
    "route: no answer": (
        "%%route /\nx = 1",
        "CellError: The cell gives no answer: it ends with `x = 1`. "
        "End it with an expression or a `return`.",
    ),
    "route: no such converter": (
        "%%route /<number:x>\nx",
        "RuleError: Flask refuses the rule '/<number:x>': the converter 'number' does not exist. "
        "Known converters: any, default, float, int, path, string, uuid.",
    ),
    "template: an option": (
        "%%template a.html --sav\nx",
        "OptionError: %%template has no option '--sav'. Did you mean '--save'?",
    ),
    "template: syntax": (
        "%%template a.html\n<p>\n{{ x }\n",
        "TemplateError: 'a.html', line 2: Jinja cannot read this: unexpected '}'.\n"
        "   1  <p>\n"
        "-> 2  {{ x }",
    ),
    "template: a block without its end": (
        "%%template a.html\n{% if x %}\n",
        "TemplateError: 'a.html', line 1: This `{% if %}` is not closed. "
        "Write `{% endif %}` where it ends.\n"
        "-> 1  {% if x %}",
    ),
    "template: a way out": (
        "%%template ../a.html\nx",
        "TemplateError: '../a.html' cannot name a template. Write a path "
        "inside the folder, such as 'a/b.html'.",
    ),
    "static: a way out": (
        "%%static /etc/passwd\nx",
        "TemplateError: '/etc/passwd' cannot name a static file. Write a path "
        "inside the folder, such as 'a/b.html'.",
    ),
    "before_request: an option": (
        "%%before_request --ap app\n1",
        "OptionError: %%before_request has no option '--ap'. Did you mean '--app'?",
    ),
    "after_request: a word": (
        "%%after_request x\n1",
        "OptionError: %%after_request does not know what to do with 'x'. "
        "For example: %%after_request",
    ),
    "teardown_request: an option": (
        "%%teardown_request --bluprint x\n1",
        "OptionError: %%teardown_request has no option '--bluprint'. Did you mean '--blueprint'?",
    ),
    "context_processor: an option": (
        "%%context_processor --apps x\n1",
        "OptionError: %%context_processor has no option '--apps'. Did you mean '--app'?",
    ),
    "errorhandler: an exception": (
        "%%errorhandler NotFond\n1",
        "OptionError: 'NotFond' is not an exception. Did you mean 'NotFound'?",
    ),
    "errorhandler: a code": (
        "%%errorhandler 444\n1",
        "OptionError: 444 is not the code of an HTTP error. Write one such as 404.",
    ),
    "template_filter: an option": (
        "%%template_filter --ap x\n1",
        "OptionError: %%template_filter has no option '--ap'. Did you mean '--app'?",
    ),
}


@pytest.mark.parametrize(("cell", "error"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_its_remedy(shell: Shell, cell: str, error: str) -> None:
    assert shell.run(cell).error == error
    assert shell.run("%%route /alive\n'yes'").error == ""
    assert shell.get("/alive") == (200, "yes")


def test_blank_lines_and_comments_count_in_a_traceback(shell: Shell) -> None:
    shell.run("app.testing = True")
    shell.run("\n%%route /\n\n# why\n\n    \n1 / 0\n")
    shell.run(
        "import traceback\n"
        "try:\n    app.test_client().get('/')\n"
        "except ZeroDivisionError as fault:\n"
        "    last = traceback.extract_tb(fault.__traceback__)[-1]"
    )
    assert shell.names["last"].line == "1 / 0"


def test_a_fault_of_a_function_cell_leads_to_the_cell_and_not_through_us(shell: Shell) -> None:
    result = shell.ip.run_cell("%%route /\n\n1 / 0\ndef view():\n    return ''")
    frames = traceback.extract_tb(result.error_in_exec.__traceback__)
    assert [(frame.lineno, frame.line) for frame in frames][-1] == (3, "1 / 0")
    assert not [frame for frame in frames if "/nbflask/" in frame.filename]


def test_a_traceback_shows_the_lines_of_the_cell(shell: Shell) -> None:
    shell.run("app.testing = True")
    shell.run("%%route /\nfirst = 1\n\nfirst / 0\n")
    shell.run(
        "import traceback\n"
        "try:\n    app.test_client().get('/')\n"
        "except ZeroDivisionError as fault:\n"
        "    last = traceback.extract_tb(fault.__traceback__)[-1]"
    )
    last = shell.names["last"]
    assert (last.lineno, last.name, last.line) == (4, "index", "first / 0")
