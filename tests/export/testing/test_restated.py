"""What a cell gives a variable once more by the same text outdates no answer."""

from __future__ import annotations

from tests.export.testing.stored import LOAD, page, write_test_module

TEAS = "teas = {'a': 1}"
VIEW = "%%route /\nstr(teas['a'])"
ONE = ("%flask_get /", page("1"))
IS_TOLD = 'response.text == "1"'


def test_a_value_that_is_given_again_outdates_no_answer() -> None:
    assert IS_TOLD in write_test_module(LOAD, TEAS, VIEW, ONE, TEAS)


def test_another_value_in_between_outdates_it() -> None:
    assert write_test_module(LOAD, TEAS, VIEW, ONE, "teas = {'a': 2}", TEAS) == ""


def test_a_change_in_between_is_not_known_to_answers_below_it() -> None:
    seven = ("%flask_get /?n", page("7"))
    text = write_test_module(LOAD, TEAS, VIEW, ONE, "teas['a'] = 7", seven, TEAS)
    assert '"7"' not in text


def test_a_value_that_is_given_again_before_more_requests_is_another() -> None:
    add = "%%route / POST\nteas['a'] += 1\nstr(teas['a'])"
    two, again = ("%flask_post /", page("2")), ("%flask_post /?n", page("2"))
    assert write_test_module(LOAD, TEAS, add, two, TEAS, again) == ""
