"""Functions that decorators keep, and what an export makes of two of one name."""

from __future__ import annotations

import pytest

from tests.export.test_replacing import statements

VIEW = "@app.get('/')\ndef index():\n    return run(kept, Tea, note)"
INTO_LIST = "kept = []\ndef register(function):\n    kept.append(function)\n    return function"
BY_NAME = (
    "kept = {}\ndef register(function):\n    kept[function.__name__] = function\n"
    "    return function"
)
WITH_NAME = (
    "kept = []\ndef register(function):\n    kept.append((function.__name__, function))\n"
    "    return function"
)
INTO_LISTS = (
    "kept = {}\ndef register(kind):\n    def keep(function):\n"
    "        kept.setdefault(kind, []).append(function)\n        return function\n    return keep"
)
RUN = "def run(*given):\n    return str(given)"


def note(decorator: str, value: int) -> str:
    return f"{decorator}\ndef note():\n    return {value}"


@pytest.mark.parametrize(
    ("register", "decorator"),
    [(INTO_LIST, "@register"), (INTO_LISTS, "@register('a')"), ("kept = 1", "@app.before_request")],
)
def test_both_functions_that_a_list_keeps_stay_under_names_of_their_own(
    register: str, decorator: str
) -> None:
    found = statements(RUN, VIEW, register, note(decorator, 1), note(decorator, 2))
    names = [each.partition("def note")[2] for each in found if "def note" in each]
    assert names == ["_1():\n    return 1", "():\n    return 2"]


@pytest.mark.parametrize(
    ("register", "decorator"),
    [
        (BY_NAME, "@register"),
        ("from functools import cache\nkept = 1", "@cache"),
        ("def register(function):\n    return function\nkept = 1", "@register"),
        ("from flask import request_started\nkept = 1", "@request_started.connect"),
    ],
)
def test_a_function_of_which_nothing_is_left_is_left_out(register: str, decorator: str) -> None:
    found = statements(RUN, VIEW, register, note(decorator, 1), note(decorator, 2))
    assert [each for each in found if "def note" in each] == [note(decorator, 2)]


def test_a_class_of_data_that_is_mended_is_defined_once() -> None:
    head = "@dataclass\nclass Tea:\n    price: "
    cells = ("from dataclasses import dataclass\nkept = 1", f"{head}int", f"{head}float")
    found = statements(RUN, VIEW, *cells)
    assert [each for each in found if "Tea:" in each] == [f"{head}float"]


def test_a_name_that_a_register_reads_stays() -> None:
    found = statements(RUN, VIEW, WITH_NAME, note("@register", 1), note("@register", 2))
    first, second = (each for each in found if "def note" in each)
    assert first == note("@register", 1)
    assert second == note("@register", 2).replace("():", "():  # noqa: F811")


def test_a_function_that_runs_before_it_is_defined_again_keeps_its_name() -> None:
    cells = (note("@register", 1), "kept.append(note())", note("@register", 2))
    assert "def note_1" not in "\n".join(statements(RUN, VIEW, INTO_LIST, *cells))


def test_a_function_that_another_one_calls_in_between_keeps_its_name() -> None:
    first, second = note("@register", 1), note("@register", 2)
    ask = "def ask():\n    kept.append(note())"
    found = statements(RUN, VIEW, INTO_LIST, first, ask, "ask()", second)
    assert first in found
    assert second.replace("():", "():  # noqa: F811") in found
