"""Files beside a notebook that stand for a module: ``flask.py``, where Flask is meant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask.errors import ShadowError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a Flask app is made of, by the names that are imported.
NEEDED = frozenset(
    {
        *("flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker"),
        *("asgiref", "nbflask", "anywidget", "ipywidgets", "traitlets", "IPython", "ipykernel"),
    }
)


def find_shadows(folder: Path, *, used: Mapping[str, Any]) -> list[str]:
    """Give the files and packages in a folder that are found where a module is looked for.

    :param used: The modules that are imported, by name. Of the standard library's only these
        count: nobody misses the others, and a ``test`` folder is as good as any.
    :returns: Names in the folder, sorted, as ``"flask.py"`` and ``"jinja2"``.
    """
    found = []
    for name in sorted(NEEDED | (sys.stdlib_module_names & used.keys())):
        if (folder / f"{name}.py").is_file():
            found.append(f"{name}.py")
        package = folder / name / "__init__.py"
        # A notebook may lie where the very package is developed.
        if package.is_file() and not _is_file_of(used.get(name), package):
            found.append(name)
    return found


def explain_shadows(folder: Path | None = None) -> ShadowError | None:
    """Give the error that says which files are imported in the place of what is needed.

    :param folder: The notebook's; ``None`` is the working directory, where a kernel starts.
    """
    found = find_shadows(folder or Path.cwd(), used={})
    if not found:
        return None
    names = " and ".join(repr(each) for each in found)
    verb = "is" if len(found) == 1 else "are"
    return ShadowError(
        f"{names} beside the notebook {verb} imported in the place of the package of that name. "
        f"Rename {'it' if len(found) == 1 else 'them'}, and restart the kernel."
    )


def _is_file_of(module: Any, file: Path) -> bool:
    origin = getattr(module, "__file__", None) or ""
    return bool(origin) and Path(origin).resolve() == file.resolve()
