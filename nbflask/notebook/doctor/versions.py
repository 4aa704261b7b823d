"""What is installed, against the floors in nbflask's own metadata."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from nbflask.notebook.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbflask.notebook.doctor.environments import Environment

_KERNEL = ("nbflask", "flask", "werkzeug", "ipython", "ipykernel", "ipywidgets", "anywidget")
#: What draws a widget must be where the pages come from.
_SERVER = (
    "nbflask",
    "jupyter-server",
    "jupyter-server-proxy",
    "jupyterlab",
    "notebook",
    "voila",
)
#: A server has one of these or another, as it likes.
_OPTIONAL = frozenset({"jupyterlab", "notebook", "voila"})


def look_at_versions(kernel: Environment, server: Environment | None) -> Iterator[Finding]:
    """Give each package's version, and the pip line for one that is too old.

    :param server: The Jupyter server's environment; ``None`` where there is none or nobody knows.
    """
    floors = read_floors()
    yield Finding(about="versions", subject="Python", found=kernel.version)
    for name in _KERNEL:
        remedy = "Run `%pip install {}`, and restart the kernel."
        yield _judge(name, kernel.versions, floors, remedy)
    is_apart = server is not None and not server.is_same(kernel)
    place = server if server is not None else kernel
    of_server = _SERVER if is_apart else _SERVER[1:]
    where = f" (in {place.prefix})" if is_apart else ""
    for name in of_server:
        remedy = f"Run `{place.pip} install {{}}`, and restart the Jupyter server."
        # Without a server what is installed for one is of no use, and cannot be too old; and what
        # nbflask brings along is not missed where nbflask is.
        known = floors if server is not None and "nbflask" in server.versions else {}
        yield _judge(name, place.versions, known, remedy, where)


def read_floors() -> dict[str, SpecifierSet]:
    """Give what nbflask asks of each package, with its extras, by normalised name."""
    floors: dict[str, SpecifierSet] = {}
    for line in metadata.requires("nbflask") or ():
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        name = normalise(wanted.name)
        floors[name] = floors.get(name, SpecifierSet()) & wanted.specifier
    return floors


def normalise(name: str) -> str:
    """Give a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _judge(
    name: str,
    versions: Mapping[str, str],
    floors: Mapping[str, SpecifierSet],
    remedy: str,
    where: str = "",
) -> Finding:
    version, floor = versions.get(name), floors.get(name, SpecifierSet())
    wanted = f"'{name}{floor}'" if len(floor) else name
    if version is None:
        is_missed = bool(len(floor)) and name not in _OPTIONAL
        return Finding(
            about="versions",
            subject=name,
            found=f"not installed{where}",
            remedy=remedy.format(wanted) if is_missed else "",
        )
    # Development versions count: Flask's own is one that is supported.
    is_enough = floor.contains(version, prereleases=True)
    return Finding(
        about="versions",
        subject=name,
        found=f"{version}{where}" if is_enough else f"{version}{where}; nbflask needs {floor}",
        remedy="" if is_enough else remedy.format(wanted),
    )
