"""A notebook open in a real JupyterLab or Notebook 7, as its user has it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import nbformat
from nbformat import v4

from tests.browser import TIMEOUT_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import FrameLocator, Locator, Page

FrontEnd = Literal["lab", "notebook"]

#: The notebook's state in one look at its model: the page's text says too little while cells wait.
_STATE = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  const session = panel?.sessionContext;
  const kernel = session?.session?.kernel;
  if (!kernel || !panel.content?.model) return null;
  return {
    isReady: session.isReady && panel.context.isReady,
    connection: kernel.connectionStatus,
    status: kernel.status,
  };
}"""

_IS_IDLE = f"""() => {{
  const state = ({_STATE})();
  return state?.isReady && state.connection === 'connected' && state.status === 'idle';
}}"""

# What a command gives may be a widget, which takes seconds to be written out: only plain values
# are handed on. And the page has no time limit of its own.
_EXECUTE = """([command, timeout_ms]) => Promise.race([
  window.jupyterapp.commands.execute(command).then(
    (result) => (typeof result === 'object' ? null : result)),
  new Promise((_, reject) => setTimeout(() => reject(new Error(command)), timeout_ms)),
])"""

#: The example notebooks, which are documentation and tests at once.
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

_SET_SOURCE = """([index, source]) => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  cells.filter((cell) => cell.model.type === 'code')[index].model.sharedModel.setSource(source);
}"""

_SELECT = """(index) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const code = notebook.widgets.filter((cell) => cell.model.type === 'code');
  notebook.activeCellIndex = notebook.widgets.indexOf(code[index]);
  notebook.deselectAll();
}"""


def read_notebook(name: str) -> tuple[nbformat.NotebookNode, dict[str, int]]:
    """Read an example, and where each code cell stands among the code cells, by its id."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return notebook, {cell.id: index for index, cell in enumerate(code)}


class Served(Protocol):
    """A Jupyter server to open a notebook in."""

    @property
    def url(self) -> str:
        """Where it is; ends in a slash."""

    @property
    def root(self) -> Path:
        """The folder of its notebooks."""

    @property
    def token(self) -> str:
        """What lets a page in; ``""`` for one that has logged in already."""


class OpenNotebook:
    """A notebook in a page. Cells are counted from 0, and code cells alone."""

    def __init__(
        self,
        page: Page,
        jupyter: Served,
        cells: Sequence[str] | nbformat.NotebookNode,
        *,
        front_end: FrontEnd = "lab",
    ) -> None:
        """Write the notebook, open it, and wait until its kernel is ready.

        :param cells: The sources of code cells, or a whole notebook.
        """
        self.page = page
        name = f"{uuid.uuid4().hex[:8]}.ipynb"
        nbformat.write(_build_notebook(cells), jupyter.root / name)
        # A workspace of its own: none remembers what another page had open.
        place = f"lab/workspaces/{uuid.uuid4().hex}/tree" if front_end == "lab" else "notebooks"
        query = f"?token={jupyter.token}" if jupyter.token else ""
        page.goto(f"{jupyter.url}{place}/{name}{query}")
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the kernel is connected and has nothing to do."""
        self.page.wait_for_function(_IS_IDLE)

    def execute(self, command: str, timeout_ms: int = TIMEOUT_MS) -> Any:
        """Run a command of the front end, to its end."""
        return self.page.evaluate(_EXECUTE, [command, timeout_ms])

    def run_all(self) -> None:
        """Run all cells, and wait for the last one's reply.

        :raises AssertionError: A cell failed.
        """
        # A notebook may train a model, beside other tests.
        done = self.execute("notebook:run-all-cells", timeout_ms=4 * TIMEOUT_MS)
        assert done, self._read_errors()

    def run(self, index: int, source: str | None = None, *, may_fail: bool = False) -> None:
        """Run one cell, with another source if one is given, and wait for its reply.

        :raises AssertionError: The cell failed, and may not.
        """
        if source is not None:
            self.page.evaluate(_SET_SOURCE, [index, source])
        self.page.evaluate(_SELECT, index)
        assert self.execute("notebook:run-cell") or may_fail, self._read_errors()

    def _read_errors(self) -> str:
        shown = self.page.locator("[data-mime-type='application/vnd.jupyter.error']")
        return f"A cell raised an error: {shown.all_inner_texts()}"

    def delete(self, index: int) -> None:
        """Delete a cell, as with the keys D, D."""
        self.page.evaluate(_SELECT, index)
        self.execute("notebook:delete-cell")

    def restart(self) -> None:
        """Restart the kernel, as with the menu and its dialog."""
        self.page.evaluate(
            "() => { window.restarted = jupyterapp.commands.execute('notebook:restart-kernel') }"
        )
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.evaluate("() => window.restarted.then(() => null)")
        self.wait_until_idle()

    def output(self, index: int) -> Locator:
        """Find the outputs of a cell."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        return cells.nth(index).locator(".jp-Cell-outputArea")

    def preview(self, index: int) -> Preview:
        """Find the preview below a cell."""
        return Preview(self.output(index).locator(".nbflask-preview"))


class Preview:
    """A preview's parts in the page."""

    def __init__(self, root: Locator) -> None:
        """Look below *root*."""
        self.root = root
        self.path = root.get_by_role("textbox", name="Path in")
        self.pill = root.locator(".nbflask-preview-pill")
        self.notice = root.locator(".nbflask-preview-notice")
        self.box = root.locator(".nbflask-preview-box")

    @property
    def page(self) -> FrameLocator:
        """The app's page on show."""
        return self.root.frame_locator("iframe:not([data-waiting])")


def _build_notebook(cells: Sequence[str] | nbformat.NotebookNode) -> nbformat.NotebookNode:
    if isinstance(cells, nbformat.NotebookNode):
        return cells
    notebook: nbformat.NotebookNode = v4.new_notebook(
        cells=[v4.new_code_cell(source) for source in cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    return notebook
