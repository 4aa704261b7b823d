"""A notebook's app as a project in a temporary folder.

Rule 1: files that a view opens by a relative path are those beside the notebook. Whoever runs the
project does so in the notebook's folder.

Rule 2: the instance folder is the notebook's too, so that a database outlives the run.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from nbflask.errors import ExportError
from nbflask.export import build_project, place, read_notebook

if TYPE_CHECKING:
    from nbflask.export import Project


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A project in its folder."""

    project: Project
    folder: Path


@dataclass
class Exports:
    """The exports of one notebook, each in a folder of its own; all are gone at the end.

    :param notebook: The file.
    :param app: The app's variable; by default ``app``, else the last one.
    :param within: A folder to do it in; by default the system's for temporary files.
    :param is_apart: The projects have instance folders of their own (Rule 2 does not hold).
    """

    notebook: Path
    app: str | None = None
    within: str | None = None
    is_apart: bool = False
    _root: tempfile.TemporaryDirectory[str] = field(init=False, repr=False)
    _count: int = field(default=0, init=False, repr=False)
    _own_instance: Path | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.notebook = self.notebook.absolute()
        self._root = tempfile.TemporaryDirectory(
            prefix="nbflask-", dir=self.within, ignore_cleanup_errors=True
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def root(self) -> str:
        """The folder that all of them are in."""
        return self._root.name

    def export(self) -> Placed:
        """Export the notebook as it is now.

        :raises NotebookError: It cannot be read, or a cell cannot become a part of a project.
        :raises ExportError: There is no room for it.
        """
        project = build_project(read_notebook(self.notebook), self.app)
        self._count += 1
        folder = Path(self._root.name, str(self._count), self.notebook.stem)
        try:
            folder.parent.mkdir()
            place(project, folder)
        except OSError as fault:
            raise ExportError(f"The temporary folder cannot be written: {fault}.") from fault
        if not self.is_apart:
            self._share_instance(folder / "instance")
        return Placed(project=project, folder=folder)

    def close(self) -> None:
        """Remove all folders. May be called twice."""
        self._root.cleanup()
        if self._own_instance is not None:
            # Nothing was kept in it, or else it stays.
            with contextlib.suppress(OSError):
                self._own_instance.rmdir()
            self._own_instance = None

    def _share_instance(self, link: Path) -> None:
        """Let the instance folder be the one beside the notebook.

        An extension makes the folder only where there is none, and a link to none is in its way.
        So there is one as long as the project runs. Where the notebook's folder cannot be
        written, the app has an instance folder that is as temporary as the rest.
        """
        beside = self.notebook.parent / "instance"
        with contextlib.suppress(OSError):
            if not beside.exists():
                beside.mkdir()
                self._own_instance = beside
            link.symlink_to(beside, target_is_directory=True)
