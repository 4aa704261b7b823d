"""Which statements of plain cells leave the notebook with its app."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from tests.export.written import notebook


def kept(*cells: str) -> str:
    """Give the statements that a module has, without its imports and its app."""
    source = notebook("app = Flask(__name__)", *cells)
    program = build_program(source, interpret(source))
    return "\n".join(each.statement.text for each in program.pieces[1:] if not each.is_import)


@pytest.mark.parametrize(
    "setting",
    [
        "pd.options.display.max_rows = 3",
        "pd.core.base.levels[LIMIT] += 1",
        "Flask.x = 3",
        "decimal.getcontext().prec = 5",
    ],
)
def test_a_setting_of_a_package_is_kept_where_the_app_uses_it(setting: str) -> None:
    imports = "import decimal\nimport pandas as pd\nfrom pandas import Series"
    view = "@app.get('/')\ndef index():\n    return str(Series([1]))"
    limit = "LIMIT = 2\n" if "LIMIT" in setting else ""
    assert kept(imports, f"{limit}{setting}", view) == f"{limit}{setting}\n{view}"


def test_a_setting_of_a_package_that_only_the_notebook_uses_stays() -> None:
    cell = "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 50\nplt.x += 1"
    assert kept(cell, "[plt.gca()]") == ""


STATE = "state = {'n': [], 'counts': {}}"
VIEW = "@app.get('/')\ndef index():\n    return state"


@pytest.mark.parametrize(
    "change",
    [
        "ref = state\nref['n'] = 5",
        "first, ref = 1, state['n']\nref.append(1)",
        "inner = state['counts']\ndeeper = inner['x']\ndel deeper.y",
        "update = state.update\nupdate(n=1)",
        "_ = state.setdefault('z', 0)",
        "last = state['n'].pop()",
        "row = next(state)",
        "frame = state['n']\nframe.rename(inplace=True)",
        "[state.setdefault(key, 1) for key in 'ab']",
        "for ref in state['n']:\n    ref.add(1)",
        "def fill(given):\n    given['n'] = 1\nref = state\ncount = fill(ref)",
        "def fill():\n    ref = state\n    ref['n'] = 1\ncount = fill()",
        "alias = state\ndef fill():\n    alias['n'] = 1\nfill()",
        "def tick():\n    state['n'] += 1\nclock = Thread(target=tick)\nclock.start()",
        "class Clock(Thread):\n    def run(self): state.clear()\nclock = Clock()\nclock.start()",
        "class Clock:\n    def go(self):\n        state['n'] = 1\nclock = Clock()\nclock.go()",
        "add = lambda: state.update(n=1)\nadd()",
    ],
)
def test_what_changes_an_object_by_another_name_is_kept(change: str) -> None:
    assert kept(STATE, change, VIEW) == f"{STATE}\n{change}\n{VIEW}"


@pytest.mark.parametrize(
    "look",
    [
        "ref = state['n']\nref.index(1)",
        "some = state[state['n'] > 1]\nsome['x'] = 1",
        "count = len(state)\nnames = sorted(state)",
        "rows = state.execute('SELECT 1')",
        "[len(each) for each in state]",
    ],
)
def test_what_looks_at_an_object_by_another_name_stays(look: str) -> None:
    assert kept(STATE, look, VIEW) == f"{STATE}\n{VIEW}"


HOME = "with app.test_request_context():\n    HOME = url_for('home')"


def test_what_the_app_reads_of_a_request_that_nobody_answers_is_kept() -> None:
    home, view = "@app.get('/')\ndef home():\n    return HOME", "menu = [HOME]"
    assert kept(home, HOME) == f"{home}\n{HOME}"
    assert kept("%%route /\nstr(menu)", HOME, view).endswith(f"{HOME}\n{view}")
    asks = HOME.replace("url_for('home')", "app.full_dispatch_request().text")
    for block in (HOME.replace("HOME =", "THERE ="), asks, HOME.replace("HOME = ", "")):
        assert kept(home, block) == home


FRAME = "import matplotlib.pyplot as plt, pandas as pd\ndf = pd.read_csv('a')"
SHOWN = "@app.get('/')\ndef index():\n    return str(df)"


@pytest.mark.parametrize(
    "look",
    [
        "df.plot(x='a').set_title('A')",
        "df.plot.bar()\nplt.title('A')\nplt.show()",
        "fig, ax = plt.subplots()\nax.plot(df.a)\nax.set_title('x')\nfig.tight_layout()",
        "fig, axes = plt.subplots(2)\nfor ax, name in zip(axes, df):\n    ax.hist(df[name])",
        "ax = df.a.hist()\nax.set_xlabel(df.name)",
        "df.info()\ndf.describe()\nlen(df)",
        "import json, time\njson.dumps({'a': len(df)})\ntime.sleep(0.2)",
    ],
)
def test_what_shows_data_stays(look: str) -> None:
    assert kept(FRAME, look, SHOWN) == f"{FRAME.splitlines()[1]}\n{SHOWN}"


@pytest.mark.parametrize(
    "drawing",
    [
        "fig, ax = plt.subplots()\nax.plot(df.a)\nplt.title('x')\napp.x = fig",
        "ax = plt.gca()\ndf.plot(ax=ax)\napp.x = ax",
        "df.plot()\nplt.savefig('static/a.png')",
        "plt.style.use('ggplot')",
        "app.logger.info('ready')",
        "df.insert(0, 'b', len(df))",
    ],
)
def test_what_is_drawn_for_the_app_is_kept(drawing: str) -> None:
    assert kept(FRAME, drawing, SHOWN) == f"{FRAME.splitlines()[1]}\n{drawing}\n{SHOWN}"
