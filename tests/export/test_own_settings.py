"""Settings that an app reads from the notebook itself: its variables in capitals."""

from __future__ import annotations

import pytest

from nbflask.export.building import build_project
from tests.export.written import notebook

VIEW = "%%route /\ncurrent_app.config['TITLE']"


def write(*cells: str) -> str:
    return build_project(notebook("%load_ext nbflask", *cells)).files["app.py"].decode()


@pytest.mark.parametrize("name", ["__name__", "'__main__'"])
def test_they_are_handed_over_by_their_names(name: str) -> None:
    text = write("TITLE = 'Tea'\nSIZE = 20\nsmall = 1", f"app.config.from_object({name})", VIEW)
    assert 'TITLE = "Tea"\nSIZE = 20\n' in text
    assert "app.config.from_mapping(TITLE=TITLE, SIZE=SIZE)" in text
    assert "small" not in text


def test_what_a_later_cell_sets_is_not_among_them() -> None:
    text = write("TITLE = 'Tea'", "app.config.from_object(__name__)", "LATER = 1", VIEW)
    assert "from_mapping(TITLE=TITLE)" in text
    assert "LATER" not in text


def test_a_secret_and_a_debug_flag_of_theirs_stay_behind() -> None:
    text = write("SECRET_KEY = 'x1'\nDEBUG = True", "app.config.from_object(__name__)", VIEW)
    assert 'SECRET_KEY = os.environ["SECRET_KEY"]' in text
    assert "from_mapping(SECRET_KEY=SECRET_KEY)" in text
    assert "DEBUG" not in text


@pytest.mark.parametrize(
    "cell", ["app.config.from_object('shop.settings')", "parser.from_object(__name__)"]
)
def test_other_objects_are_left_as_they_are(cell: str) -> None:
    assert cell.replace("'", '"') in write("import parser\nTITLE = 'Tea'", cell, VIEW)
