"""A magic's line becomes options, or an error that says what to write."""

from __future__ import annotations

import re

import pytest

from nbflask.errors import OptionError
from nbflask.values.lines import (
    LineParser,
    MagicLine,
    argument,
    json_object,
    one_of,
    pixels,
    port_number,
)

PARSER = LineParser(
    MagicLine(
        "%shop",
        (
            argument("item", metavar="ITEM"),
            argument("--size", type=pixels, default=0),
            argument("--tag", action="append"),
            argument("-q", "--quiet", action="store_true"),
        ),
        example="%shop tea --size 2",
    ),
    description="Buy something.",
)


def test_a_line_becomes_options() -> None:
    options = PARSER.parse_line("'green tea' --size=2 --tag a --tag 'b c' -q")
    assert vars(options) == {"item": "green tea", "size": 2, "tag": ["a", "b c"], "quiet": True}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "%shop: the following arguments are required: ITEM. For example: %shop tea --size 2"),
        ("tea --siz 2", "%shop has no option '--siz'. Did you mean '--size'?"),
        ("tea --xyzzy", "%shop has no option '--xyzzy'. Known: --quiet, --size, --tag, -q."),
        ("tea milk", "%shop does not know what to do with 'milk'. "
         "For example: %shop tea --size 2"),
        ("tea --size", "%shop cannot read --size: expected one argument. "
         "For example: %shop tea --size 2"),
        ("tea --quiet=1", "%shop cannot read -q/--quiet: ignored explicit argument '1'. "
         "For example: %shop tea --size 2"),
        ("tea --size big", "'big' is not a height. Write whole pixels, such as 400."),
        ("'tea", 'The quote in "\'tea" is not closed. Close it, or leave it out.'),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence(line: str, error: str) -> None:
    with pytest.raises(OptionError, match=f"^{re.escape(error)}$"):
        PARSER.parse_line(line)


@pytest.mark.parametrize(
    ("text", "port"), [("0", 0), ("5000", 5000), ("65535", 65535)], ids=["any", "usual", "last"]
)
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert port_number(text) == port


@pytest.mark.parametrize("text", ["65536", "-1", "5000.0", "http", ""])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match=r"is not a port\. Write a number from 0 to 65535\."):
        port_number(text)


def test_json_must_be_an_object() -> None:
    assert json_object('{"a": [1]}') == {"a": [1]}
    with pytest.raises(OptionError, match=r"'\[1\]' is not a JSON object\."):
        json_object("[1]")


def test_a_word_is_one_of_those_known_in_any_case() -> None:
    method = one_of("GET", "POST", kind="an HTTP method")
    assert method("post") == "POST"
    with pytest.raises(OptionError, match=r"'gte' is not an HTTP method\. Did you mean 'GET'\?"):
        method("gte")
