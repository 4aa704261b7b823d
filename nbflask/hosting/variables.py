"""What a project reads of the environment, and what a run gives it.

Its text says which variables it cannot do without: those that are looked up by ``os.environ[...]``
while the app is made.
"""

from __future__ import annotations

import ast
import secrets
from typing import TYPE_CHECKING

from nbflask.errors import ServerError
from nbflask.values.variables import find_required

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbflask.export import Project

SECRET_KEY = "SECRET_KEY"  # noqa: S105  (the variable's name)
NO_SECRET_KEY = f"{SECRET_KEY} is not set: this run makes one, and its sessions end with it."


def make_environment(
    project: Project, environment: Mapping[str, str], secret_key: str
) -> dict[str, str]:
    """Give the environment that a project is run in.

    :param environment: What is there; a secret key in it is the app's.
    :raises ServerError: The project reads other variables that are not there.
    """
    missing = [each for each in find_variables(project) if each not in environment]
    if others := [each for each in missing if each != SECRET_KEY]:
        names = " and ".join(filter(None, [", ".join(others[:-1]), others[-1]]))
        are, them = ("are", "them") if len(others) > 1 else ("is", "it")
        line = " ".join(f"{name}=..." for name in others)
        raise ServerError(
            f"The app reads {names} from the environment, where {are} no such "
            f"variable{'s' if len(others) > 1 else ''}. Set {them} on the same line, "
            f"before the command: `{line}`."
        )
    return {SECRET_KEY: secret_key, **environment}


def lacks_secret_key(project: Project, environment: Mapping[str, str]) -> bool:
    """Whether the app signs with a key that is not there."""
    return SECRET_KEY not in environment and SECRET_KEY in find_variables(project)


def make_secret_key() -> str:
    """Give a key that nobody else has."""
    return secrets.token_hex(32)


def find_variables(project: Project) -> tuple[str, ...]:
    """Find the variables without which the app cannot be made, in the order of the text."""
    found: dict[str, None] = {}
    for name, content in sorted(project.files.items()):
        if name.endswith(".py") and "/" not in name:
            found |= dict.fromkeys(_names(ast.parse(content).body))
    return tuple(found)


def _names(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Give what statements look up that are run whenever the module is, or its factory."""
    for statement in body:
        match statement:
            case ast.FunctionDef(name="create_app", body=inner):
                yield from _names(inner)
            case ast.Assign() | ast.AnnAssign() | ast.Expr():
                yield from find_required(statement, is_bare=True)
