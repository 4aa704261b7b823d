"""Tab offers what can stand on a magic's line, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.core.completer import provisionalcompleter

if TYPE_CHECKING:
    from tests.magics.shell import Shell


def complete(shell: Shell, line: str) -> list[str]:
    with provisionalcompleter():
        return [each.text for each in shell.ip.Completer.completions(line, len(line))]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%flask_rou", ["%flask_routes"]),
        ("%flask_run --", ["--debug", "--height", "--host", "--no-preview", "--port"]),
        ("%flask_run s", ["shop"]),
        ("%flask_get /hello/<", ["name>"]),
        ("%flask_get /h", ["/hello/<name>"]),
        ("%%template h", ["hello.html"]),
        ("%%route /x P", ["POST", "PUT", "PATCH"]),
        ("%%route /x --endpoint he", ["hello"]),
        ("%%route /x --app s", ["shop"]),
        ("%flask_config DEB", ["DEBUG="]),
        ("%%errorhandler 40", ["400", "401", "403", "404", "405"]),
    ],
)
def test_tab_offers(shell: Shell, line: str, offered: list[str]) -> None:
    shell.run("shop = Flask('shop')")
    shell.run("%flask_app app")
    shell.run("%%route /hello/<name> --endpoint hello\nname")
    shell.run("%%template hello.html\nhello")
    assert sorted(complete(shell, line)) == sorted(offered)


def test_tab_shows_no_traceback_where_there_is_no_app(shell: Shell) -> None:
    shell.run("del app")
    assert "--app" in complete(shell, "%flask_get /x --")


def test_other_lines_are_completed_as_ever(shell: Shell) -> None:
    assert "%matplotlib" in complete(shell, "%matplo")
