"""A table shows what was sent, and does nothing that it says."""

from __future__ import annotations

from nbflask.widgets.table import Table


def test_what_was_sent_does_nothing_to_a_terminal_or_a_page() -> None:
    table = Table(columns=("target",), rows=(("/\x1b[2J\u202e\n<b>",),))
    assert repr(table) == "target\n" + r"/\x1b[2J\u202e\n<b>"
    assert r"<td>/\x1b[2J\u202e\n&lt;b&gt;</td>" in table._repr_html_()
