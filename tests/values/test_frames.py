"""Cookies for a frame in another site's page."""

from __future__ import annotations

import pytest

from nbflask.values.frames import frame_cookie, is_foreign_frame

KEPT = "; SameSite=None; Secure; Partitioned"


@pytest.mark.parametrize(
    ("sent", "framed"),
    [
        ("a=1", f"a=1{KEPT}"),
        ("a=1; Path=/; HttpOnly", f"a=1; Path=/; HttpOnly{KEPT}"),
        ("a=1; secure; SAMESITE=lax; Path=/", f"a=1; Path=/{KEPT}"),
        ("a=1; SameSite=None; Secure; Partitioned", f"a=1{KEPT}"),
        ("a=; Max-Age=0; Path=/", f"a=; Max-Age=0; Path=/{KEPT}"),
        ("a=1; SameSite=Strict; Path=/", "a=1; SameSite=Strict; Path=/"),
    ],
)
def test_a_cookie_is_kept_in_the_frame_and_used_by_no_other_sites(sent: str, framed: str) -> None:
    assert frame_cookie(sent) == framed
    assert frame_cookie(framed) == framed


@pytest.mark.parametrize(
    ("site", "dest", "is_foreign"),
    [
        ("cross-site", "iframe", True),
        ("cross-site", "document", False),
        ("same-site", "iframe", False),
        ("same-origin", "iframe", False),
        (None, None, False),
    ],
)
def test_only_another_sites_frame_is_foreign(
    site: str | None, dest: str | None, is_foreign: bool
) -> None:
    assert is_foreign_frame(sec_fetch_site=site, sec_fetch_dest=dest) == is_foreign
