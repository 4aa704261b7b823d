"""Cells of modules: what a module's file would hold, in cells, in a namespace of its own.

Rule 1: such a module is a module like any other: it is imported by its name, its relative imports
lead to its neighbours, and files beside the notebook are found from its ``__file__``.

Rule 2: a cell that is run again gives the module's new value to all who imported the old one. What
``from shop.db import get_db`` bound elsewhere would stay the old function otherwise.
"""

from __future__ import annotations
import __future__

import ast
import sys
import types
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask.errors import CellError
from nbflask.notebook.cell_source import find_cell_source
from nbflask.notebook.declaring import Declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.values.module_path import ModulePath

_FUTURE_FLAGS = sum(
    getattr(__future__, name).compiler_flag for name in __future__.all_feature_names
)


class NotebookModule(types.ModuleType):
    """A module whose text stands in cells.

    :ivar __flags__: Those of its ``from __future__`` imports, for its later cells.
    """

    __flags__ = 0


def define_in_module(shell: InteractiveShell, path: ModulePath, text: str) -> Declared:
    """Run a cell's text as a part of a module, which is made if it is the first.

    :raises CellError: The text is not Python, or the module's name is another module's.
    """
    source = find_cell_source(shell, f"%%module {path}", text)
    # Not IPython's transformation: what a file holds is Python alone.
    tree = _parse(text.strip(), source.filename, source.first_line)
    module = _find_module(path)
    code = compile(
        tree, source.filename, "exec", flags=module.__flags__ | source.flags, dont_inherit=True
    )
    module.__flags__ |= code.co_flags & _FUTURE_FLAGS
    former = dict(vars(module))
    # The user's own cell, as IPython itself would run it.
    exec(code, vars(module))  # noqa: S102
    if any(not name.startswith("__") for name in former):
        # A text that a later cell begins with is not the module's docstring.
        module.__doc__ = former["__doc__"]
    _hand_on(former, vars(module), [shell.user_ns, *_namespaces()])
    return Declared(f"{path} is the module {path.name!r} of this notebook.")


def _parse(text: str, filename: str, first_line: int) -> ast.Module:
    try:
        return ast.parse("\n" * (first_line - 1) + text, filename)
    except SyntaxError as fault:
        line = (fault.text or "").strip()
        raise CellError(f"Line {fault.lineno} is not Python, {fault.msg}: {line!r}.") from None


def _find_module(path: ModulePath) -> NotebookModule:
    _check_name(path)
    for parent in path.parents:
        _have_module(parent)
    return _have_module(path)


def _check_name(path: ModulePath) -> None:
    """See that the notebook's modules hide no other that is in use, such as ``flask``."""
    top = path.parts[0]
    module = sys.modules.get(top)
    if isinstance(module, NotebookModule):
        return
    if module is not None or top in sys.stdlib_module_names:
        raise CellError(
            f"The module {top!r} is another one, which Python has imported already. Choose another "
            "name, or restart the kernel and run this cell first."
        )


def _have_module(path: ModulePath) -> NotebookModule:
    found = sys.modules.get(path.name)
    if isinstance(found, NotebookModule):
        return found
    module = NotebookModule(path.name)
    file = str(Path.cwd() / str(path))
    loader = SourceFileLoader(path.name, file)
    spec = ModuleSpec(path.name, loader, origin=file, is_package=path.is_package)
    spec.has_location = True
    module.__file__, module.__spec__ = file, spec
    module.__loader__, module.__package__ = loader, path.package
    if path.is_package:
        # Modules that stand in no cell are imported from the folder beside the notebook.
        spec.submodule_search_locations = module.__path__ = [str(Path(file).parent)]
    sys.modules[path.name] = module
    if len(path.parts) > 1:
        setattr(sys.modules[".".join(path.parts[:-1])], path.parts[-1], module)
    return module


def _namespaces() -> Iterable[MutableMapping[str, Any]]:
    return [vars(each) for each in list(sys.modules.values()) if isinstance(each, NotebookModule)]


def _hand_on(
    former: Mapping[str, Any],
    present: Mapping[str, Any],
    namespaces: Iterable[MutableMapping[str, Any]],
) -> None:
    """Put new functions and classes wherever the old ones had been imported to."""
    for name, old in former.items():
        new = present.get(name, old)
        if new is old or not isinstance(old, (types.FunctionType, type)):
            continue
        for namespace in namespaces:
            for key in [key for key, value in list(namespace.items()) if value is old]:
                namespace[key] = new
