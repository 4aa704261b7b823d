"""The notebooks whose exports are checked: how they are run, and what is particular to each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
#: What a clock, chance or a secret decides, by notebook: a regular expression, and the reason.
MASKS: Mapping[str, Mapping[str, str]] = {
    "live_dashboard": {
        r'(?<=<output>)[\d.]+|(?<=class="count">)\d+': "the sensor measures twice a second",
    },
}
#: What is said over websockets, by notebook and path.
CONVERSATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "20_async_and_websockets": {
        "/echo": ("hello", "again"),
        "/chat": ("Hello, Bob!",),
        "/add": ("1", "20", "300"),
    }
}
_IN_KERNEL = "__import__('tools.check_exports_kernel', fromlist=[''])"
# One that trains a model takes its time.
_CELL_TIMEOUT_S = 600


class KernelError(Exception):
    """A cell has failed that may not."""


def run_notebook(path: Path, task: Mapping[str, Any], *, is_second: bool) -> None:
    """Run a notebook in a kernel of its own, in its folder.

    :raises KernelError: In the first run any cell fails that is not meant to; in the second, where
        nothing is recorded that cells could look at, the comparison.
    """
    document = nbformat.read(path, as_version=4)
    told = repr(json.dumps(task))
    begin = f"{_IN_KERNEL}.begin(get_ipython().user_ns, {told}, is_second={is_second})"
    end = f"{_IN_KERNEL}.end({told})"
    if is_second:
        end = f"{_IN_KERNEL}.compare({task['app']}, {told})"
    document.cells.insert(0, new_code_cell(begin))
    document.cells.append(new_code_cell(end))
    client = NotebookClient(
        document,
        kernel_name="python3",
        timeout=_CELL_TIMEOUT_S,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT)})
    last = len(document.cells) - 1
    for at, cell in enumerate(document.cells):
        if is_second and at not in (0, last):
            continue
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error" and "raises-exception" not in _tags(cell):
                raise KernelError(f"Cell {at} fails: {output['ename']}: {output['evalue']}")


def _tags(cell: Any) -> list[str]:
    tags: list[str] = cell["metadata"].get("tags", [])
    return tags
