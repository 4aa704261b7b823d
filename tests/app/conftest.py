from __future__ import annotations

import pytest

from .notebook import Cells


@pytest.fixture
def cells() -> Cells:
    """Give a notebook in which ``app`` was made by the cell named 'app'."""
    cells = Cells()
    cells.run("app", "app = Flask(__name__)")
    return cells
