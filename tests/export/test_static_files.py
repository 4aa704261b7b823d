"""Static files of cells are found in the project's folder."""

from __future__ import annotations

from nbflask.export import build_project
from tests.export.written import notebook

STYLE = "%%static a.css\nh1 { color: green }"


def test_code_reads_from_the_folder_what_a_live_app_has_in_cells() -> None:
    hook = "@app.url_defaults\ndef add(endpoint, values):\n"
    hook += "    values['v'] = app.static_files[endpoint]"
    project = build_project(notebook("%load_ext nbflask", STYLE, hook))
    text = project.files["app.py"].decode()
    assert 'values["v"] = Path(app.static_folder, endpoint).read_bytes()' in text
    assert "from pathlib import Path\n" in text
    assert not project.notes


def test_another_folder_than_that_of_the_cells_is_told_of() -> None:
    project = build_project(notebook("%load_ext nbflask", STYLE, "app.static_folder = 'assets'"))
    assert [*map(str, project.notes)] == [
        "cell 3 (app.static_folder = 'assets'): `app.static_folder` is set, but what `%%static` "
        "cells hold, such as 'a.css', is in the project's folder static. Put all files into one "
        "folder."
    ]
