from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.export import build_project
from nbflask.export.rules import list_declared_rules

from .written import notebook

if TYPE_CHECKING:
    from flask import Flask

    from nbflask.export import SourceNotebook

CELLS = (
    "%load_ext nbflask",
    "%%route /items/<int:number> GET POST\nreturn str(number)",
    "from flask import Blueprint\nfrom flask.views import MethodView, View\n"
    "inner = Blueprint('inner', __name__, url_prefix='/inner')\n"
    "outer = Blueprint('outer', __name__, url_prefix='/outer/', static_folder='pictures')\n"
    "lost = Blueprint('lost', __name__)",
    "@inner.put('/')\ndef change():\n    return 'ok'\n\n"
    "@lost.get('/lost')\ndef never():\n    return ''",
    "@app.get('/two')\n@app.route('/one', endpoint='first', methods=['DELETE', 'PATCH'])\n"
    "def twice():\n    return ''",
    "class Users(MethodView):\n    def get(self):\n        return ''\n\n    def post(self):\n"
    "        return ''\n\nclass Page(View):\n    def dispatch_request(self):\n        return ''",
    "def plain():\n    return ''\n\nusers = Users.as_view('people')\n"
    "app.add_url_rule('/users', view_func=users)\n"
    "app.add_url_rule('/page', view_func=Page.as_view('page'))\n"
    "app.add_url_rule('/plain', view_func=plain, methods=['POST'])\n"
    "app.add_url_rule('/named', 'other', plain)",
    "outer.register_blueprint(inner)\napp.register_blueprint(outer)\n"
    "app.register_blueprint(outer, url_prefix='/again', name='again')",
    "from flask_sock import Sock\nsock = Sock(app)",
    "@sock.route('/echo')\ndef echo(socket):\n    socket.send('hello')",
    "%flask_get /two",
)


def build_app(source: SourceNotebook) -> Flask:
    """Run what a notebook is exported as."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(build_project(source).files["app.py"], names)  # noqa: S102  (ours)
    return names["create_app"]() if "create_app" in names else names["app"]  # type: ignore[no-any-return]


def test_the_text_has_the_rules_that_flask_has() -> None:
    source = notebook(*CELLS)
    declared = {
        (each.endpoint, each.methods, each.rule): each.cell for each in list_declared_rules(source)
    }
    rules = build_app(source).url_map.iter_rules()
    own = {"HEAD", "OPTIONS"}
    assert set(declared) == {
        (each.endpoint, tuple(sorted((each.methods or set()) - own)), each.rule) for each in rules
    }
    assert declared["items_number", ("GET", "POST"), "/items/<int:number>"] == 2
    assert declared["again.inner.change", ("PUT",), "/again/inner/"] == 4
    assert declared["static", ("GET",), "/static/<path:filename>"] is None


def test_a_rule_that_is_computed_is_shown_as_its_code() -> None:
    source = notebook("%load_ext nbflask", "prefix = '/x'", "@app.get(prefix + '/y')\ndef y(): ...")
    first, *_ = list_declared_rules(source)
    assert (first.rule, first.endpoint, first.cell) == ("prefix + '/y'", "y", 3)


MODULES = (
    "%%module shop/teas.py\nfrom flask import Blueprint\n\nbp = Blueprint('teas', __name__)\n\n\n"
    "@bp.get('/')\ndef index():\n    return ''",
    "%%module shop/admin/__init__.py\nfrom flask import Blueprint\n\n"
    "bp = Blueprint('admin', __name__, url_prefix='/admin', static_folder='pictures')\n"
    "lost = Blueprint('lost', __name__)\n\n\n@lost.get('/lost')\ndef never():\n    return ''",
    "%%module shop/__init__.py\nfrom flask import Flask\n\nfrom . import teas\n\n\n"
    "def create_app():\n    app = Flask(__name__)\n    from .admin import bp\n"
    "    bp.register_blueprint(teas.bp, url_prefix='/teas')\n    app.register_blueprint(bp)\n"
    "    app.add_url_rule('/', endpoint='index')\n    from . import hello\n"
    "    hello.init_app(app)\n    return app",
    "%%module shop/hello.py\ndef init_app(app):\n    @app.post('/hello')\n"
    "    def hello():\n        return ''",
    "from shop import create_app, hello\napp = create_app()",
    "@app.get('/own')\ndef own():\n    return ''",
)


def test_the_rules_of_a_notebooks_own_modules_are_read_with_their_blueprints() -> None:
    found = list_declared_rules(notebook(*MODULES))
    assert {(each.endpoint, each.rule, each.cell) for each in found} == {
        ("own", "/own", 6),
        ("admin.teas.index", "/admin/teas/", 1),
        ("index", "/", 3),
        ("hello", "/hello", 4),
        ("admin.static", "/admin/pictures/<path:filename>", 2),
        ("static", "/static/<path:filename>", None),
    }
