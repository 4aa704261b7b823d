"""What debugs or shows, each in cells of its own, and is in no project."""

from __future__ import annotations

from .canaries import USES

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
