"""What a later cell changes in a literal stands in the literal."""

from __future__ import annotations

import pytest

from tests.export.test_module import LOAD, write

VIEW = "%%route /\nreturn celsius"


@pytest.mark.parametrize(
    ("cells", "literal"),
    [
        (["celsius['Oslo'] = 5.0"], 'celsius = {"Oslo": 5.0, "Quito": 14.5}\n'),
        (["celsius['Rome'] = 20"], 'celsius = {"Oslo": 4.5, "Quito": 14.5, "Rome": 20}\n'),
        (["celsius['Oslo'] = 1", "celsius['Oslo'] = 2"], '"Oslo": 2, "Quito"'),
    ],
)
def test_an_item_is_written_into_its_dictionary(cells: list[str], literal: str) -> None:
    text = write(LOAD, "celsius = {'Oslo': 4.5, 'Quito': 14.5}", *cells, VIEW)
    assert literal in text
    assert "celsius[" not in text


@pytest.mark.parametrize(
    "cells",
    [
        ["celsius['Oslo'] = read()", "def read(): return 1"],
        ["warm = max(celsius)\ncelsius['Oslo'] = 5.0", "%%route /warm\nreturn warm"],
        ["\n# A thaw.\ncelsius['Oslo'] = 5.0"],
    ],
)
def test_an_item_that_needs_its_place_keeps_it(cells: list[str]) -> None:
    assert 'celsius["Oslo"] = ' in write(LOAD, "celsius = {'Oslo': 4.5}", *cells, VIEW)
