"""Imports run downwards only, and each third-party package stays in its room."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent.parent / "nbflask"


@dataclass(frozen=True)
class Room:
    """What the modules of a room may import, besides the standard library and each other.

    :param knows: Our own rooms, all of them on lower floors.
    :param packages: Third-party packages, by the name that is imported.
    """

    knows: frozenset[str]
    packages: frozenset[str]


def room(knows: str = "", packages: str = "") -> Room:
    """Make a room from two lists of names, divided by spaces."""
    return Room(frozenset(knows.split()), frozenset(packages.split()))


# Lowest floor first. A path of two parts is a room inside a room, for what only one module may do.
ROOMS = {
    "errors": room(),
    "values": room("errors"),
    # Werkzeug only to read what HTTP wrote: forms, dates, media types.
    "exchanges": room("errors values", "jinja2 markupsafe werkzeug"),
    "app": room("errors values", "asgiref blinker click flask jinja2 markupsafe werkzeug"),
    "recorder": room("errors values exchanges app", "blinker flask jinja2 markupsafe werkzeug"),
    # What the kernel and the Jupyter server share on disk.
    "runtime": room("errors values"),
    "server": room("errors values runtime", "jupyter_core werkzeug"),
    # Where views' output goes is the kernel's business; nothing else of the server knows of it.
    "server/guards": room("errors values", "IPython"),
    "server/output": room("errors values", "IPython flask ipykernel traitlets"),
    "proxy": room(
        "errors values runtime",
        "aiohttp jinja2 jupyter_core jupyter_server jupyter_server_proxy tornado traitlets yarl",
    ),
    "widgets": room("errors values", "anywidget jinja2 traitlets"),
    "client": room("errors values", "flask jinja2 werkzeug"),
    # What is done with what was recorded: shown, sent again, debugged.
    "inspector": room(
        "errors values exchanges app recorder widgets client",
        "flask itsdangerous jinja2 markupsafe traitlets werkzeug",
    ),
    # Only who asks for a data frame imports pandas.
    "inspector/frame": room("errors values exchanges", "pandas"),
    "inspector/debugging": room("errors values exchanges recorder", "IPython flask"),
    "notebook": room(
        "errors values exchanges app recorder runtime server widgets inspector",
        "IPython flask ipykernel jinja2 jupyter_core werkzeug",
    ),
    # What is installed where, and by which process.
    "notebook/doctor": room(
        "errors values app runtime widgets inspector",
        "flask jupyter_core packaging psutil werkzeug",
    ),
    # Notebooks' files to projects: reads text, and runs nothing of it.
    # What looks like a secret in an exchange does so in code.
    "export": room("errors values exchanges", "IPython black flask nbformat werkzeug"),
    # What of a notebook will not survive; Jinja reads templates, and renders none.
    "checking": room("errors values export", "jinja2"),
    "magics": room(
        "errors values exchanges app recorder client server widgets inspector notebook export"
        " checking",
        "IPython flask jinja2 markupsafe traitlets werkzeug",
    ),
    "extension": room(
        "errors values app server widgets inspector notebook magics", "IPython flask"
    ),
    # Exported projects that run: in processes of their own, or in Flask's command.
    "hosting": room("errors values export", "click flask gunicorn werkzeug"),
    # Another app in the place of a live one: the same requests, and what differs.
    "alike": room(
        "errors values exchanges recorder inspector hosting export",
        "flask jinja2 nbclient nbformat",
    ),
    # The way back: projects' files to notebooks, which the export's own words say.
    "importing": room("errors values export", "IPython"),
    "cli": room("errors values export checking hosting alike importing"),
    "__main__": room("cli"),
    # The package itself is the roof: it names everything, and imports none of it by itself.
    "__init__": room(
        "errors values exchanges app recorder runtime server proxy widgets client inspector"
        " notebook magics extension export checking hosting alike importing cli"
    ),
}

# What none of the three processes that import the package would want from another.
HEAVY = "IPython aiohttp anywidget flask ipykernel jinja2 jupyter_server tornado werkzeug"


@dataclass(frozen=True)
class Import:
    """One import in a module of ours.

    :param module: The module's path below the package, such as ``"server/life"``.
    :param target: The dotted name of what is imported.
    :param for_types: Whether only a type checker gets to see it.
    """

    module: str
    line: int
    target: str
    for_types: bool

    def __str__(self) -> str:
        """Say where it is, as compilers do."""
        return f"nbflask/{self.module}.py:{self.line}: {self.target}"


def modules() -> list[str]:
    """Give the path of each module below the package, without its ending."""
    return [path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("*.py")]


def room_of(module: str) -> str | None:
    """Give the name of the innermost room that a module is in."""
    parts = module.split("/")
    names = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in ROOMS), None)


def read_imports(module: str, source: str) -> Iterator[Import]:
    """Give each import of a module's text, those inside functions too."""
    tree = ast.parse(source)
    for_types = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test).endswith("TYPE_CHECKING")
        for statement in branch.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for target in targets(node, module):
            yield Import(module, node.lineno, target, node in for_types)  # type: ignore[attr-defined]


