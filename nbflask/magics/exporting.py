"""``%flask_export``: the notebook that is running leaves as a plain Flask project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class

from nbflask.errors import NotebookError
from nbflask.magics.arguments import Namespace, argument, arguments
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.magics.display.exported import Exported

if TYPE_CHECKING:
    from nbflask.export import SourceNotebook


@magics_class
class ExportingMagics(NotebookMagics):
    """``%flask_export``."""

    @line_magic
    @arguments(
        argument("folder", metavar="DIR", help="a folder that is empty, new, or an export's"),
        argument("--notebook", metavar="FILE", help="the .ipynb file; by default this notebook's"),
        APP_OPTION,
        example="%flask_export shop/",
    )
    def flask_export(self, options: Namespace) -> Exported:
        """Write the notebook, as it was last saved, as a plain Flask project: nothing is run.

        Run All, save, then export: its tests are made of the outputs that the file holds.
        The project needs no nbflask. A folder that holds anything else is not touched.
        """
        # Its formatter takes a while to load, and most notebooks are exported once a day at most.
        from nbflask.checking import count_workers, describe_errors, examine
        from nbflask.export import build_project, place, read_notebook

        path = self._find_notebook(options.notebook)
        source = read_notebook(path)
        findings = examine(source, options.app, path.parent)
        project = build_project(source, options.app, workers=count_workers(findings))
        place(project, Path(options.folder))
        return Exported(
            name=Path(options.folder).name or project.name,
            files={name: content.count(b"\n") for name, content in project.files.items()},
            notes=(
                *self._unsaved(source),
                *map(str, project.notes),
                *describe_errors(findings, path.name),
            ),
        )

    def _find_notebook(self, given: str | None) -> Path:
        """Give the notebook's file.

        :raises NotebookError: The front end does not tell which one it is.
        """
        path = given or self.notebook.surroundings.notebook
        if given or (path and Path(path).is_file()):
            return Path(path)
        raise NotebookError(
            "Which file this notebook is saved in is not known here. Name it: "
            "`%flask_export DIR --notebook FILE.ipynb`."
        )

    def _unsaved(self, source: SourceNotebook) -> tuple[str, ...]:
        """Say so if the very cell that exports is not in the file: then others may not be either.

        Whether another cell was changed and not run, the kernel cannot know.
        """
        history = getattr(self._shell.history_manager, "input_hist_raw", None) or [""]
        running = history[-1].strip()
        if not running or any(cell.source.strip() == running for cell in source.cells):
            return ()
        return (
            "This cell is not in the notebook's file, so the file is older than the notebook. "
            "Save it, and export again.",
        )
