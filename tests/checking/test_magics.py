"""What cells say to the notebook alone."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%cd /tmp", 1),
        ("x = 1\n%env A=b", 2),
        ("names = !ls", 1),
        ("%%writefile a.txt\nx", 1),
        ("%%sql\nselect 1", 1),
        ("%run other.py", 1),
        ("def f():\n    %flask_get /", 1),
    ],
)
def test_a_magic_that_a_module_cannot_hold_is_a_warning(source: str, line: int) -> None:
    assert found(source) == [f"warning magic-not-exported 2:{line}"]


@pytest.mark.parametrize(
    "source",
    ["%flask_run", "!pip install flask", "%time x = 1", "%%bash\nls", "flask?", "%pwd"],
)
def test_a_magic_that_only_shows_is_no_finding(source: str) -> None:
    assert found(source) == []


def test_a_magic_says_what_to_write_instead() -> None:
    (finding,) = findings_of("%cd /tmp")
    assert finding.text == "`%cd /tmp` works in a notebook only, and is left out."
    assert "Path(__file__)" in finding.remedy
