"""The ten rules that HAR's text has, and its JSON Schema does not look at."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.exchanges.har import check_har, to_har
from tests.exchanges.har_format import validate
from tests.exchanges.recorded import record_everything

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[Any], Any]


@pytest.fixture
def har() -> Any:
    """Give a HAR that nothing is wrong with: a POST of JSON, and a GET with cookies."""
    exchanges = record_everything()
    posted = next(each for each in exchanges if each.request.method == "POST")
    cookies = next(each for each in exchanges if each.request.path == "/cookies")
    return copy.deepcopy(to_har([posted, cookies]))


def set_time(entry: Any) -> None:
    entry["time"] += 1


def set_negative(entry: Any) -> None:
    entry["timings"]["wait"] -= 100
    entry["time"] -= 100


def set_ssl(entry: Any) -> None:
    entry["timings"] |= {"connect": 1, "ssl": 2}
    entry["time"] += 1


def set_both(entry: Any) -> None:
    entry["request"]["postData"]["params"] = []


def set_param(entry: Any) -> None:
    data = entry["request"]["postData"]
    del data["text"]
    data["params"] = [{"value": "x"}, 7]


def set_size(entry: Any) -> None:
    entry["response"]["content"]["size"] += 1


def set_fragment(entry: Any) -> None:
    entry["request"]["url"] += "#top"


def set_relative(entry: Any) -> None:
    entry["request"]["url"] = "/json"


def set_date(entry: Any) -> None:
    entry["startedDateTime"] = "2026-01-01T00:00:00"


def set_expires(entry: Any) -> None:
    entry["response"]["cookies"] = [
        {"name": "a", "value": "", "expires": "Wed, 21 Oct 2035 07:28:00 GMT"}
    ]


def set_name(entry: Any) -> None:
    entry["initiator"] = {}


def set_missing(entry: Any) -> None:
    del entry["cache"]


def set_type(entry: Any) -> None:
    entry["request"]["bodySize"] = 1.5


def set_order(entry: Any) -> None:
    entry["startedDateTime"] = "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_time, "log.entries[0].time: it is "),
        (set_negative, "log.entries[0].timings.wait: -"),
        (
            set_ssl,
            "log.entries[0].timings.ssl: it is longer than connect, which it is a part of.",
        ),
        (set_both, "log.entries[0].request.postData: it needs either text or params."),
        (set_param, "log.entries[0].request.postData.params[0].name: it is missing."),
        (set_size, "log.entries[0].response.content.size: it is "),
        (set_fragment, "log.entries[0].request.url: it has a fragment."),
        (set_relative, "log.entries[0].request.url: it is no absolute URL."),
        (
            set_date,
            "log.entries[0].startedDateTime: it is no date of ISO 8601 with a time zone.",
        ),
        (
            set_expires,
            "log.entries[0].response.cookies[0].expires: it is no date of ISO 8601 with a time"
            " zone.",
        ),
        (set_name, "log.entries[0].initiator: HAR has no such name, and it has no underscore."),
        (set_missing, "log.entries[0].cache: it is missing."),
        (set_type, "log.entries[0].request.bodySize: it has the wrong type."),
        (set_order, "log.entries[1]: it is older than the one before it."),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_each_rule_finds_what_breaks_it(har: Any, change: Change, message: str) -> None:
    assert check_har(har) == []
    change(har["log"]["entries"][0])
    found = check_har(har)
    assert any(each.startswith(message) for each in found), found


@pytest.mark.parametrize(
    "change", [set_time, set_negative, set_ssl, set_both, set_size, set_fragment, set_name]
)
def test_the_schema_alone_would_not_have_found_it(har: Any, change: Change) -> None:
    change(har["log"]["entries"][0])
    assert validate(har) == []


@pytest.mark.parametrize("change", [set_relative, set_date, set_expires, set_missing, set_type])
def test_the_schema_is_in_force(har: Any, change: Change) -> None:
    change(har["log"]["entries"][0])
    assert validate(har) != []


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"log": 7}, {"log": {"entries": [7]}}])
def test_what_is_no_har_is_said(value: object) -> None:
    assert check_har(value) != []
