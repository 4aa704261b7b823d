"""The magics that show what an app was asked, and the recording behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.core.completer import provisionalcompleter

from nbflask.inspector.inspector import Inspector
from nbflask.recorder import recorder_of

if TYPE_CHECKING:
    from tests.magics.shell import Shell

HELLO = "%%route /hello/<name>\n'hello ' + name"


def ask(shell: Shell, *paths: str) -> None:
    for path in paths:
        shell.run(f"%flask_get {path}")


def complete(shell: Shell, line: str) -> list[str]:
    with provisionalcompleter():
        return [each.text for each in shell.ip.Completer.completions(line, len(line))]


def test_requests_are_a_table_and_a_list(shell: Shell) -> None:
    shell.run(HELLO)
    ask(shell, "/hello/Ada?token=s3cr3t", "/nowhere")
    ran = shell.run("%flask_requests")
    assert ran.text == (
        "#  method  target                     status  endpoint    notes\n"
        "1  GET     /hello/Ada?token=REDACTED  200     hello_name\n"
        "2  GET     /nowhere                   404"
    )
    assert "<td>/hello/Ada?token=REDACTED</td>" in ran.result._repr_html_()
    shell.run("found = %flask_requests hello")
    assert shell.run("len(found), found[0].response.text").result == (1, "hello Ada")


def test_a_filter_is_taken_as_it_is_written(shell: Shell) -> None:
    shell.run(HELLO)
    ask(shell, "/hello/Ada", "/hello/Bob", "/static/style.css", "/nowhere")
    for line, ids in {
        "status:4xx": [3, 4],
        "status:4xx -is:static": [4],
        "-is:static status:4xx": [4],
        "(Ada OR Bob) -path:/hello/B*": [1],
        '"/hello/A"': [1],
        "--app app Ada": [1],
        "Ada --app=app": [1],
    }.items():
        found = shell.run(f"%flask_requests {line}").result
        assert [each.id for each in found] == ids, line


def test_a_filter_that_cannot_be_read_is_said_with_its_column(shell: Shell) -> None:
    for magic in ("%flask_requests", "%flask_inspect"):
        ran = shell.run(f"{magic} status:5xx dur:>x --app app")
        assert ran.error.startswith(
            "FilterError: The filter 'status:5xx dur:>x' cannot be read at column 17: "
        )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--of", "OptionError: %flask_inspect has no option '--of'. Did you mean '--off'?"),
        ("--height x", "OptionError: 'x' is not a height. Write whole pixels, such as 400."),
        ("--app nobody", "AppError: The notebook has no app 'nobody'."),
    ],
)
def test_an_option_that_is_not_known_is_said(shell: Shell, line: str, said: str) -> None:
    assert shell.run(f"%flask_inspect status:5xx {line}").error.startswith(said)


def test_that_nothing_matches_is_a_sentence_with_a_hint(shell: Shell) -> None:
    assert shell.run("%flask_requests").text == (
        "No requests are recorded. Send one with `%flask_get /`, or open a page of the app."
    )
    ask(shell, "/")
    text = shell.run("%flask_requests stats:5xx").text
    assert text.startswith("No recorded request matches the filter 'stats:5xx'.")
    assert "status" in text


def test_in_a_terminal_an_inspector_is_a_table(shell: Shell) -> None:
    ask(shell, "/", "/nowhere")
    ran = shell.run("%flask_inspect nowhere")
    assert isinstance(ran.result, Inspector)
    assert ran.text.splitlines()[1:] == ["2  GET     /nowhere  404"]


def test_an_app_is_recorded_until_that_is_turned_off(shell: Shell) -> None:
    app = shell.names["app"]
    ask(shell, "/a")
    assert shell.run("%flask_inspect --off").text == (
        "The app 'app' is not recorded any more. `%flask_inspect` resumes."
    )
    assert recorder_of(app) is None
    ask(shell, "/b")
    found = shell.run("%flask_inspect").result
    ask(shell, "/c")
    assert [each.request.path for each in found] == ["/a", "/c"]


def test_each_app_of_the_notebook_is_recorded_by_itself(shell: Shell) -> None:
    shell.run("shop = Flask('shop')")
    shell.run("%flask_get /in-shop")
    shell.run("%flask_get /in-app --app app")
    for name in ("app", "shop"):
        found = shell.run(f"%flask_requests --app {name}").result
        assert [(each.request.path, each.app_name) for each in found] == [(f"/in-{name}", name)]


def test_an_app_whose_variable_is_gone_is_forgotten(shell: Shell) -> None:
    shop = shell.run("shop = Flask('shop')\nshop").result
    assert recorder_of(shop) is not None
    shell.run("del shop")
    assert recorder_of(shop) is None


def test_unloading_leaves_every_app_as_it_was(shell: Shell) -> None:
    shell.run("from flask import Flask\nshop = Flask('shop')")
    apps = [shell.names["app"], shell.names["shop"]]
    assert all(recorder_of(each) for each in apps)
    shell.run("%unload_ext nbflask")
    assert [recorder_of(each) for each in apps] == [None, None]
    shell.run("%load_ext nbflask")


def test_reloading_keeps_what_was_recorded(shell: Shell) -> None:
    ask(shell, "/a")
    shell.run("%reload_ext nbflask")
    ask(shell, "/b")
    found = shell.run("%flask_requests").result
    assert [each.request.path for each in found] == ["/a", "/b"]


def test_a_request_bears_the_cell_that_made_it(shell: Shell) -> None:
    shell.run("# asks\napp.test_client().get('/a')", cell_id="asking")
    (found,) = shell.run("%flask_requests").result
    assert found.initiator.source == "cell"
    assert found.initiator.cell == "# asks"


def test_the_same_is_there_in_python(shell: Shell) -> None:
    shell.run("import nbflask")
    ask(shell, "/a")
    assert shell.run("nbflask.inspect()[-1].request.path").result == "/a"
    assert shell.run("len(nbflask.requests('status:4xx', app='app'))").result == 1
    ran = shell.run("with nbflask.record() as seen:\n    app.test_client().get('/b')\nseen")
    assert [each.request.path for each in ran.result] == ["/b"]
    made = shell.run("hidden = [Flask('hidden')]\nnbflask.inspect(hidden[0])").result
    shell.run("hidden[0].test_client().get('/c')")
    assert made[-1].request.path == "/c"


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%flask_inspect sta", ["stage.", "status:"]),
        ("%flask_requests -is:st", ["static", "streaming"]),
        ("%flask_requests method:", ["GET"]),
        ("%flask_requests status:4xx path:", ["/hello/Ada", "/nowhere"]),
        ("%flask_inspect --", ["--app", "--height", "--off"]),
        ("%flask_requests --app ", ["app"]),
    ],
)
def test_tab_offers_keys_and_values_that_were_seen(
    shell: Shell, line: str, offered: list[str]
) -> None:
    shell.run(HELLO)
    ask(shell, "/hello/Ada", "/nowhere")
    assert sorted(complete(shell, line)) == sorted(offered)
