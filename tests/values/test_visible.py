"""What others have sent does nothing to a terminal, and looks like what it is."""

from __future__ import annotations

import pytest

from nbflask.values.visible import make_line, make_visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2J\x9b", r"a\x1b[2J\x9b"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("a\u2028b\x00\x7f", r"a\u2028b\x00\x7f"),
        ("a\r\nb\rc\n\td", "a\nb\\rc\n\td"),
        ("Grüße, 世界 👋", "Grüße, 世界 👋"),
    ],
)
def test_what_acts_or_hides_is_written_out(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_a_line_stays_one() -> None:
    assert make_line("a\r\nb\n\tc") == r"a\nb\n\tc"
