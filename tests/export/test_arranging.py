"""What stands in a factory, and what only a module can hold."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from tests.export.written import exported_client, notebook

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def view(name: str, body: str, parameters: str = "") -> str:
    return f"@app.get('/{name}')\ndef {name}({parameters}):\n    return {body}"


def has_factory(*sources: str) -> bool:
    return b"create_app" in build_project(notebook(FLASK, *sources)).files["app.py"]


LOUD = "def loud(view):\n    def shout():\n        return view().upper()\n    return shout"


@pytest.mark.parametrize(
    "cells",
    [
        ["N = 'first'", view("a", "n", "n=N"), "N = 'second'", view("b", "n", "n=N")],
        [
            "def answer(app):\n" + "    @app.get('/a')\n    def a():\n        return 'first'",
            "answer(app)",
            "def answer(app):\n" + "    @app.get('/b')\n    def b():\n        return 'second'",
            "answer(app)",
        ],
        [
            "word = 'first'\ndef say():\n    return word",
            "app.config['A'] = say()",
            "word = 'second'",
            view("a", "app.config['A']"),
            view("b", "say()"),
        ],
        [
            "words = ['first']",
            "app.config['A'] = words[-1]",
            "words.append('second')",
            view("a", "app.config['A']"),
            view("b", "words[-1]"),
        ],
        [
            "words = {'a': 'first'}",
            "app.config.update(words)",
            "words['a'] = 'second'",
            view("a", "app.config['a']"),
            view("b", "words['a']"),
        ],
    ],
)
def test_what_runs_between_two_values_of_a_name_has_the_first(cells: list[str]) -> None:
    client = exported_client(FLASK, *cells)
    assert [client.get(path).text for path in ("/a", "/b")] == ["first", "second"]


def test_a_decorator_that_is_written_anew_decorates_the_later_views() -> None:
    client = exported_client(
        FLASK,
        "def loud(view):\n    return view",
        "@app.get('/a')\n@loud\ndef a():\n    return 'tea'",
        LOUD.replace("def shout", "def shouting").replace("return shout", "return shouting"),
        "@app.get('/b')\n@loud\ndef b():\n    return 'tea'",
    )
    assert [client.get(path).text for path in ("/a", "/b")] == ["tea", "TEA"]


@pytest.mark.parametrize(
    "cells",
    [
        ["N = 1", view("a", "str(N)"), "N = 2"],
        [LOUD, "@app.get('/a')\n@loud\ndef a():\n    return word", "word = 'tea'"],
        ["N = 1\nN = 2", view("a", "str(n)", "n=N")],
        ["words = []\nwords.append('tea')", "app.config['N'] = len(words)", view("a", "'tea'")],
    ],
)
def test_a_name_that_is_read_only_later_or_is_settled_above_allows_a_factory(
    cells: list[str],
) -> None:
    assert has_factory(*cells)


ASKING = "def title():\n    return app.config['TITLE']"


def test_a_function_for_whose_sake_alone_there_is_no_factory_is_told() -> None:
    project = build_project(notebook(FLASK, ASKING, view("a", "title()")))
    (note,) = project.notes
    assert note.text == "`title()` uses `app`, so there is no `create_app()`. Write `current_app`."
    assert note.place is not None
    assert note.place.cell.number == 2


@pytest.mark.parametrize(
    "cells",
    [
        [ASKING, "app.config['TITLE'] = 'Tea'\nTITLE = title()", view("a", "title() + TITLE")],
        [ASKING, "class Tea(make(app)):\n    pass", view("a", "title()")],
        [view("a", "app.name")],
    ],
)
def test_a_function_that_is_not_all_that_hinders_a_factory_is_not_told(cells: list[str]) -> None:
    project = build_project(notebook("from tea import make", FLASK, *cells))
    assert not any("create_app" in each.text for each in project.notes)
