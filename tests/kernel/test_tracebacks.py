"""A traceback in a notebook shows the lines of the cell that a magic made a view of."""

from __future__ import annotations

import re

from tests.kernel.kernel import Execution, Kernel


def shown(execution: Execution) -> str:
    """Give the traceback of the cell as it reads, without colours."""
    faults = [each for each in execution.outputs if each["output_type"] == "error"]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(faults[-1]["traceback"]))


def test_a_traceback_shows_the_body_and_the_number_of_its_cell() -> None:
    with Kernel() as kernel:
        kernel.execute("%load_ext nbflask")
        kernel.execute("%%route /bad\nx = 1\n\nx / 0")
        traceback = shown(kernel.execute("app.view_functions['bad']()"))
    assert traceback.endswith(
        "Cell In[2], line 4, in bad()\n"
        "      2 x = 1\n"
        "      3 \n"
        "----> 4 x / 0\n"
        "\n"
        "ZeroDivisionError: division by zero"
    )
