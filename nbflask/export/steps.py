"""What a cell means to the app, as values: the words between notebooks and projects.

::

    Code          statements that stay Python
    Part          a part of a module of its own
    Declare       a view or a hook: a function, or the lines of one
    Keep          a template or a static file
    Configure     values of the app's configuration
    MakeApp       a Flask app that no statement makes: by %load_ext or %flask_app
    Ask           requests, whose stored answers are tests
    Leave         what means nothing outside a notebook
    Refuse        what would mean something there and cannot be said
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from nbflask.values.cells import Cell
    from nbflask.values.module_path import ModulePath
    from nbflask.values.request_spec import RequestSpec

    from .notebooks import SourceCell
    from .statements import Statement


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is written, for whoever has to be told of it.

    :param line: The number of its first line in the cell, from 1.
    """

    cell: SourceCell
    line: int = 1


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that a cell says."""

    place: Place


@dataclass(frozen=True, kw_only=True)
class Code(Step):
    """A statement that stays Python."""

    statement: Statement


@dataclass(frozen=True, kw_only=True)
class Part(Step):
    """A part of a module that has a file of its own in the project.

    :param nodes: The text's statements.
    """

    path: ModulePath
    text: str
    nodes: tuple[ast.stmt, ...]


@dataclass(frozen=True, kw_only=True)
class Declare(Step):
    """A view or a hook.

    :param kind: ``"route"``, or the name of Flask's decorator for the hook.
    :param text: The cell's text below the magic.
    :param body: The text, read; its name is the function's.
    :param arguments: What its decorator takes, such as the rule or the code of an error.
    :param app: The app that the line names; ``""`` means the current one.
    """

    kind: str
    text: str
    body: Cell
    arguments: Mapping[str, Any] = field(default_factory=dict)
    app: str = ""
    blueprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Keep(Step):
    """A template or a static file.

    :param name: Its path below the folder.
    """

    folder: Literal["templates", "static"]
    name: str
    content: str
    app: str = ""


@dataclass(frozen=True, kw_only=True)
class Configure(Step):
    """What sets the app's configuration: a file, then an object, the environment, values.

    :param file: A path, as it is written; ``""`` for none.
    :param object: An object's name, or that of an import.
    :param environment: The prefix of variables.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    object: str = ""
    environment: str = ""
    app: str = ""


@dataclass(frozen=True, kw_only=True)
class MakeApp(Step):
    """An app that a magic makes, or chooses if it is there.

    :param is_default: It is made only where the notebook has no other: by loading the extension.
    """

    name: str
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class Ask(Step):
    """Requests to the app.

    :param name: The variable that is given the response; ``""`` where none is.
    """

    requests: tuple[RequestSpec, ...]
    app: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Leave(Step):
    """What only a notebook needs: showing, running, asking for help.

    :param what: The magic or the statement, in a line.
    :param statement: Python that tries the app or looks at data; ``None`` for a magic.
    """

    what: str
    statement: Statement | None = None


@dataclass(frozen=True, kw_only=True)
class Refuse(Step):
    """What an app may need and a module cannot hold.

    :param what: The magic or the statement, in a line.
    :param why: In a sentence, with what to write instead.
    """

    what: str
    why: str
