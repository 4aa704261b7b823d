"""What requests change that a whole process has one of."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("os.environ['MODE'] = 'x'", "os.environ"),
        ("os.environ.pop('MODE')", "os.environ"),
        ("os.chdir('data')", "the working folder"),
        ("globals()['state'] = {}", "globals()"),
    ],
)
def test_a_request_that_changes_its_whole_process_is_told(line: str, what: str) -> None:
    (finding,) = findings_of(f"import os\n@app.post('/')\ndef change():\n    {line}\n    return ''")
    assert (finding.kind, finding.line) == ("state-changed-by-requests", 4)
    assert finding.text.startswith(f"`change()` changes {what}, which a whole process has one of")


def test_what_is_read_or_set_before_the_requests_is_no_finding() -> None:
    view = "%%route /\nstr(os.environ.get('MODE')) + os.environ['HOME'] + str(len(globals()))"
    assert found("import os\nos.environ['MODE'] = 'x'", view) == []
