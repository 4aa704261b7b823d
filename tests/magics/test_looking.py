"""The magics that show and set what an app is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.magics.shell import Shell


def test_an_app_is_made_chosen_and_shown(shell: Shell) -> None:
    assert shell.run("%flask_app").text == "The current app is 'app', with 1 route."
    assert shell.run("%flask_app shop").text == "The app 'shop' is made, and the current one."
    assert shell.run("%flask_app app").text == "The current app is 'app', with 1 route."
    assert shell.run("%flask_app shop").text == "The current app is 'shop', with 1 route."


def test_the_newest_app_is_the_current_one_and_has_the_name_of_its_variable(shell: Shell) -> None:
    shell.run("from flask import Flask\ndef create_app():\n    return Flask('made')")
    shell.run("blog = create_app()")
    assert shell.run("%flask_app").text == "The current app is 'blog', with 1 route."


def test_routes_are_listed_with_the_cells_they_came_from(shell: Shell) -> None:
    shell.run("%%route /hello/<name>\nname", cell_id="a")
    shell.run("@app.post('/items')\ndef add():\n    return ''", cell_id="b")
    ran = shell.run("%flask_routes")
    assert ran.text == (
        "rule                     methods  endpoint    view        cell\n"
        "/hello/<name>            GET      hello_name  hello_name  %%route /hello/<name>\n"
        "/items                   POST     add         add         @app.post('/items')\n"
        "/static/<path:filename>  GET      static      <lambda>"
    )
    assert "<td>/hello/&lt;name&gt;</td>" in ran.result._repr_html_()


def test_a_route_that_another_cell_serves_is_listed_as_such(shell: Shell) -> None:
    shell.run("%%route /\nreturn 'first'", cell_id="a")
    shell.run("@app.route('/', methods=['GET', 'POST'])\ndef home():\n    return ''", cell_id="b")
    shell.run("%%route / PUT\nreturn ''", cell_id="c")
    cells = [row.split("  ")[-1].strip() for row in shell.run("%flask_routes").text.splitlines()]
    assert sorted(cells[1:4]) == [
        "%%route / (another view answers)",
        "%%route / PUT",
        "@app.route('/', methods=['GET', 'POST'])",
    ]
    shell.run("1", deleted_cells=["b"])
    assert "another view" not in shell.run("%flask_routes").text


def test_settings_are_shown_with_where_they_came_from(shell: Shell) -> None:
    shell.run("app.config['SIZE'] = 3", cell_id="size")
    ran = shell.run("%flask_config DEBUG=true TITLE='A b' API_TOKEN=abc DB=pg://u:secret@host/x")
    assert [re.split(r" {2,}", line) for line in ran.text.splitlines()] == [
        ["key", "value", "from"],
        ["DEBUG", "True", "%flask_config"],
        ["TITLE", "'A b'", "%flask_config"],
        ["API_TOKEN", "********", "%flask_config"],
        ["DB", "'pg://u:********@host/x'", "%flask_config"],
    ]
    everything = shell.run("%flask_config").text
    assert re.search(r"^SIZE +3 +cell \"app.config\['SIZE'\] = 3\"$", everything, re.MULTILINE)
    assert re.search(r"^SECRET_KEY +\*{8} +this notebook's own$", everything, re.MULTILINE)
    assert re.search(r"^TESTING +False +Flask's default$", everything, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", "SIZE = 4\n"),
        ("settings.json", '{"SIZE": 4, "ignored": 1}'),
        ("settings.py", "SIZE = 2 + 2\n"),
    ],
)
def test_settings_come_from_a_file(shell: Shell, name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    ran = shell.run(f"%flask_config SIZE --from-file {name}")
    assert ran.text.splitlines()[1].split() == ["SIZE", "4", name]
    assert shell.names["app"].config["SIZE"] == 4


def test_settings_come_from_an_object_and_the_environment(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DEPTH", "5")
    shell.run("class Settings:\n    SIZE = 4")
    ran = shell.run("%flask_config SIZE DEPTH --from-object Settings --prefixed-env SHOP")
    assert [line.split(maxsplit=2) for line in ran.text.splitlines()[1:]] == [
        ["SIZE", "4", "Settings"],
        ["DEPTH", "5", "environment SHOP_*"],
    ]


def test_only_what_a_line_has_set_is_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DEPTH", "5")
    found = shell.run("%flask_config --prefixed-env SHOP").text.splitlines()[1:]
    assert [line.split()[0] for line in found] == ["DEPTH"]
    assert shell.run("%flask_config --prefixed-env NOBODY").text == "There was nothing to be set."


def test_a_key_can_be_rotated(shell: Shell) -> None:
    before = shell.names["app"].config["SECRET_KEY"]
    ran = shell.run("%flask_config SECRET_KEY --rotate-key")
    assert ran.text.splitlines()[1].split(maxsplit=2)[1:] == ["********", "this notebook's own"]
    assert shell.names["app"].config["SECRET_KEY"] != before


def test_a_reset_withdraws_what_cells_declared(shell: Shell) -> None:
    shell.run("%%route /\n'here'", cell_id="a")
    app = shell.names["app"]
    assert shell.run("%flask_reset").text == (
        "The app 'app' starts over: what cells declared on it is withdrawn. "
        "Run a cell again to declare it again."
    )
    assert shell.get("/")[0] == 404
    shell.run("%%route /\n'again'", cell_id="a")
    assert shell.get("/") == (200, "again")
    assert shell.names["app"] is app


def test_a_notebook_without_an_app_says_how_to_make_one(shell: Shell) -> None:
    shell.run("del app")
    remedy = "AppError: The notebook has no Flask app. Write `app = Flask(__name__)` in a cell."
    assert shell.run("%flask_run").error == remedy
    assert shell.run("%flask_routes").error == remedy
    assert shell.run("%flask_status").text == "The notebook has no Flask app."
    assert remedy.removeprefix("AppError: ") in shell.run("%flask_doctor").text


def test_a_context_pushed_by_hand_makes_no_app(shell: Shell) -> None:
    shell.run("context = app.app_context()\ncontext.push()")
    assert (
        shell.run("%flask_status").text == "app  current  server   address\napp  current  stopped"
    )
    shell.run("context.pop()")


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("%flask_app g", "AppError: 'g' is of type LocalProxy, not a Flask app. "
         "Choose another name for a new one."),
        ("%flask_app 1a", "AppError: '1a' cannot be an app's name. Write one such as 'shop'."),
        ("%flask_app --nam x", "OptionError: %flask_app takes no options, so '--nam' means nothing "
         "to it. Leave it out."),
        ("%flask_config DEBGU", "OptionError: The app's configuration has no 'DEBGU'. "
         "Did you mean 'DEBUG'?"),
        ("%flask_config debug=1", "OptionError: Flask reads only keys in capitals, not 'debug'. "
         "Write 'DEBUG'."),
        ("%flask_config --from-fil x", "OptionError: %flask_config has no option '--from-fil'. "
         "Did you mean '--from-file'?"),
        ("%flask_config --from-file nope.toml", "OptionError: The file 'nope.toml' cannot be read: "
         "No such file or directory."),
        ("%flask_config --from-object Setings", "OptionError: 'Setings' is neither in the notebook "
         "nor can it be imported."),
        ("%flask_routes ap", "AppError: The notebook has no app 'ap'. Did you mean 'app'? "
         "Make it with `%flask_app ap`."),
        ("%flask_reset ap", "AppError: The notebook has no app 'ap'. Did you mean 'app'? "
         "Make it with `%flask_app ap`."),
        ("%flask_doctor now", "OptionError: %flask_doctor does not know what to do with 'now'. "
         "For example: %flask_doctor"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_remedy(shell: Shell, cell: str, error: str) -> None:
    assert shell.run(cell).error == error
