"""The inspector's Python half: its traits, and what a notebook's file keeps of it."""

from __future__ import annotations

import pytest
import traitlets

from nbflask.widgets.inspector import InspectorWidget
from nbflask.widgets.table import Table


def build(**traits: object) -> InspectorWidget:
    table = Table(columns=("#", "target"), rows=(("1", "/?q=<b>"),))
    return InspectorWidget(table=lambda: table, **traits)


def test_only_how_it_is_looked_at_is_a_trait() -> None:
    widget = build(filter="status:5xx", app_name="shop")
    ours = {name for name in widget.get_state() if not name.startswith("_")}
    assert ours - {"layout", "tabbable", "tooltip"} == {
        *("app_name", "filter", "selected", "height_px", "is_recording"),
    }


def test_the_repr_names_the_app_and_the_filter_and_nothing_that_changes() -> None:
    widget = build(filter="status:5xx", app_name="shop")
    assert repr(widget) == "InspectorWidget(shop, 'status:5xx')"


def test_a_file_keeps_a_table_of_text() -> None:
    widget = build()
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    data, _metadata = bundle
    assert data["text/plain"] == "#  target\n1  /?q=<b>"
    assert "<td>/?q=&lt;b&gt;</td>" in data["text/html"]
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == widget.model_id


def test_the_page_gets_one_module_and_one_style() -> None:
    state = build().get_state()
    assert "export default" in state["_esm"]
    assert "\nimport " not in state["_esm"]
    assert ".nbflask-inspector" in state["_css"]


@pytest.mark.parametrize("name", ["selected", "height_px"])
def test_a_number_is_not_negative(name: str) -> None:
    with pytest.raises(traitlets.TraitError):
        build(**{name: -1})
