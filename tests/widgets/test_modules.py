"""Style sheets of one widget leave those of another alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.widgets.modules import join_styles

if TYPE_CHECKING:
    from pathlib import Path


def test_each_selector_is_confined_to_the_widget_of_the_last_sheet(tmp_path: Path) -> None:
    shared, own = tmp_path / "theme.css", tmp_path / "inspector.css"
    shared.write_text(
        "/* Of all { */\n.nbflask-widget .a,\n.b > :is(td, th) {\n  font: x, y;\n}\n"
        '[data-dark="true"] .nbflask-widget {\n}\n'
    )
    own.write_text(
        ".nbflask-inspector {\n}\n@media (forced-colors: active) {\n"
        "  .nbflask-inspector-head:hover {\n  }\n}\n"
    )
    assert join_styles(shared, own).split("\n") == [
        ".nbflask-inspector .a,",
        ":where(.nbflask-inspector) .b > :is(td, th) {",
        "  font: x, y;",
        "}",
        '[data-dark="true"] .nbflask-inspector {',
        "}",
        "",
        ".nbflask-inspector {",
        "}",
        "@media (forced-colors: active) {",
        "  :where(.nbflask-inspector) .nbflask-inspector-head:hover {",
        "  }",
        "}",
        "",
    ]
