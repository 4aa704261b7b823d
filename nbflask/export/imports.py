"""Import statements: gathered, without what nobody uses, in the order that linters expect."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator


#: Modules of a project that the export itself writes.
OWN = frozenset({"app", "rich_returns"})


@dataclass(frozen=True, order=True, kw_only=True)
class Imported:
    """One name that is imported.

    :param module: Dotted; a relative one begins with its dots.
    :param name: What is taken from it; ``""`` for the module itself.
    :param alias: What it is called; ``""`` for its own name.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that the module gets to see."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def package(self) -> str:
        """The package that has to be installed; ``""`` for a relative import."""
        return self.module.partition(".")[0]


def read_imports(nodes: Iterable[ast.stmt]) -> Iterator[Imported]:
    """Give each name that statements import."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield Imported(module=each.name, alias=_alias(each))
            case ast.ImportFrom(module=module, names=names, level=level):
                for each in names:
                    place = "." * level + (module or "")
                    yield Imported(module=place, name=each.name, alias=_alias(each))


def find_all_imports(nodes: Iterable[ast.AST], installed: Container[str]) -> Iterator[Imported]:
    """Give what statements and the functions in them import from elsewhere.

    What they can do without, since a handler of ``ImportError`` stands below, is only given if it
    is installed.
    """
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from read_imports([node])
        elif isinstance(node, ast.Try) and any(map(_handles_import_error, node.handlers)):
            found = find_all_imports(ast.iter_child_nodes(node), installed)
            yield from (each for each in found if each.package in installed)
        else:
            yield from find_all_imports(ast.iter_child_nodes(node), installed)


def _handles_import_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(each, ast.Name)
        and each.id in ("ImportError", "ModuleNotFoundError", "Exception")
        for each in ast.walk(handler.type)
    )


def parse_imports(texts: Iterable[str]) -> Iterator[Imported]:
    """Give each name that the texts of import statements import."""
    for text in texts:
        yield from read_imports(ast.parse(text).body)


def keep_used(imports: Iterable[Imported], used: frozenset[str]) -> tuple[Imported, ...]:
    """Leave out what nobody uses, and what is imported twice; the last one of a name wins."""
    by_name: dict[str, Imported] = {}
    always: dict[Imported, None] = {}
    for each in imports:
        if each.module == "__future__" or each.name == "*":
            always[each] = None
        elif each.bound in used:
            # "import os.path" and "import os" bind one name, and both are needed.
            key = each.bound if each.name or each.alias else each.module
            by_name[key] = each
    return tuple({**always, **dict.fromkeys(by_name.values())})


def write_imports(imports: Iterable[Imported]) -> str:
    """Write import statements in groups: the future, the standard library, what is installed."""
    groups: dict[int, list[Imported]] = {}
    for each in imports:
        groups.setdefault(_group(each), []).append(each)
    return "\n\n".join("\n".join(_write_group(groups[number])) for number in sorted(groups))


def _write_group(group: list[Imported]) -> Iterator[str]:
    whole = sorted((each for each in group if not each.name), key=lambda it: it.module.lower())
    for each in whole:
        yield f"import {each.module}{f' as {each.alias}' if each.alias else ''}"
    modules = sorted({each.module for each in group if each.name}, key=str.lower)
    for module in modules:
        names = sorted(
            {
                f"{each.name} as {each.alias}" if each.alias else each.name
                for each in group
                if each.name and each.module == module
            },
            key=_name_order,
        )
        if "*" in names:
            names.remove("*")
            yield f"from {module} import *"
        if names:
            yield f"from {module} import {', '.join(names)}"


def _name_order(name: str) -> tuple[int, str]:
    """Order constants before classes before functions, as isort does."""
    first = name.partition(" ")[0]
    kind = 0 if first.isupper() and len(first) > 1 else 1 if first[:1].isupper() else 2
    return kind, name


def _group(each: Imported) -> int:
    if each.module == "__future__":
        return 0
    if each.module.startswith(".") or each.package in OWN:
        return 3
    return 1 if each.package in sys.stdlib_module_names else 2


def _alias(each: ast.alias) -> str:
    return each.asname or ""
