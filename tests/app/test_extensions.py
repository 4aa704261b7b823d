"""What extensions do to an app, done again: each test stands for a real extension's way."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.app import Blueprint

if TYPE_CHECKING:
    from .notebook import Cells


def test_an_attribute_that_wraps_what_it_covers_wraps_once(cells: Cells) -> None:
    # Flask-RESTful: app.handle_user_exception = partial(router, app.handle_user_exception)
    source = (
        "covered = app.make_response\n"
        "def wrapped(value): return covered(f'({value})' if isinstance(value, str) else value)\n"
        "app.make_response = wrapped"
    )
    cells.run("view", "@app.route('/')\ndef view(): return 'x'")
    for _ in range(3):
        cells.run("wrap", source)
    assert cells.get("/") == "(x)"
    cells.attempt("wrap", source + "\n1/0")
    assert cells.get("/") == "(x)"
    cells.journal.forget(["wrap"])
    assert cells.get("/") == "x"


def test_a_template_loader_that_wraps_the_one_before_wraps_once(cells: Cells) -> None:
    source = "import jinja2\napp.jinja_loader = jinja2.ChoiceLoader([app.jinja_loader])"
    cells.run("loader", source)
    cells.run("loader", source)
    (inner,) = cells.names["app"].jinja_loader.loaders
    assert type(inner).__name__ == "FileSystemLoader"


def test_a_cell_finds_no_attribute_that_only_it_has_set(cells: Cells) -> None:
    source = "assert not hasattr(app, 'own')\napp.own = 1"
    cells.run("own", source)
    cells.run("own", source)
    assert cells.names["app"].own == 1
    assert not hasattr(type(cells.names["app"]), "own")
    cells.run("other", "assert app.own == 1")
    cells.run("own", "")
    assert not hasattr(cells.names["app"], "own")


def test_what_extensions_share_in_the_app_stays_for_views_of_other_cells(cells: Cells) -> None:
    # Flask-Caching keys its caches by the object that decorated the view.
    source = (
        "key = object()\n"
        "assert 'cache' not in app.extensions\n"
        "app.extensions.setdefault('cache', {})[key] = 'kept'"
    )
    cells.run("cache", source)
    cells.run(
        "view",
        "def view(key=key): return app.extensions['cache'][key]\n"
        "app.add_url_rule('/', view_func=view)",
    )
    cells.run("cache", source)
    assert cells.get("/") == "kept"
    cells.journal.forget(["cache"])
    assert "cache" not in cells.names["app"].extensions


def test_a_blueprint_that_a_library_makes_is_whole_when_its_cell_runs_again(cells: Cells) -> None:
    # Flask-Sock makes its blueprint when the first route is declared.
    cells.module(
        "library_with_blueprint",
        "from nbflask.app import Blueprint\ndef make(): return Blueprint('made', __name__)",
    )
    source = (
        "import library_with_blueprint\n"
        "if 'made' not in globals(): made = library_with_blueprint.make()"
    )
    cells.run("make", source)
    cells.run("make", source)
    assert cells.names["made"].name == "made"


def test_a_cell_runs_again_also_when_its_blueprint_is_gone(cells: Cells) -> None:
    source = "made = Blueprint('made', __name__)\nmade.note = 1\nmade = None"
    cells.run("make", source)
    gc.collect()
    cells.run("make", source)
    cells.run("make", "")


class CountingBlueprint(Blueprint):
    """A blueprint that counts its views to name them, as flask-smorest's does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted: list[str] = []

    def count(self, name: str) -> str:
        """Give a name that no other view has."""
        self.counted.append(name)
        return f"{name}{len(self.counted)}"


@pytest.mark.parametrize("is_failing", [False, True])
def test_a_subclass_of_blueprint_begins_with_its_own_attributes_anew(
    cells: Cells, is_failing: bool
) -> None:
    cells.names["CountingBlueprint"] = CountingBlueprint
    source = (
        "bp = CountingBlueprint('bp', __name__)\nbp.add_url_rule('/', bp.count('v'), lambda: 'x')"
    )
    cells.run("bp", source)
    cells.run("register", "app.register_blueprint(bp)")
    before = cells.names["bp"].counted
    _, error = cells.attempt("bp", source + ("\n1/0" if is_failing else ""))
    assert (error is not None) == is_failing
    assert (cells.names["bp"].counted is before) == is_failing
    assert cells.names["bp"].counted == ["v"]
    assert list(cells.names["app"].view_functions) == ["static", "bp.v1"]
    assert cells.get("/") == "x"


def test_a_fault_at_a_cells_end_does_not_swallow_the_cells_after_it(
    cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "@app.before_request\ndef hook(): pass"
    cells.run("hook", source)
    with monkeypatch.context() as patch:
        patch.setattr("nbflask.app.live_list.LiveList.drop", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            cells.run("hook", source)
    cells.run("view", "@app.route('/')\ndef view(): return 'x'")
    cells.journal.forget(["view"])
    assert cells.get("/") == "404"
