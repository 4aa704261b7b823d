"""The files that stand around a project's code: what it needs, how it is run, what it is."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..imports import find_all_imports
from ..layout import write_title
from ..project import Note
from ..rich import write_rich_module
from ..rules import list_views
from ..secrecy.placeholders import find_signing_words
from ..variables import find_made_up, find_optional, find_prefixes
from .commands import find_commands
from .container import write_dockerfile
from .database_files import find_opened, read_values
from .readme import Facts, write_readme
from .requirements import find_requirements, read_installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..collecting import Program
    from ..module import Module
    from .requirements import Requirements


#: What lies in the instance folder: what code puts there, and what Flask-SQLAlchemy does.
_KEEPING = re.compile(r"\binstance_path\b|sqlite:///[^/:\"']")
_OF_INSTANCE = re.compile(r"\binstance_path\b|\bSQLALCHEMY_")


def find_project_requirements(program: Program, module: Module) -> Requirements:
    """Find what an app has to have installed, in the versions of this environment."""
    own_nodes = [node for each in program.modules for node in each.nodes]
    nodes = [*(each.statement.node for each in program.pieces), *own_nodes]
    is_async = any(
        isinstance(each, ast.AsyncFunctionDef) for node in nodes for each in ast.walk(node)
    )
    texts = [each.statement.text for each in program.pieces]
    texts += [each.text for each in program.modules]
    own = {each.path.parts[0] for each in program.modules}
    installed = read_installed()
    # What shows objects has imports of its own.
    shown = [ast.parse(each) for each in write_rich_module(program).values()]
    imports = [*module.imports, *find_all_imports([*own_nodes, *shown], installed.packages)]
    wanted = [each for each in imports if each.package not in own]
    return find_requirements(wanted, texts, installed, is_async=is_async)


def describe_unknown(requirements: Requirements) -> tuple[Note, ...]:
    """Say which requirements nobody here can tell the version of."""
    return tuple(
        Note(
            text=f"{name!r} is not installed here, so requirements.txt names it without a version. "
            "If it is a module of yours, put it beside app.py and take it off that list."
        )
        for name in requirements.unknown
    )


def write_companions(
    name: str, program: Program, requirements: Requirements, *, has_tests: bool, workers: int = 2
) -> dict[str, str]:
    """Write the files around the code.

    :param name: The notebook's name, which the container's image gets.
    :param workers: How many processes serve the app.
    """
    nodes = [each.statement.node for each in program.pieces]
    nodes += [node for each in program.modules for node in each.nodes]
    routes = list_views(program)
    made_up = dict.fromkeys(name for each in nodes for name, _ in find_made_up(each))
    needed = dict.fromkeys([*program.environment, *made_up])
    optional = dict.fromkeys(find_optional(nodes))
    facts = Facts(
        name=name,
        title=write_title(program.title),
        summary=program.summary,
        environment=program.environment,
        made_up=tuple(each for each in made_up if each not in program.environment),
        optional=tuple(each for each in optional if each not in needed),
        signed_with=next((word for word, _ in find_signing_words(program)), ""),
        prefixes=tuple(dict.fromkeys(find_prefixes(nodes))),
        routes=routes,
        commands=find_commands(nodes),
        has_tests=has_tests,
        has_data=_has_data(nodes),
        databases=_find_databases(nodes),
        workers=workers,
    )
    asked = (each.rule for each in routes if "GET" in each.methods)
    return {
        "requirements.txt": requirements.text,
        "README.md": write_readme(facts),
        "Dockerfile": write_dockerfile(asked, has_data=facts.has_data, workers=workers),
    }


def _has_data(nodes: Sequence[ast.AST]) -> bool:
    """Say whether the app keeps data in its instance folder."""
    texts = [ast.unparse(each) for each in nodes]
    is_elsewhere = _find_databases(nodes) and not any(map(_OF_INSTANCE.search, texts))
    return not is_elsewhere and any(map(_KEEPING.search, texts))


def _find_databases(nodes: Sequence[ast.AST]) -> tuple[str, ...]:
    """Give the database files in whatever folder the app is started from."""
    return tuple(dict.fromkeys(path for _, path in find_opened(nodes, read_values(nodes))))
