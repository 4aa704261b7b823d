"""Variables of the environment that a notebook sets by itself."""

from __future__ import annotations

from nbflask.export.building import build_project
from tests.export.written import notebook

READ = "app.config.from_prefixed_env('SHOP')"
VIEW = "%%route /\nstr(current_app.config['SIZE'])"


def write(*cells: str) -> str:
    return build_project(notebook(*cells)).files["app.py"].decode()


def test_they_are_set_where_whoever_starts_the_app_has_not() -> None:
    cell = (
        "import os\nos.environ['SHOP_SIZE'] = '50'  # Of a page.\nos.environ['SHOP_TOWN'] = 'Oslo'"
    )
    text = write("%load_ext nbflask", cell, READ, VIEW)
    assert (
        'os.environ.setdefault("SHOP_SIZE", "50")  # Of a page.\n'
        'os.environ.setdefault("SHOP_TOWN", "Oslo")\n'
    ) in text


def test_they_are_set_before_they_are_read() -> None:
    made = "from flask import Flask\nclass Shop(Flask):\n    pass\napp = Shop(__name__)"
    text = write(made, "from os import environ\nenviron['SHOP_SIZE'] = '50'", READ)
    assert text.index("environ.setdefault(") < text.index("from_prefixed_env")


def test_a_secret_among_them_is_left_to_whoever_starts_the_app() -> None:
    cell = "import os\nos.environ['API_TOKEN'] = 'x9-7Kq2pLw0z'\ntoken = os.environ['API_TOKEN']"
    text = write("%load_ext nbflask", cell, "%%route /\ntoken[:1]")
    assert "x9-7" not in text
    assert "setdefault" not in text
