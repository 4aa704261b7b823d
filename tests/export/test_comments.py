"""Comments of code that has left its notebook."""

from __future__ import annotations

import pytest

from nbflask.export.comments import tidy_comments

LONG = "# A real shop would ask for a password first, and would not take an address for one."


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("x = 1  # The next cell changes it.", "x = 1"),
        ("# Run this cell again\n# if the price changes.\nx = 1", "x = 1"),
        ("def f():\n    # See %%route above.\n    return 1", "def f():\n    return 1"),
        ("x = 1  # Cells of a battery.", "x = 1  # Cells of a battery."),
        ("x = '# this notebook'", "x = '# this notebook'"),
        (f"if y:\n    x = 1  {LONG}", f"if y:\n    {LONG}\n    x = 1"),
        (f"x = 1  # noqa: E501 {LONG}", f"x = 1  # noqa: E501 {LONG}"),
        (f"x = (\n    1  {LONG}\n)", f"x = (\n    1  {LONG}\n)"),
        (f"if y:\n    {LONG} Ask.\n    x = 1", f"if y:\n    {LONG}\n    # Ask.\n    x = 1"),
        (f"{LONG} Asked\n# twice.\n# All.\nx = 1", f"{LONG}\n# Asked twice.\n# All.\nx = 1"),
        (f"{LONG} Asked\n# y = 2\nx = 1", f"{LONG}\n# Asked\n# y = 2\nx = 1"),
        (f"# y = [{'1, ' * 30}]\nx = 1", f"# y = [{'1, ' * 30}]\nx = 1"),
    ],
)
def test_a_comment_is_for_readers_of_a_module(text: str, tidy: str) -> None:
    assert tidy_comments(text) == tidy
