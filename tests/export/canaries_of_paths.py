"""Paths of one machine that may stand in a notebook, each in cells of its own."""

from __future__ import annotations

from .canaries import PATH, USES

PATHS: dict[str, tuple[str, ...]] = {
    "open": (f"x = open('{PATH}/a.csv').read() if 0 else 1", USES),
    "Path": (f"from pathlib import Path\nx = Path('{PATH}')", USES),
    "name": (f"DATA_DIR = '{PATH}'\nx = DATA_DIR", USES),
    "formatted": (f"n = 'a'\nx = f'{PATH}/{{n}}.csv'", USES),
    "frame": (f"import pandas as pd\nx = pd.read_csv('{PATH}/a b.csv') if 0 else 1", USES),
    "setting": (f"app.config['UPLOAD_FOLDER'] = '{PATH}'",),
    "line of a setting": (f"%flask_config UPLOAD_FOLDER={PATH}",),
    "database": (f"app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///{PATH}/a.db'",),
    "static folder": (f"from flask import Flask\napp = Flask('a', static_folder='{PATH}/static')",),
    "template folder": (f"from flask import Flask\napp = Flask('a', template_folder='{PATH}')",),
    "search path": (f"import sys\nsys.path.insert(0, '{PATH}')",),
    "folder": (f"%cd {PATH}",),
    "change of folder": (f"import os\nos.chdir('{PATH}')",),
    "script": (f"%run {PATH}/a.py",),
    "shell": (f"!cp {PATH}/a.csv .",),
    "comment": (f"x = 1  # from {PATH}/a.csv", USES),
    "comment above": (f"# From {PATH}/a.csv.\nx = 1", USES),
    "docstring": (f'def x():\n    """Read {PATH}/a.csv."""', USES),
    "view": (f"%%route /\nsend_file('{PATH}/a.csv')",),
    "module": (f"%%module shop.py\nX = open('{PATH}/a.csv')", "from shop import X as x", USES),
    "two": (f"x = ['{PATH}', '{PATH}/a.csv']", USES),
    "Windows": ("x = open(r'C:\\Users\\canary-ada\\teas.csv') if 0 else 1", USES),
    "drive": ("x = open('D:/canary-ada/teas.csv') if 0 else 1", USES),
    "Mac": ("x = open('/Users/canary-ada/teas.csv') if 0 else 1", USES),
}
