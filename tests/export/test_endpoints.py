"""Endpoints that only the export's own names would need."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from tests.export.written import notebook

CELLS = ("%load_ext nbflask", "items = []", "%%route /items\nreturn items")


def write(*cells: str) -> str:
    """Give the module of a shop with a view that is called after a variable."""
    return build_project(notebook(*CELLS, *cells)).files["app.py"].decode()


@pytest.mark.parametrize("cell", ["x = 1", "%%route /a\nreturn url_for('get_a')"])
def test_a_views_endpoint_is_its_functions_name_where_nobody_calls_it(cell: str) -> None:
    assert '    @app.get("/items")\n    def get_items():' in write(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "%%route /a\nreturn url_for('items')",
        "%%template a.html\n{{ url_for('items') }}",
        "%%template a.html\n{{ url_for(name) }}",
        "with app.test_request_context():\n    print(url_for('items'))",
        "%%route /a\nmake = url_for\nreturn make('it' + 'ems')",
        "%%after_request\nresponse.headers['X'] = request.endpoint",
        "app.view_functions['items']()",
        "login_manager.login_view = 'items'",
        "%%route /a --endpoint get_items.a\nreturn url_for('static', filename='a', endpoint='b')",
    ],
)
def test_an_endpoint_that_a_cell_may_mean_stays(cell: str) -> None:
    assert '@app.get("/items", endpoint="items")' in write(cell)


def test_an_endpoint_that_the_line_chooses_stays() -> None:
    text = build_project(notebook("%load_ext nbflask", "%%route /a --endpoint a.b\nreturn 'a'"))
    assert b'@app.get("/a", endpoint="a.b")' in text.files["app.py"]
