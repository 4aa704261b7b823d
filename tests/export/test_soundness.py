"""What cannot be read to its end, written or compiled is refused, and the cell is named."""

from __future__ import annotations

import warnings

import pytest

from nbflask.errors import NotebookError
from nbflask.export import build_project
from tests.export.written import notebook


def refuse(*sources: str) -> str:
    """Give what is said of a notebook that is not exported."""
    with pytest.raises(NotebookError) as found:
        build_project(notebook("%load_ext nbflask", *sources))
    return str(found.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "x = 1\ny = '\ud800'",
            r"Line 2 has '\ud800', half of a character, which no file can hold",
        ),
        ("%%template a.html\n\udc00", r"Line 2 has '\udc00', half of a character"),
        ("x = 1\ny = " + "+".join(["1"] * 500), "Line 2 is nested more than 120 levels deep"),
        ("%%route /\n" + "-" * 150 + "1", "Line 2 is nested more than 120 levels deep"),
        ("%%module a.py\nx = " + "-" * 500 + "1", "Line 2 is nested more than 120 levels deep"),
        ("x = " + "-" * 50_000 + "1", "It is nested too deeply. Divide it."),
        ("%flask_config A=" + "[" * 150 + "]" * 150, "Line 1 is nested more than 120 levels deep"),
        (f"%%static {'a' * 300}.css\nx", "cannot be a file: its name is too long"),
        ("%flask_app class", "'class' cannot be an app's variable. Write one such as 'shop'."),
        ("%flask_get http://[::1", "'http://[::1' is no URL: Invalid IPv6 URL."),
        ("%%template a\nx", "'templates/a/b' cannot be a file: 'templates/a' is a file, too"),
    ],
    ids=[
        *("half", "half in a template", "sum", "view", "module", "minus", "setting", "long name"),
        *("app", "URL", "file and folder"),
    ],
)
def test_a_cell_that_no_project_can_hold_is_named(source: str, said: str) -> None:
    text = refuse(source, *(["%%template a/b\ny"] if "%%template a\n" in source else []))
    assert text.startswith("In cell ")
    assert said in text
    assert len(text) < 600


def test_what_does_not_compile_is_found_in_the_cell_that_wrote_it() -> None:
    text = refuse("import asyncio\nawait asyncio.sleep(0)\nx = await f(1)", "%%route /\nstr(x)")
    assert text == (
        "In cell 2 (import asyncio): A cell may await at its top, and a module may not. "
        "Await in an async function, or write `asyncio.run(...)`."
    )


def test_what_is_not_python_stands_in_one_short_line() -> None:
    text = refuse("x = = 'a\x1b[2J\u202e" + "b" * 5_000)
    assert text.isprintable()
    assert len(text) < 600


def test_a_bad_escape_is_its_authors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert build_project(notebook("%load_ext nbflask", "%%route /\n'\\d'")).files


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r", "\r\n"])
def test_lines_are_those_of_python(end: str) -> None:
    source = f"x = '''a{end}b'''\ny = 2\nz = 3"
    code = build_project(notebook("%load_ext nbflask", source, "%%route /\nstr((x, y, z))"))
    names: dict[str, object] = {}
    text = code.files["app.py"].decode().partition("def create_app")[0].partition("@app.")[0]
    exec(text, names)  # noqa: S102 - it is what this test has written.
    inner = "\n" if end.startswith("\r") else end
    assert (names["x"], names["y"], names["z"]) == (f"a{inner}b", 2, 3)


def test_prose_that_no_file_can_hold_is_written_otherwise() -> None:
    source = notebook("# Teas\0 of \ud800", "%load_ext nbflask", "%%route /\n'x'")
    assert b'"""Teas\xef\xbf\xbd of \xef\xbf\xbd."""' in build_project(source).files["app.py"]