def targets(node: ast.AST, module: str) -> list[str]:
    """Give the dotted names that a node imports, relative ones made absolute."""
    match node:
        case ast.Import(names=names):
            return [each.name for each in names]
        case ast.ImportFrom(module=name, names=names, level=level):
            base = ["nbflask", *module.split("/")][:-level] if level else []
            prefix = ".".join([*base, *([name] if name else [])])
            # "from nbflask import errors" names a room only with what stands behind "import".
            return [f"{prefix}.{each.name}" for each in names] if prefix == "nbflask" else [prefix]
        case _:
            return []


def is_allowed(found: Import) -> bool:
    """Whether the room of the importing module may import this."""
    package, *rest = found.target.split(".")
    if package in sys.stdlib_module_names:
        return True
    here = room_of(found.module)
    if here is None:
        return False
    if package != "nbflask":
        return found.for_types or package in ROOMS[here].packages
    there = room_of("/".join(rest)) if rest else "__init__"
    if there is None:
        # "__version__" and other names of the package itself.
        return here == "__init__" or (here == "cli" and rest == ["__version__"])
    return floor(here) == floor(there) or floor(there) in ROOMS[here].knows


def floor(name: str) -> str:
    """Give the outermost room that a room belongs to."""
    return name.partition("/")[0]


def test_every_module_has_a_room() -> None:
    assert [module for module in modules() if room_of(module) is None] == []


def test_rooms_know_only_what_lies_below_them() -> None:
    names = list(ROOMS)
    for position, name in enumerate(names):
        assert ROOMS[name].knows <= set(names[:position]), name


@pytest.mark.parametrize("module", sorted(modules()))
def test_imports_run_downwards(module: str) -> None:
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    assert [str(each) for each in read_imports(module, source) if not is_allowed(each)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("values/words", "import flask"),
        ("values/words", "def f():\n    from flask import Flask"),
        ("values/words", "from nbflask.app import Flask"),
        ("values/words", "from nbflask import app"),
        ("values/words", "from ..app import Flask"),
        ("values/words", "from .. import app"),
        ("app/routing", "if TYPE_CHECKING:\n    from nbflask.notebook import Notebook"),
        ("app/routing", "from nbflask.server.life import AppServer"),
        ("app/routing", "import nbflask"),
        ("server/life", "from IPython import get_ipython"),
        ("server/life", "import tornado.web"),
    ],
)
def test_an_import_that_points_upwards_is_found(module: str, source: str) -> None:
    (found,) = read_imports(module, source)
    assert not is_allowed(found)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("values/words", "import re"),
        ("values/words", "from nbflask.errors import OptionError"),
        ("values/words", "from nbflask.values.cells import parse"),
        ("values/words", "from .cells import parse"),
        ("server/life", "if TYPE_CHECKING:\n    from flask import Flask"),
        ("server/life", "from nbflask.server.output import Output"),
        ("server/output", "from IPython import get_ipython"),
    ],
)
def test_an_import_of_what_lies_below_is_allowed(module: str, source: str) -> None:
    (found,) = read_imports(module, source)
    assert is_allowed(found)


def test_importing_the_package_imports_no_one_elses_libraries() -> None:
    code = f"import sys, nbflask; print(*sorted(set({HEAVY.split()}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []
