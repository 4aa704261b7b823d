"""Cells in a real kernel: plain Flask, run twice, in any order, with ids and without."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = """
from flask import Flask, Response, current_app, jsonify, render_template, request, session, url_for
import io

app = Flask(__name__)
"""

# Fragments as tutorials have them. None knows of nbflask.
CELLS = {
    "hello": "@app.route('/')\ndef hello_world():\n    return '<p>Hello, World!</p>'",
    "variable": "@app.route('/user/<name>')\ndef profile(name):\n    return f'User {name}'",
    "converter": "@app.route('/post/<int:number>')\ndef post(number):\n    return str(number)",
    "methods": (
        "@app.route('/login', methods=['GET', 'POST'])\ndef login():\n"
        "    if request.method == 'POST':\n        session['name'] = request.form['name']\n"
        "        return 'done'\n    return session.get('name', 'nobody')"
    ),
    "args": "@app.get('/search')\ndef search():\n    return request.args.get('q', '')",
    "files": (
        "@app.post('/upload')\ndef upload():\n"
        "    file = request.files['file']\n    return f'{file.filename} {len(file.read())}'"
    ),
    "response": "@app.get('/csv')\ndef as_csv():\n    return Response('a,b', mimetype='text/csv')",
    "json": "@app.get('/api')\ndef api():\n    return jsonify(items=[1, 2])",
    "current": "@app.get('/name')\ndef name():\n    return current_app.name",
    "static": "@app.get('/style')\ndef style():\n    return url_for('static', filename='a.css')",
    "error": "@app.errorhandler(404)\ndef page_not_found(error):\n    return 'not here', 404",
    "config": "app.config['DEBUG'] = True",
    "template": (
        "from pathlib import Path\nPath('templates').mkdir(exist_ok=True)\n"
        "Path('templates/page.html').write_text('<h1>{{ title }}</h1>')\n"
        "@app.get('/page')\ndef page():\n    return render_template('page.html', title='A & B')"
    ),
    "run": "if __name__ == '__main__':\n    app.run(debug=True)",
}

ASK = """
client = app.test_client()
client.post('/login', data={'name': 'Ada'})
print([
    client.get('/').text, client.get('/user/ada').text, client.get('/post/3').text,
    client.get('/login').text, client.get('/search?q=x').text,
    client.post('/upload', data={'file': (io.BytesIO(b'abc'), 'a.txt')}).text,
    client.get('/csv').mimetype, client.get('/api').json, client.get('/name').text,
    client.get('/style').text, client.get('/nowhere').text, app.debug, client.get('/page').text,
    len(list(app.url_map.iter_rules())),
])
"""
ANSWERS = str(
    [
        *("<p>Hello, World!</p>", "User ada", "3", "Ada", "x", "a.txt 3", "text/csv"),
        *({"items": [1, 2]}, "__main__", "/static/a.css", "not here", True),
        *("<h1>A &amp; B</h1>", 12),
    ]
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    root = tmp_path_factory.mktemp("kernel")
    directories = {
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
    }
    with Kernel(environment=directories, cwd=str(root)) as kernel:
        yield kernel


@pytest.fixture
def kernel(running: Kernel) -> Iterator[Kernel]:
    running.execute("%load_ext nbflask", cell_id="load")
    yield running
    running.execute("%unload_ext nbflask")
    running.execute("%reset -f")


def run_cells(kernel: Kernel, names: list[str], *, with_ids: bool) -> None:
    for name in names:
        source = FIRST if name == "first" else CELLS[name]
        ran = kernel.execute(source, cell_id=name if with_ids else None)
        assert ran.error is None, (name, ran.error)
        assert ran.stderr == "", name


@pytest.mark.parametrize("with_ids", [True, False], ids=["with ids", "without ids"])
def test_a_tutorial_runs_twice_and_in_any_order(kernel: Kernel, *, with_ids: bool) -> None:
    run_cells(kernel, ["first", *CELLS], with_ids=with_ids)
    assert kernel.execute(ASK).stdout == f"{ANSWERS}\n"
    run_cells(kernel, ["first", *CELLS], with_ids=with_ids)
    assert kernel.execute(ASK).stdout == f"{ANSWERS}\n"
    for seed in range(3):
        order = ["first", *CELLS]
        random.Random(seed).shuffle(order)
        run_cells(kernel, order, with_ids=with_ids)
        assert kernel.execute(ASK).stdout == f"{ANSWERS}\n", f"seed {seed}"


def test_deleted_cells_are_named_by_the_front_end(kernel: Kernel) -> None:
    kernel.execute("%%route /\n'here'", cell_id="a")
    kernel.execute("1", cell_id="b", deleted_cells=["a"])
    assert kernel.execute("app.test_client().get('/').status_code").texts == ("404",)


def test_a_cell_that_awaits_declares_as_any_other(kernel: Kernel) -> None:
    cell = (
        "import asyncio\nawait asyncio.sleep(0)\n"
        "@app.get('/{0}')\ndef {0}():\n    return '{0}'\nawait asyncio.sleep(0)\n"
    )
    ask = "[app.test_client().get(each).status_code for each in ('/old', '/new', '/bad')]"
    kernel.execute(cell.format("old"), cell_id="a")
    kernel.execute(cell.format("new"), cell_id="a")
    assert kernel.execute(ask).texts == ("[404, 200, 404]",)
    ran = kernel.execute(f"{cell.format('bad')}1/0", cell_id="a")
    assert ran.error == ("ZeroDivisionError", "division by zero")
    assert kernel.execute(ask).texts == ("[404, 200, 404]",)


def test_an_interrupted_cell_changes_nothing_and_the_next_is_its_own(kernel: Kernel) -> None:
    kernel.execute("%%route /\n'old'", cell_id="a")
    # ipykernel cancels a cell that awaits only when its event loop wakes up.
    waits = "import asyncio\nprint('on')\nfor _ in range(600): await asyncio.sleep(0.1)"
    for pause in ("import time\nprint('on')\ntime.sleep(60)", waits):
        request = kernel.send(
            f"@app.get('/')\ndef index():\n    return 'new'\n{pause}", cell_id="a"
        )
        kernel.wait_for_output(request, "on")
        kernel.interrupt()
        error = kernel.collect(request).error
        assert error is not None
        assert error[0] in ("KeyboardInterrupt", "CancelledError")
        assert kernel.execute("app.test_client().get('/').text").texts == ("'old'",)


def test_a_nested_cell_is_a_part_of_the_outer_one(kernel: Kernel) -> None:
    kernel.execute("%%capture\n@app.get('/old')\ndef view():\n    return 'old'", cell_id="a")
    kernel.execute("%%capture\n@app.get('/new')\ndef view():\n    return 'new'", cell_id="a")
    ask = "[app.test_client().get(each).status_code for each in ('/old', '/new')]"
    assert kernel.execute(ask).texts == ("[404, 200]",)


def test_a_mistake_is_shown_in_one_line(kernel: Kernel) -> None:
    ran = kernel.execute("%flask_run --prot 1")
    assert ran.error == ("OptionError", "%flask_run has no option '--prot'. Did you mean '--port'?")
    (shown,) = ran.outputs
    assert shown["traceback"] == [f"{ran.error[0]}: {ran.error[1]}"]


def test_people_stay_logged_in_when_the_kernel_restarts(kernel: Kernel) -> None:
    visit = "%%route /\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])"
    kernel.execute(visit, cell_id="a")
    cookie = kernel.execute(
        "app.test_client().get('/').headers['Set-Cookie'].partition(';')[0]"
    ).texts[0]
    kernel.restart()
    kernel.execute("%load_ext nbflask", cell_id="load")
    kernel.execute(visit, cell_id="a")
    again = kernel.execute(
        f"app.test_client(use_cookies=False).get('/', headers={{'Cookie': {cookie}}}).text"
    )
    assert again.texts == ("'2'",)


def test_outputs_are_the_same_in_every_run(kernel: Kernel) -> None:
    cells = [
        "%%route /\n'here'",
        "%flask_run",
        "%flask_status",
        "%flask_routes",
        "%flask_preview /",
        "%flask_get /",
        "app.run()",
        "app",
        "%flask_stop",
    ]

    def run_all() -> list[tuple[str, ...]]:
        shown = []
        for at, cell in enumerate(cells):
            ran = kernel.execute(cell, cell_id=f"cell {at}")
            assert ran.error is None
            shown.append((ran.stdout, ran.stderr, *ran.texts, *ran.htmls))
        return shown

    assert run_all() == run_all()
