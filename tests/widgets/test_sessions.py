"""The sessions' Python half: its traits, and what a notebook's file keeps of it."""

from __future__ import annotations

from nbflask.widgets.sessions import SessionsWidget
from nbflask.widgets.table import Table


def build(**traits: object) -> SessionsWidget:
    table = Table(columns=("client", "key"), rows=(("1 curl", "<b>"),))
    return SessionsWidget(table=lambda: table, **traits)


def test_only_which_client_is_looked_at_is_a_trait() -> None:
    ours = {name for name in build().get_state() if not name.startswith("_")}
    assert ours - {"layout", "tabbable", "tooltip"} == {"app_name", "selected"}


def test_a_file_keeps_a_table_of_text() -> None:
    widget = build(app_name="shop")
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    data, _metadata = bundle
    assert data["text/plain"] == "client  key\n1 curl  <b>"
    assert "<td>&lt;b&gt;</td>" in data["text/html"]
    assert repr(widget) == "SessionsWidget(shop)"


def test_the_page_gets_one_module_and_one_style() -> None:
    state = build().get_state()
    assert "export default" in state["_esm"]
    assert "\nimport " not in state["_esm"]
    assert ".nbflask-sessions" in state["_css"]
