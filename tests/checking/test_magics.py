"""What cells say to the notebook alone."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%cd /tmp", 1),
        ("x = 1\n%env A=b", 2),
        ("x = 1\n!mkdir -p uploads", 2),
        ("%%bash\nls\nsqlite3 a.db < schema.sql", 3),
        ("%sql select 1", 1),
        ("%%writefile a.txt\nx", 1),
        ("%%sql\nselect 1", 1),
        ("%run other.py", 1),
        ("def f():\n    %flask_get /", 2),
    ],
)
def test_a_magic_that_a_module_cannot_hold_is_a_warning(source: str, line: int) -> None:
    assert found(source) == [f"warning magic-not-exported 2:{line}"]


@pytest.mark.parametrize(
    "source",
    [
        *(
            "%flask_run",
            "!pip install flask > /dev/null 2>&1",
            "%time x = 1",
            "%%bash\nls",
            "flask?",
        ),
        *("%pwd", "%env HOME", "%save a.py 1", "%%mermaid\na", "!curl http://127.0.0.1:5000/"),
        *("names = !ls\nprint(names)", "%conda install x"),
    ],
)
def test_a_magic_that_only_shows_is_no_finding(source: str) -> None:
    assert found(source) == []


def test_a_view_that_a_shell_line_keeps_out_is_an_error() -> None:
    (finding,) = findings_of("@app.get('/')\ndef names():\n    out = !ls\n    return str(out)")
    assert (finding.level, finding.line) == ("error", 3)
    assert finding.text == (
        "`out = !ls` works in a notebook only: `names()` is left out with it, and its rule."
    )


def test_a_magic_says_what_to_write_instead() -> None:
    (finding,) = findings_of("%cd /tmp")
    assert finding.text == "`%cd /tmp` works in a notebook only, and is left out."
    assert "Path(__file__)" in finding.remedy


def test_what_a_server_is_told_in_the_notebook_is_lost() -> None:
    cell = "x = 1\napp.run(host='0.0.0.0', port=8080, debug=True)"
    (host, port, debug) = findings_of(cell)
    assert {each.kind for each in (host, port, debug)} == {"run-option-lost"}
    assert (debug.level, debug.line) == ("info", 2)


@pytest.mark.parametrize("source", ["app.run()", "job.run(port=3)", "app.run(use_reloader=False)"])
def test_what_needs_no_telling_is_no_finding(source: str) -> None:
    assert "run-option-lost" not in str(found("import job", source))


def test_magics_above_one_another_hold_the_python_below_them() -> None:
    assert found("%%time\n%%capture\nRATE = 3", "%%route /\nstr(RATE + MISSING)") == [
        "error name-not-defined 3:2"
    ]
