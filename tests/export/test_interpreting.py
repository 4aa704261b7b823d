"""What each cell says of the app."""

from __future__ import annotations

import json

import pytest

from nbflask.errors import NotebookError
from nbflask.export.interpreting import interpret
from nbflask.export.notebooks import parse_notebook
from nbflask.export.steps import Ask, Code, Configure, Declare, Keep, Leave, MakeApp, Refuse, Step
from tests.export.written import document_of, notebook


def steps_of(*sources: str) -> list[Step]:
    return list(interpret(notebook(*sources)))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("%load_ext nbflask", MakeApp),
        ("%load_ext autoreload", Leave),
        ("%flask_app shop", MakeApp),
        ("%flask_app", Leave),
        ("%%route /\n'x'", Declare),
        ("%%before_request\npass", Declare),
        ("%%template a.html\n<p>", Keep),
        ("%%static a.css\np {}", Keep),
        ("%flask_config A=1", Configure),
        ("%flask_config", Leave),
        ("%flask_get /", Ask),
        ("r = %flask_get /", Ask),
        ("%%flask_post /\n{}", Ask),
        ("%%http\nGET /", Ask),
        ("%flask_post / -F f=@photo.png", Leave),
        ("%flask_run", Leave),
        ("app.run(debug=True)", Leave),
        ("if __name__ == '__main__':\n    app.run()", Leave),
        ("client = app.test_client()", Leave),
        ("with app.test_request_context():\n    print(url_for('x'))", Leave),
        ("with app.app_context():\n    db.create_all()", Code),
        ("with app.app_context():\n    print(db)\n    assert db", Leave),
        ("for each in prices:\n    print(each)", Leave),
        ("for each in prices:\n    print(each)\n    total.append(each)", Code),
        ("def ask(path):\n    return app.test_client().get(path)", Leave),
        ("@app.get('/')\ndef ask():\n    return app.test_client().get('/a').text", Code),
        ("import nbflask", Leave),
        ("nbflask.inspect()", Leave),
        ("assert total == 3", Leave),
        ("print(total)", Leave),
        ("total", Leave),
        ("f'{total}'", Leave),
        ("db.create_all()", Code),
        ("subprocess.run(['ls'])", Code),
        ("asyncio.run(main())", Code),
        ("x = 1", Code),
        ("%%time\nx = 1", Code),
        ("%time x = 1", Code),
        ("!pip install flask", Leave),
        ("%pip install flask", Leave),
        ("flask?", Leave),
        ("for n in range(3):\n    %flask_get /", Leave),
        ("%%writefile a.txt\nx", Refuse),
        ("%cd /tmp", Refuse),
        ("files = !ls", Leave),
        ("def f():\n    %flask_get /", Refuse),
        ("%%unknown\nx", Refuse),
    ],
)
def test_a_cell_means(source: str, kind: type[Step]) -> None:
    assert [type(each) for each in steps_of(source)] == [kind]


def test_what_depends_on_a_response_stays_in_the_notebook() -> None:
    steps = steps_of(
        "r = %flask_get /\nassert r.json == []", "names = r.json\nnames.sort()", "x = 1"
    )
    assert [type(each) for each in steps] == [Ask, Leave, Leave, Leave, Code]


def test_what_stands_above_a_function_runs_with_its_cell() -> None:
    code, view = steps_of(
        "%%route /\nLIMIT = 3\n\n\n# All.\n@cached\ndef index():\n    return LIMIT"
    )
    assert isinstance(code, Code)
    assert code.statement.text == "LIMIT = 3"
    assert isinstance(view, Declare)
    assert view.text == "# All.\n@cached\ndef index():\n    return LIMIT"


def test_a_value_that_is_shown_is_not_needed() -> None:
    document = document_of("items.pop()", "app.config.from_prefixed_env()", "total()")
    for cell in document["cells"]:
        cell["outputs"] = [{"output_type": "execute_result", "data": {}, "metadata": {}}]
    steps = interpret(parse_notebook(json.dumps(document)))
    assert [type(each) for each in steps] == [Code, Code, Leave]


def test_a_cell_that_failed_declares_nothing() -> None:
    document = document_of("x = 1\nraise RuntimeError")
    document["cells"][0]["outputs"] = [{"output_type": "error", "ename": "RuntimeError"}]
    assert [type(each) for each in interpret(parse_notebook(json.dumps(document)))] == [Leave]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("x = (", r"In cell 1 \(x = \(\): Line 1 is not Python, '\(' was never closed: 'x = \('\."),
        ("%%route items\n1", r"In cell 1 .*: The rule 'items' does not start with '/'\."),
        ("%%route / --metod GET\n1", r"In cell 1 .*: %%route has no option '--metod'\."),
        ("%%route /\nx = (", r"In cell 1 .*: Line 2 is not Python, '\(' was never closed"),
        ("%%route /\n%flask_get /a\n1", "cannot call a magic or the shell"),
        ("%%template ../a.html\nx", "'../a.html' cannot name a file of the project."),
        ("%%static /etc/passwd\nx", "'/etc/passwd' cannot name a file of the project."),
    ],
)
def test_a_cell_that_is_wrong_is_named(source: str, error: str) -> None:
    with pytest.raises(NotebookError, match=error):
        steps_of(source)
