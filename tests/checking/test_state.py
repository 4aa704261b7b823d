"""State of the module that requests change."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found

CHANGED = "state-changed-by-requests"
STORE = """\
class Store:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)

    def all(self):
        return self.items


store = Store()"""


@pytest.mark.parametrize(
    ("made", "body"),
    [
        ("hits = 0", "global hits\nhits = hits + 1\n'x'"),
        ("hits = 0", "hits += 1\n'x'"),
        ("todos = []", "todos.append(1)\n'x'"),
        ("todos = []", "todos += [1]\n'x'"),
        ("todos = {}", "todos['a'] = 1\n'x'"),
        ("todos = {}", "del todos['a']\n'x'"),
        ("todos = dict()", "todos.setdefault('a', []).append(1)\n'x'"),
        ("todos = {'a': {}}", "todo = todos['a']\ntodo['done'] = True\n'x'"),
        ("todos = {'a': {}}", "todo = todos.get('a')\ntodo.update(done=True)\n'x'"),
        ("todos = [{}]", "for todo in todos:\n    todo['done'] = True\n'x'"),
        ("todos = {}", "for n, todo in enumerate(todos.values()):\n    todo['done'] = n\n'x'"),
        ("todos = [{}]", "todo = next(t for t in todos if t)\ntodo['done'] = True\n'x'"),
        ("todos = [{}]", "todo = [t for t in todos if t][0]\ntodo['done'] = True\n'x'"),
        ("import itertools\nids = itertools.count()", "str(next(ids))"),
        ("ids = (n for n in range(3))", "str(next(ids))"),
        ("def make():\n    yield 1\n\n\nids = make()", "str(next(ids))"),
        (STORE, "store.add(1)\n'x'"),
        (STORE, "store.items = []\n'x'"),
        ("import pandas as pd\nsales = pd.DataFrame()", "sales['a'] = 1\n'x'"),
        ("from heapq import heappush\njobs = []", "heappush(jobs, 1)\n'x'"),
        ("x = 1", "app.config['A'] = 1\n'x'"),
        ("x = 1", "app.config.update(A=1)\n'x'"),
        ("todos = []\ndef add():\n    todos.append(1)", "add()\n'x'"),
        ("import itertools\nnext_id = itertools.count(1).__next__", "str(next_id())"),
        ("class Stats:\n    hits = 0", "Stats.hits += 1\n'x'"),
        ("class Stats:\n    log = []", "Stats.log.append(1)\n'x'"),
        (
            "class Stats:\n    n = 0\n    @classmethod\n    def hit(cls):\n        cls.n += 1",
            "Stats.hit()\n'x'",
        ),
        (
            "class Stats:\n    n = 0\n    def hit(self):\n        self._add()\n"
            "    def _add(self):\n        type(self).n += 1\nstats = Stats()",
            "stats.hit()\n'x'",
        ),
        (
            "class Base:\n    def hit(self):\n        self.n = 1\nclass Stats(Base):\n    pass\n"
            "stats = Stats()",
            "stats.hit()\n'x'",
        ),
        ("class Box(dict):\n    pass\nbox = Box()", "box['a'] = 1\n'x'"),
        (
            "from dataclasses import dataclass, field\n@dataclass\nclass State:\n"
            "    items: list = field(default_factory=list)\nstate = State()",
            "state.items.append(1)\n'x'",
        ),
        (
            "def make():\n    n = 0\n    def bump():\n        nonlocal n\n        n += 1\n"
            "        return n\n    return bump\nbump = make()",
            "str(bump())",
        ),
        (
            "import functools\ndef memo(f):\n    kept = {}\n    @functools.wraps(f)\n"
            "    def inner(n):\n        kept[n] = f(n)\n        return kept[n]\n"
            "    return inner\n@memo\ndef slow(n):\n    return n",
            "str(slow(1))",
        ),
        ("def note(n, seen=[]):\n    seen.append(n)\n    return seen", "str(note(1))"),
        ("def hit():\n    hit.n += 1\nhit.n = 0", "hit()\n'x'"),
        ("todos = []\nstore = todos", "store.append(1)\n'x'"),
        ("todos = []", "a, b = todos, 1\na.append(1)\n'x'"),
        ("todos = []", "add = todos.append\nadd(1)\n'x'"),
        ("todos = []\nadd = todos.append", "add(1)\n'x'"),
        ("todos = []\ndef put(store, todo):\n    store.append(todo)", "put(todos, 1)\n'x'"),
        (
            "users = [{}]\ndef find():\n    for user in users:\n        if user:\n"
            "            return user",
            "find()['name'] = 'x'\n'x'",
        ),
        ("todos = []\nadd = lambda todo: todos.append(todo)", "add(1)\n'x'"),
        ("todos, users = [], {}", "todos.append(1)\n'x'"),
        ("if app.debug:\n    todos = []\nelse:\n    todos = [1]", "todos.append(1)\n'x'"),
        ("def load():\n    found = [1]\n    return found\ntodos = load()", "todos.pop()\n'x'"),
        ("todos = [1] * 3", "todos[0] = 1\n'x'"),
        ("todos = {'a': []}", "todo = todos['a']\ntodo += [1]\n'x'"),
        ("import pandas as pd\nsales = pd.DataFrame()", "sales.drop(0, inplace=True)\n'x'"),
        ("app.todos = []", "current_app.todos.append(1)\n'x'"),
    ],
)
def test_state_that_a_view_changes_is_a_warning(made: str, body: str) -> None:
    found_here = [each for each in found(made, f"%%route /\n{body}") if CHANGED in each]
    assert len(found_here) == 1
    assert found_here[0].startswith("warning")


@pytest.mark.parametrize(
    ("made", "body"),
    [
        ("todos = []", "str(todos)"),
        ("todos = []", "todos = []\ntodos.append(1)\nstr(todos)"),
        ("todos = []", "mine = list(todos)\nmine.append(1)\nstr(mine)"),
        ("todos = [1]", "mine = todos[:]\nmine.append(1)\nstr(mine)"),
        ("todos = {}", "mine = todos.copy()\nmine['a'] = 1\nmine"),
        ("todos = {'a': 1}", "n = todos['a']\nn += 1\nstr(n)"),
        ("x = 1", "session['a'] = 1\nsession.setdefault('b', []).append(1)\n'x'"),
        ("x = 1", "g.items = []\ng.items.append(1)\n'x'"),
        ("x = 1", "request.seen = True\n'x'"),
        ("from flask_caching import Cache\ncache = Cache(app)", "cache.set('a', 1)\n'x'"),
        ("import shelve\nitems = shelve.open('a')", "items['a'] = 1\n'x'"),
        (
            "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app)",
            "db.session.add(1)\ndb.session.commit()\n'x'",
        ),
        (
            "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app)\n"
            "class User(db.Model): ...",
            "user = db.session.get(User, 1)\nuser.name = 'x'\nUser.query.get(1).name = 'y'\n'x'",
        ),
        (STORE, "str(store.all())"),
        (
            "import pandas as pd\nsales = pd.DataFrame()",
            "mine = sales[sales.a]\nmine['b'] = 1\n'x'",
        ),
        ("todos = []\ntodos.append(1)", "str(todos)"),
        ("todos = []\ndef seed():\n    todos.append(1)\nseed()", "str(todos)"),
        ("todos = []", "def f(todos):\n    todos.append(1)\nf([])\n'x'"),
        ("todos = ['a']", "todos.index('a')\n', '.join(todos)"),
        ("todos = [{}]", "mine = [t for t in todos if t]\nmine.sort()\nstr(mine)"),
        ("todos = {'a': []}", "mine = dict(todos)\nmine['b'] = 1\nmine"),
        ("todos = {'a': 'b'}", "title = todos['a']\ntitle += '!'\ntitle"),
        ("import threading\nlocal = threading.local()", "local.user = 'x'\n'x'"),
        ("import redis\nstore = redis.Redis()", "store['a'] = 1\nstore.incr('a')\n'x'"),
        (
            "class Store:\n    def __init__(self):\n        self.db = connect()\n"
            "    def add(self):\n        self.db.update(1)\nstore = Store()",
            "store.add()\nstore.db.update(1)\n'x'",
        ),
        ("class Cart:\n    def add(self):\n        self.n = 1", "cart = Cart()\ncart.add()\n'x'"),
        (
            "def make():\n    seen = []\n    def parse(x):\n        seen.append(x)\n"
            "        return seen\n    return parse",
            "str(make()(1))",
        ),
        ("def clean(data):\n    data['x'] = 1\n    return data\nBASE = {}", "clean(dict(BASE))"),
        (
            "def f(items=None):\n    items = items or []\n    items.append(1)\n    return items",
            "str(f())",
        ),
        (
            "def f(n, seen=[]):\n    seen = [*seen, n]\n    seen.append(1)\n    return seen",
            "str(f(1))",
        ),
        ("ITEMS = [3]", "str(next(iter(ITEMS)))"),
    ],
)
def test_what_belongs_to_a_request_or_a_database_is_not(made: str, body: str) -> None:
    assert CHANGED not in str(found(made, f"%%route /\n{body}"))


@pytest.mark.parametrize(
    "hook",
    [
        "%%before_request\nseen.append(1)",
        "@app.after_request\ndef note(response):\n    seen.append(1)\n    return response",
        "def note():\n    seen.append(1)\n    return 'x'\napp.add_url_rule('/', view_func=note)",
        "from flask.views import MethodView\nclass Note(MethodView):\n    def get(self):\n"
        "        seen.append(1)\n        return 'x'\n"
        "app.add_url_rule('/', view_func=Note.as_view('note'))",
        "from functools import wraps\ndef count(f):\n    @wraps(f)\n    def counted():\n"
        "        seen.append(1)\n        return f()\n    return counted\n"
        "@app.get('/')\n@count\ndef index():\n    return 'x'",
        "bp = Blueprint('bp', __name__)\n@bp.get('/')\ndef note():\n    seen.append(1)\n"
        "    return 'x'\napp.register_blueprint(bp)",
    ],
)
def test_whatever_a_request_runs_is_looked_at(hook: str) -> None:
    assert CHANGED in str(found("seen = []", hook))


@pytest.mark.parametrize(
    "cell",
    [
        "@app.cli.command('seed')\ndef seed():\n    seen.append(1)",
        "def note():\n    seen.append(1)\nnote()",
        "def on(f):\n    seen.append(f)\n    return f\n"
        "@app.get('/a')\n@on\ndef a():\n    return 'x'",
    ],
)
def test_what_no_request_runs_is_not(cell: str) -> None:
    assert CHANGED not in str(found("seen = []", cell, "%%route /\nstr(seen)"))


def test_state_is_told_once_with_all_who_change_it() -> None:
    (finding,) = findings_of(
        "todos = []",
        "%%route /todos POST\ntodos.append(1)\n'x'",
        "@app.delete('/todos')\ndef clear():\n    todos.clear()\n    return 'x'",
        "%flask_post /todos",
    )
    assert (finding.cell and finding.cell.number, finding.line) == (3, 2)
    assert finding.text == (
        "`post_todos()` and `clear()` change 'todos', made in cell 2 (todos = []): each worker has "
        "its own, and a restart loses what was changed. It begins as that cell makes it, without "
        "what the notebook's requests changed."
    )


def test_a_connection_that_requests_share_is_a_warning() -> None:
    cells = ("import sqlite3\ndb = sqlite3.connect('a.db')", "%%route /\nstr(db.execute('x'))")
    assert "warning connection-shared 2:2" in found(*cells)


def test_a_connection_of_each_request_is_not() -> None:
    cells = ("import sqlite3\ndef get_db():\n    return sqlite3.connect('a.db')",)
    assert "connection-shared" not in str(found(*cells, "%%route /\nget_db().execute('x')\n'x'"))


def test_a_lock_holds_one_worker() -> None:
    made = "import threading\nlock = threading.Lock()"
    assert found(made, "%%route /\nwith lock:\n    pass\n'x'") == ["info lock-of-one-worker 2:2"]
    assert found(made, "%%route /\n'x'") == []


def test_a_cached_function_that_requests_call_fills_a_cache_of_each_worker() -> None:
    made = "from functools import lru_cache\n@lru_cache\ndef rates():\n    return 1"
    assert found(made, "%%route /\nstr(rates())") == ["info cache-of-one-worker 2:3"]
    assert found(made, "RATES = rates()", "%%route /\nstr(RATES)") == []
