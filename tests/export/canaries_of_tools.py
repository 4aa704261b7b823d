"""What debugs, shows or means one machine, each in cells of its own, and is in no project."""

from __future__ import annotations

from .canaries import PATH, USES

PATHS: dict[str, tuple[str, ...]] = {
    "open": (f"x = open('{PATH}/a.csv').read() if 0 else 1", USES),
    "Path": (f"from pathlib import Path\nx = Path('{PATH}')", USES),
    "name": (f"DATA_DIR = '{PATH}'\nx = DATA_DIR", USES),
    "formatted": (f"n = 'a'\nx = f'{PATH}/{{n}}.csv'", USES),
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
    "docstring": (f'def x():\n    """Read {PATH}/a.csv."""', USES),
    "text": (f"# Teas\n\nThe data are in {PATH}/a.csv.",),
    "view": (f"%%route /\nsend_file('{PATH}/a.csv')",),
    "module": (f"%%module shop.py\nX = open('{PATH}/a.csv')", "from shop import X as x", USES),
    "file of this notebook": (f"__file__ = '{PATH}/a.py'\nx = __file__", USES),
    "Windows": ("x = open(r'C:\\Users\\canary-ada\\teas.csv') if 0 else 1", USES),
    "home": ("import os\nx = os.path.expanduser('~/canary-ada/teas')", USES),
}

#: Of these, each pattern is in no module.
DEBUG: dict[str, tuple[tuple[str, ...], str]] = {
    "run": (("app.run(debug=True)",), r"debug=True"),
    "run of a module": (("if __name__ == '__main__':\n    app.run(debug=True)",), r"debug=True"),
    "attribute": (("app.debug = True",), r"debug = True"),
    "attribute with a type": (("app.debug: bool = True",), r"debug"),
    "both": (("app.debug = app.testing = True",), r"debug|testing"),
    "setattr": (("setattr(app, 'debug', True)",), r"debug"),
    "key": (("app.config['DEBUG'] = True",), r"DEBUG"),
    "several keys": (("app.config['DEBUG'] = app.config['TESTING'] = True",), r"DEBUG"),
    "update": (("app.config.update(DEBUG=True, A=1)",), r"DEBUG"),
    "update of pairs": (("app.config.update([('DEBUG', True), ('A', 1)])",), r"DEBUG"),
    "mapping": (("app.config.from_mapping(DEBUG=True)",), r"DEBUG"),
    "mapping of two": (("app.config.update({'A': 1, **{'DEBUG': True}})",), r"DEBUG"),
    "or": (("app.config |= {'DEBUG': True, 'A': 1}",), r"DEBUG"),
    "class": (
        ("class Config:\n    DEBUG = True\n    A = 1\napp.config.from_object(Config)",),
        r"DEBUG",
    ),
    "class with types": (
        ("class Config:\n    DEBUG: bool = True\n    A = 1\napp.config.from_object(Config)",),
        r"DEBUG",
    ),
    "name": (("DEBUG = True\napp.config['DEBUG'] = DEBUG",), r"DEBUG = True|DEBUG. = True"),
    "own settings": (("DEBUG = True\nA = 1\napp.config.from_object(__name__)",), r"DEBUG"),
    "dictionary": (("settings = {'DEBUG': True, 'A': 1}\napp.config.update(settings)",), r"DEBUG"),
    "line": (("%flask_config DEBUG=true A=1",), r"DEBUG"),
    "environment": (("import os\nos.environ['FLASK_DEBUG'] = '1'",), r"FLASK_DEBUG"),
    "environment, updated": (("import os\nos.environ.update(FLASK_DEBUG='1')",), r"FLASK_DEBUG"),
    "line of the environment": (("%env FLASK_DEBUG=1",), r"FLASK_DEBUG"),
    "reloading templates": (("app.config['TEMPLATES_AUTO_RELOAD'] = True",), r"AUTO_RELOAD"),
    "reloading templates, too": (("app.jinja_env.auto_reload = True",), r"auto_reload"),
    "explaining": (("app.config['EXPLAIN_TEMPLATE_LOADING'] = True",), r"EXPLAIN"),
    "propagating": (("app.config['PROPAGATE_EXCEPTIONS'] = True",), r"PROPAGATE"),
    "trapping": (("app.config['TRAP_HTTP_EXCEPTIONS'] = True",), r"TRAP_HTTP"),
    "echo": (("app.config['SQLALCHEMY_ECHO'] = True",), r"ECHO"),
    "toolbar": (
        ("from flask_debugtoolbar import DebugToolbarExtension\nDebugToolbarExtension(app)",),
        r"(?i)toolbar",
    ),
    "toolbar with a name": (
        (
            "from flask_debugtoolbar import DebugToolbarExtension\n"
            "toolbar = DebugToolbarExtension()\ntoolbar.init_app(app)",
        ),
        r"(?i)toolbar",
    ),
    "debugger": (
        (
            "from werkzeug.debug import DebuggedApplication\n"
            "app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)",
        ),
        r"Debugged",
    ),
    "breakpoint": (("%%route /\nbreakpoint()\n'x'",), r"breakpoint"),
    "debugger of Python": (("%%route /\nimport pdb\npdb.set_trace()\n'x'",), r"pdb"),
    "function": (("def set_up(app):\n    app.debug = True\nset_up(app)",), r"debug = True"),
    "module": (
        (
            "%%module shop.py\nfrom flask import Flask\nshop = Flask('shop')\n"
            "shop.config['DEBUG'] = True\n"
            "shop.config.update(DEBUG=True, A=1)\nshop.debug = True\n"
            "if __name__ == '__main__':\n    shop.run(debug=True)",
            "from shop import shop as app",
        ),
        r"DEBUG|debug",
    ),
}

INSPECTOR: dict[str, tuple[str, ...]] = {
    "extension": ("%load_ext nbflask", "%%route /\n'x'"),
    "line": ("%flask_inspect", "%flask_session", "%flask_templates", "%flask_requests"),
    "import": ("import nbflask\nnbflask.inspect(app)",),
    "import of a name": ("from nbflask import inspect as look\nlook(app)\nx = look(app)",),
    "import with others": ("import nbflask, os\nx = os.sep\nnbflask.inspect(app)", USES),
    "import in a view": ("%%route /\nimport nbflask\nnbflask.inspect(app)\n'x'",),
    "use in a view": ("import nbflask", "%%route /\nnbflask.inspect(app)\n'x'"),
    "use in a function": (
        "import nbflask\ndef x():\n    nbflask.inspect(app)\n    return 1",
        USES,
    ),
    "value in a function": ("import nbflask\ndef x():\n    return nbflask.inspect(app)", USES),
    "hook": ("import nbflask", "%%before_request\nnbflask.inspect(app)"),
    "display": ("display(app)", "from IPython.display import display, HTML\ndisplay(HTML('x'))"),
    "display in a view": ("%%route /\ndisplay(app)\n'x'",),
    "widgets": (
        "import ipywidgets\nslider = ipywidgets.IntSlider()\nslider.observe(print)\nslider",
    ),
    "shell": ("%%route /\nget_ipython().run_line_magic('flask_inspect', '')\n'x'",),
    "parity": ("import nbflask\nassert nbflask.parity(app, 'x')",),
}
