"""Every magic has help with an example, and takes its line as it was written."""

from __future__ import annotations

import pytest

from nbflask.magics import magic_classes
from nbflask.magics.arguments import LineParser, parser_of
from nbflask.values.rules import build_view_name


def parsers() -> dict[str, LineParser]:
    """Give each magic's parser by the magic's name."""
    found = {}
    for each in magic_classes():
        for names in each.magics.values():
            for name in names:
                parser = parser_of(getattr(each, name))
                assert parser is not None, name
                found[name] = parser
    return found


def test_the_magics_are_those_of_the_table() -> None:
    assert set(parsers()) >= {
        *("route", "template", "static", "before_request", "after_request", "teardown_request"),
        *("context_processor", "errorhandler", "template_filter", "http"),
        *("flask_app", "flask_config", "flask_run", "flask_stop", "flask_restart", "flask_status"),
        *("flask_preview", "flask_routes", "flask_get", "flask_post", "flask_put", "flask_patch"),
        *("flask_delete", "flask_head", "flask_options", "flask_doctor", "flask_reset"),
    }


@pytest.mark.parametrize("name", sorted(parsers()))
def test_help_has_a_sentence_and_an_example_that_is_understood(name: str) -> None:
    parser = parsers()[name]
    (line, *_cell) = parser.example.splitlines()
    magic, _space, rest = line.partition(" ")
    assert magic.lstrip("%") == name
    parser.parse_line(rest)
    assert parser.format_help().startswith(f"  {magic}")
    assert parser.format_help().rstrip().endswith(parser.example.splitlines()[-1])
    assert (parser.description or "").split("\n")[0].endswith(".")


def test_the_help_of_routes_tells_the_endpoint_that_a_body_gets() -> None:
    text = " ".join(parsers()["route"].format_help().split())
    named = build_view_name("/add", ["POST"])
    assert f"of a body, its methods and rule: {named} for /add POST" in text
