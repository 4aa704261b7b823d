"""What a project has to have installed: what it imports, in the versions that are here."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from ..imports import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..imports import Imported

#: What a text asks for without importing it: drivers that a URL or a setting names, and what
#: pandas imports when a method is called.
_NAMED = {
    r"\bpostgres(?:ql)?://": "psycopg2-binary",
    r"postgresql\+psycopg2://": "psycopg2-binary",
    r"postgresql\+psycopg://": "psycopg[binary]",
    r"postgresql\+asyncpg://": "asyncpg",
    r"postgresql\+pg8000://": "pg8000",
    r"(?<!\+)\b(?:mysql|mariadb)(?:\+mysqldb)?://": "mysqlclient",
    r"\b(?:mysql|mariadb)\+pymysql://": "pymysql",
    r"mssql\+pyodbc://": "pyodbc",
    r"oracle\+oracledb://": "oracledb",
    r"sqlite\+aiosqlite://": "aiosqlite",
    r"\brediss?://|SESSION_TYPE\W+redis\b|\bRedisCache\b": "redis",
    r"SESSION_TYPE\W+(?:cachelib|filesystem)\b": "cachelib",
    r"\bMemcachedCache\b": "pymemcache",
    r"\bas_frame=True|transform=[\"']pandas": "pandas",
    r"\.read_excel\(|\.to_excel\(": "openpyxl",
    r"\.read_parquet\(|\.to_parquet\(": "pyarrow",
    r"\.read_html\(": "lxml",
    r"\.to_markdown\(": "tabulate",
}
#: The container and the README run the app by it.
_SERVER = "gunicorn"


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What is installed here.

    :param packages: Distributions by the name that is imported.
    :param versions: By the distribution's name, as :func:`to_plain_name` writes it.
    """

    packages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What has to be installed.

    :param lines: As in ``requirements.txt``, in order.
    :param unknown: Those that are not installed here, so that nobody knows which version will do.
    """

    lines: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The file's text."""
        return "\n".join(self.lines)


@cache
def read_installed() -> Installed:
    """Look at what is installed in this environment."""
    versions: dict[str, str] = {}
    for each in metadata.distributions():
        # A broken one has no name; of two, the first on the path is what is imported.
        name = each.metadata["Name"] if each.metadata else None
        if name:
            versions.setdefault(to_plain_name(name), each.version)
    return Installed(packages=metadata.packages_distributions(), versions=versions)


def find_requirements(
    imports: Iterable[Imported],
    texts: Iterable[str],
    installed: Installed,
    *,
    is_async: bool = False,
) -> Requirements:
    """Find what has to be installed.

    :param imports: What the project's modules import.
    :param texts: The code, which may name what it does not import.
    :param is_async: Flask needs an extra for views that are coroutines.
    """
    wanted = {"flask[async]" if is_async else "flask", _SERVER}
    for each in imports:
        if each.package and each.package not in (*sys.stdlib_module_names, *OWN, "flask"):
            wanted |= set(_distributions(each, installed))
    wanted |= set(_named("\n".join(texts)))
    lines, unknown = [], []
    for name in sorted(wanted):
        version = installed.versions.get(name.partition("[")[0])
        # "2.6+cpu" is a build that no index has.
        lines.append(f"{name}=={version.partition('+')[0]}" if version else name)
        if not version and name != _SERVER:
            unknown.append(name)
    return Requirements(lines=tuple(lines), unknown=tuple(unknown))


def _distributions(imported: Imported, installed: Installed) -> Iterator[str]:
    """Give the distributions that an import is from; of several in one name, the fitting ones."""
    found = {to_plain_name(each) for each in installed.packages.get(imported.package, ())}
    dotted = to_plain_name(f"{imported.module}.{imported.name}".rstrip("."))
    fitting = {each for each in found if f"{dotted}-".startswith(f"{each}-")}
    longest = max(fitting, key=len, default="")
    if longest:
        yield longest
    else:
        yield from found or {to_plain_name(imported.package)}


def _named(text: str) -> Iterator[str]:
    yield from (name for pattern, name in _NAMED.items() if re.search(pattern, text))


def to_plain_name(name: str) -> str:
    """Write a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
