"""The notebook's owner: what it gives back, and the place that it sees itself in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.errors import AppError
from nbflask.notebook.cell_events import MAX_LABEL_CHARS, label_of
from nbflask.notebook.secret import read_secret_key, rotate_secret_key
from nbflask.notebook.surroundings import ServerExtension, Surroundings, read_extension
from nbflask.server.life import NotRunning, Reused, Started, Stopped
from nbflask.values.base_url import ServerClues
from tests.magics.conftest import jupyter_data, shell

if TYPE_CHECKING:
    from pathlib import Path

    from nbflask.notebook.surroundings import FrontEnd
    from tests.magics.shell import Shell

__all__ = ["jupyter_data", "shell"]


def test_what_happened_is_a_value(shell: Shell) -> None:
    notebook = shell.notebook
    happened = [
        notebook.run(),
        notebook.run(),
        notebook.restart(),
        notebook.stop(),
        notebook.stop(),
    ]
    assert [type(each) for each in happened] == [Started, Reused, Started, Stopped, NotRunning]


def test_an_app_is_meant_by_itself_by_its_name_or_by_a_proxy(shell: Shell) -> None:
    app = shell.names["app"]
    with app.app_context():
        for meant in (None, "app", app, shell.names["current_app"]):
            assert shell.notebook.resolve(meant) == ("app", app)


def test_what_is_no_app_is_refused(shell: Shell) -> None:
    with pytest.raises(AppError, match=r"^3 is not a Flask app\."):
        shell.notebook.resolve(3)  # type: ignore[arg-type]


def test_a_name_that_cannot_be_in_a_url_is_refused(shell: Shell) -> None:
    shell.run("größe = Flask('app')")
    with pytest.raises(AppError, match="The app's name 'größe' cannot be a part of its URL"):
        shell.notebook.run("größe")


def test_a_served_app_whose_variable_is_gone_can_be_stopped(shell: Shell) -> None:
    shell.notebook.run()
    shell.run("del app")
    assert [(each.name, each.is_running) for each in shell.notebook.status()] == [("app", True)]
    assert isinstance(shell.notebook.stop("app"), Stopped)


def test_cookies_last_from_one_request_to_the_next(shell: Shell) -> None:
    assert shell.notebook.client() is shell.notebook.client("app")
    shell.run("app = Flask('another')")
    assert shell.notebook.client().application is shell.names["app"]


def test_only_the_newest_previews_are_kept_where_cells_have_no_ids(shell: Shell) -> None:
    first = shell.notebook.preview()
    for _ in range(25):
        shell.notebook.preview()
    assert len(shell.notebook.previews) == 20
    assert first.state == "stopped"


def test_a_deleted_cell_takes_its_preview_along(shell: Shell) -> None:
    shell.run("%flask_preview", cell_id="a")
    shell.run("1", deleted_cells=["a"])
    assert len(shell.notebook.previews) == 0


@pytest.mark.parametrize(
    ("front_end", "extension_pid", "mount", "has_extension"),
    [
        pytest.param("jupyter", 7, "nbflask/k-1/app/", True, id="extension"),
        pytest.param("jupyter", None, "nbflask/k-1/app/", False, id="no extension"),
        pytest.param("jupyter", 6, "nbflask/k-1/app/", False, id="extension of another server"),
        pytest.param("vscode", 7, "", False, id="vscode"),
        pytest.param("terminal", 7, "", False, id="terminal"),
    ],
)
def test_an_app_is_mounted_where_a_server_is_and_private_where_that_has_the_extension(
    front_end: FrontEnd, extension_pid: int | None, mount: str, has_extension: bool
) -> None:
    around = Surroundings(
        front_end=front_end,
        kernel_id="k-1",
        notebook="",
        extension=ServerExtension(is_enabled=True),
        server=ServerClues(extension="/", extension_pid=extension_pid, parent_pid=7),
    )
    assert (around.mount_of("app"), around.has_extension) == (mount, has_extension)


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_users_own_configuration_has_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_enabled: bool
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    file = tmp_path / "jupyter_server_config.json"
    file.write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"nbflask": is_enabled}}}),
        encoding="utf-8",
    )
    assert read_extension() == ServerExtension(is_enabled=is_enabled, file=str(file))


@pytest.mark.usefixtures("jupyter_data")
def test_each_notebook_has_a_key_of_its_own() -> None:
    key = read_secret_key("a.ipynb")
    assert read_secret_key("a.ipynb") == key
    assert read_secret_key("b.ipynb") != key
    assert rotate_secret_key("a.ipynb") != key
    assert (len(key), repr(key), f"{key!r}") == (64, "'********'", "'********'")


def test_a_key_lasts_as_long_as_the_kernel_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "not a directory"
    file.touch()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(file))
    assert len(read_secret_key("a.ipynb")) == 64


def test_a_cell_is_named_by_its_first_line() -> None:
    assert label_of("\n  %%route /hello\nreturn 1") == "%%route /hello"
    assert label_of("") == ""
    assert len(label_of("x" * 1000)) == MAX_LABEL_CHARS
