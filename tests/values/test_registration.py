"""A registration survives its text, and nothing else gets through."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from nbflask.values.registration import (
    Registration,
    RegistrationError,
    parse_registration,
    split_file_name,
)

REGISTRATION = Registration(
    kernel_id="0a1b-2c",
    app_name="app",
    notebook="dir/\N{SNOWMAN}.ipynb",
    pid=42,
    started_ticks=7,
    host="here",
    socket="/run/nbflask-42/s",
    secret="s" * 32,
)


def test_a_registration_is_the_same_after_writing_and_reading() -> None:
    assert parse_registration(REGISTRATION.to_json()) == REGISTRATION
    on_port = replace(REGISTRATION, socket=None, port=5000)
    assert parse_registration(on_port.to_json()) == on_port


def test_its_names_are_those_of_file_and_url() -> None:
    assert REGISTRATION.file_name == "0a1b-2c.app.json"
    assert split_file_name(REGISTRATION.file_name) == ("0a1b-2c", "app")
    assert REGISTRATION.mount == "nbflask/0a1b-2c/app/"


def test_it_shows_no_secret() -> None:
    text = "Registration(app_name='app', notebook='dir/\N{SNOWMAN}.ipynb')"
    assert repr(REGISTRATION) == text


def test_unknown_keys_are_a_later_versions_matter() -> None:
    text = json.dumps({**json.loads(REGISTRATION.to_json()), "colour": "blue"})
    assert parse_registration(text) == REGISTRATION


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"version": 2}, "The registration has the version 2, this nbflask reads 1."),
        ({"kernel_id": "../x"}, "The kernel id '../x' is not made of letters"),
        ({"kernel_id": "a.b"}, "The kernel id 'a.b' is not made of letters"),
        ({"app_name": ".."}, "The app name '..' is not made of letters"),
        ({"app_name": "a/b"}, "The app name 'a/b' is not made of letters"),
        ({"app_name": "a\n"}, r"The app name 'a\\n' is not made of letters"),
        ({"app_name": "a" * 101}, "The app name 'a+' is not made of letters"),
        ({"app_name": 7}, "The app name 7 is not made of letters"),
        ({"notebook": None}, "The notebook None is not a path"),
        ({"host": 1}, "The host 1 is not a name"),
        ({"pid": 0}, "The pid 0 is not a positive number"),
        ({"pid": True}, "The pid True is not a positive number"),
        ({"started_ticks": "1"}, "The start time '1' is not a number"),
        ({"port": 5000}, "names neither a socket nor a port, or both"),
        ({"socket": None}, "names neither a socket nor a port, or both"),
        ({"socket": "s"}, "The socket 's' is not an absolute path"),
        ({"socket": "/s\0"}, "is not an absolute path"),
        ({"socket": None, "port": 65536}, "The port 65536 is not a number from 1 to 65535"),
        ({"secret": "short"}, "The secret is not 16 to 200 printable ASCII characters"),
        ({"secret": "x" * 20 + "\n"}, "The secret is not 16 to 200 printable ASCII characters"),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, Any], text: str) -> None:
    data = {**json.loads(REGISTRATION.to_json()), **change}
    with pytest.raises(RegistrationError, match=text):
        parse_registration(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '"x"', "[" * 100_000, "1" * 9_999])
def test_a_text_that_is_no_registration_is_refused(text: str) -> None:
    with pytest.raises(RegistrationError, match=r"^The registration "):
        parse_registration(text)


def test_a_lacking_value_is_named() -> None:
    data = json.loads(REGISTRATION.to_json())
    del data["pid"]
    with pytest.raises(RegistrationError, match=r"lacks a value: .*'pid'"):
        parse_registration(json.dumps(data))
