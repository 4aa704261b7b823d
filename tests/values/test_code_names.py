"""A cell is called by what stands in its first line."""

from __future__ import annotations

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nbflask.values import code_names
from nbflask.values.code_names import cover_secret, name_cell


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("\nasking = 1\n%flask_get /", "asking = 1"),
        ("%flask_get /items?page=2", "%flask_get /items?page=2"),
        ("%flask_get /?name=O'Brien", "%flask_get /?name=O'Brien"),
        ("%%http\nGET / HTTP/1.1", "%%http"),
        ("%flask_stop\n%flask_run", "%flask_stop"),
        ("!ls", ""),
        ("", ""),
    ],
)
def test_a_cell_is_called_by_its_first_line_as_it_was_written(cell: str, name: str) -> None:
    assert name_cell(TransformerManager().transform_cell(cell).splitlines()) == name


def test_a_magic_s_options_are_no_part_of_its_cell_s_name() -> None:
    cell = TransformerManager().transform_cell("%flask_post /login -F 'password=plum cake'")
    assert name_cell(cell.splitlines()) == "%flask_post /login …"
    cell = TransformerManager().transform_cell("%flask_get -u ann:plum /")
    assert name_cell(cell.splitlines()) == "%flask_get …"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('app.config["API_KEY"] = "abc123"', 'app.config["API_KEY"] = …'),
        ('app.config.update(API_KEY="abc", PAGE=3)', "app.config.update(API_KEY=…"),
        (
            'client.post("/login", data={"password": "x"})',
            'client.post("/login", data={"password": …',
        ),
        ("app.secret_key = b'abc'", "app.secret_key = …"),
        ('name = "Ada"', 'name = "Ada"'),
        ('token = request.args["token"]', 'token = request.args["token"]'),
        ("%%route /token/<name>", "%%route /token/<name>"),
    ],
)
def test_what_a_secret_s_name_is_given_is_no_part_of_the_cell_s_name(line: str, shown: str) -> None:
    assert cover_secret(line) == shown
    assert name_cell([line]) == shown


def test_each_word_of_a_long_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(code_names, "is_secret_name", read.append)
    line = f"data = {['item'] * 50}"
    assert cover_secret(line) == line
    assert read == ["data", *["item"] * 49]
