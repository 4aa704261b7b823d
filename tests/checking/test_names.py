"""Names that will not be what they are in the notebook."""

from __future__ import annotations

import json

import pytest

from nbflask.checking import examine
from nbflask.export import parse_notebook
from tests.checking.checked import APP, findings_of, found
from tests.export.written import document_of


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["%%route /\nx = 1\nreturn str(ITEMS)"], "name-not-defined 2:3"),
        (["@app.get('/')\ndef index():\n    return str(ITEMS)"], "name-not-defined 2:3"),
        (["%%route /\nstr(_)"], "name-of-ipython 2:2"),
        (["%%route /\nstr(Out[3])"], "name-of-ipython 2:2"),
        (["%%route /\nstr(_i3)"], "name-of-ipython 2:2"),
        (["%%route /\ndisplay(1)\n'x'"], "name-of-ipython 2:2"),
        (["r = %flask_get /", "%%route /\nr.text"], "name-of-notebook 3:2"),
        (["r = %flask_get /\nn = r.json", "%%route /\nn"], "name-of-notebook 3:2"),
        (["files = !ls", "%%route /\nfiles[0]"], "name-of-notebook 3:2"),
        (["%%capture out\nprint(1)", "%%route /\nstr(out)"], "name-of-notebook 3:2"),
        (["%store -r rows", "%%route /\nstr(rows)"], "name-of-notebook 3:2"),
        (["X = [n for n in [1]]", "%%route /\nstr(X[0] + n)"], "name-not-defined 3:2"),
        (
            ["%%module shop/a.py\nimport os\ndef f():\n    return os.name + MISSING"],
            "name-not-defined 2:4",
        ),
        (["LIMIT = PAGE * 2", "PAGE = 10", "%%route /\nstr(LIMIT)"], "name-defined-later 2:1"),
        (
            ["def load():\n    return PAGE", "X = load()", "PAGE = 10", "%%route /\nstr(X)"],
            "name-defined-later 3:1",
        ),
        (["@guard\ndef f():\n    pass", "def guard(f): return f", "%%route /\nf()"], ":1"),
    ],
)
def test_a_name_that_is_not_there_is_an_error(cells: list[str], expected: str) -> None:
    errors = [each for each in found(*cells) if each.startswith("error")]
    assert len(errors) == 1
    assert errors[0].endswith(expected)


@pytest.mark.parametrize(
    "cells",
    [
        ["%%route /\nstr(ITEMS)", "ITEMS = [1]"],
        ["%%route /<name>\nname"],
        ["%%route /\nrequest.method + escape('x')", "from markupsafe import escape"],
        ["def load():\n    return PAGE", "PAGE = 10", "X = load()", "%%route /\nstr(X)"],
        [
            "class A:\n    def b(self):\n        return B()",
            "class B: ...",
            "%%route /\nstr(A().b())",
        ],
        ["X = [n for n in range(3)]", "%%route /\nstr(X)"],
        ["for n in range(3):\n    app.config[str(n)] = n"],
        ["n = lambda: m", "m = 1", "%%route /\nstr(n())"],
        ["r = %flask_get /", "print(r)"],
        ["def one():\n    global N\n    N = 1", "one()", "N = 2", "%%route /\nstr(N)"],
        ["print(undefined)"],
        ["%%route /\nimport json\njson.dumps(1)"],
        [
            "%%module shop/a.py\nfrom . import b\nclass A:\n    x: 'Later'\n"
            "    def f(self):\n        return [b, __file__, __class__, __name__]",
            "%%module shop/a.py\ndef g():\n    global N\n    N = A()\n    return N",
            "%%module shop/b.py\nx = 1",
        ],
        [
            "def area(shape):\n    match shape:\n        case {'w': w, **rest}:\n"
            "            return w + len(rest)\n        case [a, *more]:\n            return a",
            "%%route /\nif (found := area(1)) is None:\n    abort(404)\nreturn str(found)",
        ],
        [
            "from __future__ import annotations",
            "def f(a: Later) -> Later: ...",
            "class Later: ...",
            "%%route /\nf(1)",
        ],
        ["def f(a: 'Later') -> 'Later': ...", "class Later: ...", "%%route /\nf(1)"],
        ["try:\n    import ujson as json\nexcept ImportError:\n    import json", "%%route /\njson"],
        ["from math import *\nfrom os.path import *", "%%route /\njoin(str(sin(1)))"],
        ["_ = str.title", "%%route /\n_('tea')"],
        ["X = 1", "X = X + 1", "%%route /\nstr(X)"],
        # What needs the app stands in a factory, below the rest.
        ["@app.get('/')\n@guard\ndef f():\n    pass", "def guard(f):\n    return f"],
        ["from math import *", "%%route /\nstr(sin(1))"],
        ["%%route /\n[_ for _ in range(3)]"],
    ],
)
def test_a_name_that_is_there_in_time_is_no_finding(cells: list[str]) -> None:
    assert found(*cells) == []


def test_a_name_that_a_failed_cell_gives_says_so() -> None:
    document = document_of(APP, "LIMIT = 3", "%%route /\nstr(LIMIT)")
    document["cells"][1]["outputs"] = [{"output_type": "error", "ename": "RuntimeError"}]
    (finding,) = examine(parse_notebook(json.dumps(document)))
    assert finding.kind == "name-of-notebook"
    assert finding.text == (
        "The name 'LIMIT' gets its value only from cell 2 (LIMIT = 3), which fails."
    )


def test_a_name_that_is_nearly_there_is_offered() -> None:
    (finding,) = findings_of("PRODUCTS = [1]", "%%route /\nstr(PRODUCT)", "%%route /a\nPRODUCTS")
    assert finding.remedy == "Define it in a cell above. Did you mean 'PRODUCTS'?"


def test_a_name_in_a_cell_that_cannot_be_read_is_not_missed_twice() -> None:
    assert found("LIMIT = (", "%%route /\nstr(LIMIT)") == ["error cell-not-readable 2:1"]


@pytest.mark.parametrize("name", ["list", "id", "session", "request"])
def test_a_name_of_pythons_or_flasks_that_is_given_anew_is_told(name: str) -> None:
    assert found(f"{name} = 3", f"%%route /\nstr({name})") == ["info name-hides 2:1"]


@pytest.mark.parametrize(
    "cells",
    [
        ["def show(id):\n    return str(id)", "%%route /\nshow(3)"],
        ["%%route /\nid = 3\nstr(id)"],
        ["from requests import Request as request", "%%route /\nstr(request)"],
        ["class Config:\n    A = 1", "app.config.from_object(Config)"],
        ["list = [1]", "print(list)"],
        ["def index():\n    id = 3\n    return str(id)", "%%route /\nindex()"],
    ],
)
def test_a_name_that_hides_nothing_in_the_module_is_not(cells: list[str]) -> None:
    assert "name-hides" not in str(found(*cells))


def test_a_name_that_is_deleted_and_read_is_told() -> None:
    view = "%%route /\nname"
    assert found("name = 'x'", "del name", view) == ["error name-not-defined 3:1"]
    assert found("name = 'x'", "del name", "name = 'y'", view) == []
    assert found("%%route /\n'ok'", "for n in range(2):\n    app.config['N'] = n", "del n") == []
