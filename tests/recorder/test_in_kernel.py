"""In a real kernel: cells are named, and what they print belongs to their exchanges."""

from __future__ import annotations

import nbclient
import nbformat
import pytest

_CELLS = [
    """
import sys
from flask import Flask
from nbflask.recorder import Recorder
app = Flask("app")
recorder = Recorder(app)
recorder.attach()
""",
    """
@app.get("/")
def index():
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return {}["name"]
""",
    """
for _ in range(2):
    app.test_client().get("/")
""",
    """
app.test_client().get("/")
print("outside")
for seen in recorder.exchanges():
    print([(it.stream, it.text) for it in seen.output])
    print(seen.initiator.cell, seen.initiator.cell_number, seen.route.cell, seen.route.line)
    print([(it.cell, it.line, it.code) for it in seen.errors[0].frames if not it.is_library])
""",
]


@pytest.mark.filterwarnings("ignore")
def test_cells_are_named_and_what_they_print_belongs_to_their_exchange() -> None:
    cells = [nbformat.v4.new_code_cell(text.strip()) for text in _CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60).execute()
    outputs = notebook.cells[3].outputs
    printed = "".join(it.text for it in outputs if it.get("name") == "stdout")
    output = "[('stdout', 'to stdout\\n'), ('stderr', 'to stderr\\n')]\n"
    frames = """[('@app.get("/")', 5, 'return {}["name"]')]\n"""

    def told(cell: str, number: int) -> str:
        return f'{output}{cell} {number} @app.get("/") 1\n{frames}'

    looped = told("for _ in range(2):", 3)
    last = told('app.test_client().get("/")', 4)
    assert printed == f"to stdout\noutside\n{looped}{looped}{last}"
