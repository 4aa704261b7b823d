"""A magic's line falls into words, and an unknown name finds its neighbour."""

from __future__ import annotations

import pytest

from nbflask.errors import OptionError
from nbflask.values.words import did_you_mean, split_words, take_options


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("  /a   POST ", ("/a", "POST"), id="white space"),
        pytest.param('"/a b"', ("/a b",), id="one pair of quotes goes"),
        pytest.param("\"'a'\"", ("'a'",), id="only one pair"),
        pytest.param("KEY='a b' x", ("KEY=a b", "x"), id="quotes after an equals sign"),
        pytest.param("/it's", ("/it's",), id="an apostrophe is a character"),
        pytest.param('\'{"a": "b c"}\'', ('{"a": "b c"}',), id="JSON in single quotes"),
        pytest.param('{"a":1}', ('{"a":1}',), id="JSON without spaces"),
        pytest.param("/p/{x}/$x", ("/p/{x}/$x",), id="nothing is expanded"),
        pytest.param('""', ("",), id="an empty word"),
    ],
)
def test_a_line_is_split_into_words(line: str, words: tuple[str, ...]) -> None:
    assert split_words(line) == words


@pytest.mark.parametrize("line", ['"a', "x 'a b", 'k="v'])
def test_an_open_quote_is_an_error(line: str) -> None:
    with pytest.raises(OptionError, match=r"is not closed\. Close it, or leave it out\."):
        split_words(line)


def test_a_name_close_to_a_known_one_is_offered() -> None:
    assert did_you_mean("--prot", ["--port", "--host"]) == " Did you mean '--port'?"


def test_without_a_close_one_all_known_names_are_given() -> None:
    assert did_you_mean("zzz", ["b", "a"]) == " Known: a, b."
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(
    ("line", "options", "rest"),
    [
        ("status:5xx -is:static", "", "status:5xx -is:static"),
        ("a --app shop b", "--app shop", "a  b"),
        ("--app=shop  'a  b'", "--app=shop", "'a  b'"),
        ("it's --off", "--off", "it's"),
        ("--app", "--app", ""),
        ("a --offf", "--offf", "a"),
        ("a -- b", "", "a -- b"),
        ("", "", ""),
    ],
)
def test_a_text_is_taken_as_it_is_written_around_options(
    line: str, options: str, rest: str
) -> None:
    assert take_options(line, {"--app": True, "--off": False}) == (options, rest)
