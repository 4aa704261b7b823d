"""Secrets are covered where settings are shown."""

from __future__ import annotations

import pytest

from nbflask.values.masking import MAX_VALUE_CHARS, mask_setting


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("SECRET_KEY", "abc", "********"),
        ("SECRET_KEY", None, "None"),
        ("SECRET_KEY_FALLBACKS", ["old"], "********"),
        ("MAIL_PASSWORD", b"abc", "********"),
        ("API_TOKEN", 12, "********"),
        ("GITHUB_OAUTH_CLIENT_SECRET", "", "''"),
        ("DATABASE_URL", "pg://ann:pw@host/db", "'pg://ann:********@host/db'"),
        ("REDIS_URL", "redis://:pw@host", "'redis://:********@host'"),
        ("SITE_URL", "https://host:80/a@b", "'https://host:80/a@b'"),
        ("MONKEY", "abc", "'abc'"),
        ("USE_TOKEN", True, "True"),
        ("TITLE", "A b", "'A b'"),
    ],
)
def test_a_setting_is_shown_without_its_secret(key: str, value: object, shown: str) -> None:
    assert mask_setting(key, value) == shown


def test_a_value_is_the_same_text_in_every_run() -> None:
    assert mask_setting("HANDLER", object()) == "<object object>"


def test_a_long_value_is_cut() -> None:
    assert len(mask_setting("TITLE", "x" * 1000)) == MAX_VALUE_CHARS
