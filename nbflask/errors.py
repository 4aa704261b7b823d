"""The errors that a cell, a command or a request can put right.

::

    NbflaskError
    ├── CellError            a cell's text is not what its magic takes
    │   └── RuleError        a URL rule that Flask would refuse
    ├── OptionError          an option, value or name on a magic's line
    ├── AppError             the app that is meant is not there, or is not one
    ├── ServerError          the server could not start, stop or be reached
    ├── SessionError         a session that cannot be read, or edited as asked
    ├── TemplateError        a template or static file that is not there or cannot be kept
    │   └── RenderError      a template with a fault
    ├── RecordError          an exchange that is not recorded, or cannot be sent again
    ├── FilterError          a filter of exchanges that cannot be read
    ├── NotebookError        a notebook's file that cannot be read, or a cell that no app can hold
    ├── ProjectError         a Flask project that cannot become a notebook
    ├── ExportError          a project that cannot be written where it is to be
    ├── HarError             a HAR file that cannot be read, or a request of one that cannot be sent
    ├── ShadowError          a file beside the notebook stands for a module that is needed
    └── VersionError         a package is installed that is too new or too old

Each says the value, what is wrong and what to write instead. In a notebook it
shows as one line: the fault is the cell's, and a traceback through this
package would only hide it.
"""

from __future__ import annotations

from typing import Any


class NbflaskError(Exception):
    """An error that whoever wrote the cell or the command can put right."""

    def _render_traceback_(self, *_args: Any) -> list[str]:
        """Give IPython the one line to show in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class CellError(NbflaskError):
    """The text of a cell is not what its magic takes."""


class RuleError(CellError):
    """A URL rule that Flask would refuse."""


class OptionError(NbflaskError):
    """An option, a value or a name on a magic's line is not known or not valid."""


class AppError(NbflaskError):
    """The app that is meant does not exist, or what was named is not a Flask app."""


class ServerError(NbflaskError):
    """The server could not start, stop or be reached. The app is unchanged."""


class SessionError(NbflaskError):
    """A session cannot be read, or not edited as asked. It is unchanged."""


class TemplateError(NbflaskError):
    """A template or a static file is not there, or cannot be kept under its name."""


class RenderError(TemplateError):
    """A template has a fault; the text says in which line, with the source around it.

    :param fault: Where it is, and what.
    """

    def __init__(self, fault: Any) -> None:
        """Say what the fault says."""
        super().__init__(str(fault))
        self.fault = fault


class NotebookError(NbflaskError):
    """A notebook's file cannot be read, or a cell of it cannot become a part of a project."""


class ProjectError(NbflaskError):
    """A Flask project cannot become a notebook; the text names the file and the line."""


class ExportError(NbflaskError):
    """A project or a notebook cannot be written where it is to be. What is there is as it was."""


class HarError(NbflaskError):
    """A HAR file cannot be read, or a request in it is not there whole."""


class VersionError(NbflaskError):
    """A package that is installed is not one that this version of nbflask works with."""


class FilterError(NbflaskError):
    """A filter of exchanges cannot be read.

    :param text: The filter.
    :param column: Where the fault is, in characters from its beginning, the first being 0.
    :param fault: What is wrong.
    :param remedy: What to write instead.
    """

    def __init__(self, text: str, column: int, fault: str, remedy: str) -> None:
        """Make one sentence of the fault, and one of the remedy."""
        super().__init__(
            f"The filter {text!r} cannot be read at column {column + 1}: {fault} {remedy}"
        )
        self.text = text
        self.column = column
        self.fault = fault
        self.remedy = remedy


class RecordError(NbflaskError):
    """The exchange that is meant is not recorded, is gone, or cannot be sent again."""


class ShadowError(NbflaskError):
    """A file beside the notebook is found in the place of a module that nbflask needs."""
