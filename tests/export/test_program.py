"""Which statements of plain cells leave the notebook with its app."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from tests.export.written import notebook


def kept(*cells: str) -> str:
    """Give the statements that a module has, without its imports and its app."""
    source = notebook("app = Flask(__name__)", *cells)
    program = build_program(source, interpret(source))
    return "\n".join(each.statement.text for each in program.pieces[1:] if not each.is_import)


@pytest.mark.parametrize(
    "setting",
    [
        "pd.options.display.max_rows = 3",
        "pd.core.base.levels[LIMIT] += 1",
        "Flask.x = 3",
        "decimal.getcontext().prec = 5",
    ],
)
def test_a_setting_of_a_package_is_kept_where_the_app_uses_it(setting: str) -> None:
    imports = "import decimal\nimport pandas as pd\nfrom pandas import Series"
    view = "@app.get('/')\ndef index():\n    return str(Series([1]))"
    limit = "LIMIT = 2\n" if "LIMIT" in setting else ""
    assert kept(imports, f"{limit}{setting}", view) == f"{limit}{setting}\n{view}"


def test_a_setting_of_a_package_that_only_the_notebook_uses_stays() -> None:
    cell = "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 50\nplt.x += 1"
    assert kept(cell, "[plt.gca()]") == ""
