"""Where the Jupyter server is: the surest of the sources that say anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nbflask.values.base_url import BaseUrl, ServerClues, Source, choose_base_url

ALL = ServerClues(
    explicit="https://hub.example/user/ann",
    extension="/extension/",
    extension_pid=7,
    parent_pid=7,
    server_file="/file/",
    hub="/hub/",
    voila="/voila/",
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, BaseUrl(value="https://hub.example/user/ann/", source=Source.EXPLICIT)),
        ({"explicit": ""}, BaseUrl(value="/extension/", source=Source.EXTENSION)),
        (
            {"explicit": "", "extension_pid": 6},
            BaseUrl(value="/file/", source=Source.SERVER_FILE),
        ),
        (
            {"explicit": "", "extension_pid": None, "parent_pid": None},
            BaseUrl(value="/file/", source=Source.SERVER_FILE),
        ),
        (
            {"explicit": "", "extension": "", "server_file": ""},
            BaseUrl(value="/hub/", source=Source.HUB),
        ),
        (
            {"explicit": "", "extension": "", "server_file": "", "hub": ""},
            BaseUrl(value="/voila/", source=Source.VOILA),
        ),
    ],
)
def test_the_surest_source_counts(change: dict[str, Any], expected: BaseUrl) -> None:
    assert choose_base_url(replace(ALL, **change)) == expected


def test_nothing_found_is_none() -> None:
    assert choose_base_url(ServerClues(parent_pid=7)) is None


@pytest.mark.parametrize("value", ["/", "", "user/ann", "/user/ann", "/user/ann/"])
def test_a_base_url_has_its_slashes(value: str) -> None:
    base = choose_base_url(ServerClues(explicit=value or "/"))
    assert base is not None
    assert base.join("nbflask/k/app/") == (
        "/user/ann/nbflask/k/app/" if "ann" in value else "/nbflask/k/app/"
    )


def test_a_server_without_our_extension_is_known() -> None:
    assert ALL.has_extension
    assert not replace(ALL, extension="").has_extension
    assert not replace(ALL, extension_pid=6).has_extension
    assert not ServerClues().has_extension
