"""However often a cell runs, the app is as large as after its first run."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from nbflask.app.cells import Cell, Run
from nbflask.app.claims import Claim

if TYPE_CHECKING:
    from .notebook import Cells

RUNS = 20
VIEW = "@{on}.route('/')\ndef view(): return '{number}'\n"
HOOK = "@{on}.before_request\ndef hook(): pass\n@{on}.errorhandler(404)\ndef missing(e): raise e\n"
MAKE = "bp = Blueprint('bp', __name__)\n"
REGISTER = "app.register_blueprint(bp)\n"
NEST = "inner = Blueprint('inner', __name__)\nbp.register_blueprint(inner)\n"
# What stands in other cells, and what runs again and again.
HISTORIES = {
    "a view and hooks": ("", VIEW + HOOK),
    "a view of a registered blueprint": (MAKE + REGISTER, VIEW + HOOK),
    "a registration": (MAKE + NEST + VIEW + HOOK, REGISTER),
    "a blueprint in one cell": ("", MAKE + VIEW + HOOK + REGISTER),
    "an app": ("", "app = Flask(__name__)\n" + VIEW),
    "a setting": ("", "app.config['X'] = app.own = {number}\napp.templates['t'] = 'x'\n"),
}


def census(cells: Cells) -> Counter[str]:
    """Count what the journal is made of, but for the rules that were withdrawn last."""
    cells.names["app"].url_map._withdrawn.clear()
    gc.collect()
    kinds = (Cell, Claim, Run)
    return Counter(type(thing).__name__ for thing in gc.get_objects() if type(thing) in kinds)


def run_often(cells: Cells, cell_id: str | None, source: str, ending: str) -> None:
    for number in range(RUNS):
        error = cells.attempt(cell_id, source.replace("{number}", str(number)) + ending)[1]
        assert error is None or ending


@pytest.mark.parametrize("ending", ["", "1 / 0\n"], ids=["that ends well", "that fails"])
@pytest.mark.parametrize("history", HISTORIES)
def test_a_cell_leaves_nothing_of_its_former_runs(cells: Cells, history: str, ending: str) -> None:
    on = "bp" if "blueprint" in history or "registration" in history else "app"
    before, again = (source.replace("{on}", on) for source in HISTORIES[history])
    cells.run("before", before)
    run_often(cells, "again", again, ending)
    first = census(cells)
    run_often(cells, "again", again, ending)
    assert census(cells) == first


def test_cells_without_an_id_leave_nothing_when_they_are_replaced(cells: Cells) -> None:
    run_often(cells, None, VIEW.replace("{on}", "app"), "")
    first = census(cells)
    run_often(cells, None, "# Other text.\n" + VIEW.replace("{on}", "app"), "")
    assert census(cells) == first
    assert cells.get("/") == str(RUNS - 1)
