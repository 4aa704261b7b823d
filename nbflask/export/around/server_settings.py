"""What gunicorn does before it has workers: data that the app sets up are set up once."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..data_folder import keeps_data
from ..program import IMPORTS

if TYPE_CHECKING:
    from ..collecting import Program

_FILE = '''\
"""Settings of gunicorn, which reads this file by itself."""

import subprocess
import sys


def on_starting(server):
    """Set up the data before there are workers, which would all do it at the same time."""
    subprocess.run([sys.executable, "-c", "import wsgi"], check=True)
'''
_SETTING_UP = re.compile(r"\.create_all\(|\bcreate\s+table\b", re.IGNORECASE)
#: Of a database that all workers share; "sqlite://" alone is in memory.
_SHARED = re.compile(
    r"DATABASE_UR[IL]\"?,|sqlite:///(?!:memory)|(?:postgres|mysql|mariadb)\w*\+?"
    r"|\bsqlite3\.connect\((?![\"']:memory:)"
)


def write_server_settings(program: Program) -> dict[str, str]:
    """Write what gunicorn reads, where workers would be in each other's way when they start."""
    text = "\n".join(
        each.statement.text
        for each in program.pieces
        if not isinstance(each.statement.node, (*IMPORTS, ast.ClassDef))
    )
    is_shared = keeps_data(text) or _SHARED.search(text)
    return {"gunicorn.conf.py": _FILE} if is_shared and _SETTING_UP.search(text) else {}
