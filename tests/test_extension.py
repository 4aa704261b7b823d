"""Loading changes the notebook, and unloading puts everything back."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import flask
import flask.app
import flask.blueprints
import pytest

import nbflask
from nbflask.errors import AppError
from tests.magics.conftest import jupyter_data, shell

if TYPE_CHECKING:
    from tests.magics.shell import Shell

__all__ = ["jupyter_data", "shell"]


def what_loading_changes(shell: Shell) -> dict[str, Any]:
    """Give all that loading changes, as values to compare."""
    ip = shell.ip
    events = ip.events.callbacks
    return {
        "Flask": flask.Flask,
        "Blueprint": flask.Blueprint,
        "run": flask.app.Flask.run,
        "test_client": flask.app.Flask.test_client,
        "default_config": nbflask.Flask.default_config,
        "line magics": set(ip.magics_manager.magics["line"]),
        "cell magics": set(ip.magics_manager.magics["cell"]),
        "registry": set(ip.magics_manager.registry),
        "matchers": list(ip.Completer.custom_matchers),
        "before cells": list(events["pre_run_cell"]),
        "after cells": list(events["post_run_cell"]),
        "exceptions": (sys.excepthook, threading.excepthook),
        "interval": sys.getswitchinterval(),
        "streams": (sys.stdout, sys.stderr),
        "names": {name for name in ip.user_ns if not name.startswith("_")},
        "threads": {each.name for each in threading.enumerate()},
    }


def test_unloading_puts_everything_back(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    before = what_loading_changes(shell)
    shell.run("%load_ext nbflask")
    loaded = what_loading_changes(shell)
    assert loaded["Flask"] is nbflask.Flask
    shell.run("%%route /\n'here'")
    shell.run("%flask_run")
    shell.run("%unload_ext nbflask")
    assert what_loading_changes(shell) == before


def test_unloading_leaves_what_the_user_has_made(shell: Shell) -> None:
    shell.run("from flask import Flask, session\nsession = 3\napp = Flask('mine')\nmine = app")
    shell.run("%unload_ext nbflask")
    names = shell.ip.user_ns
    assert names["session"] == 3
    assert names["app"] is names["mine"]


def test_loading_leaves_names_that_are_taken(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    shell.run("session = 'mine'\napp = 'mine too'")
    shell.run("%load_ext nbflask")
    assert (shell.names["session"], shell.names["app"]) == ("mine", "mine too")
    assert shell.names["request"] is flask.request


def test_an_app_that_is_there_is_taken(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    shell.run("import flask\nsite = flask.Flask('site')")
    shell.run("%load_ext nbflask")
    assert "app" not in shell.names
    assert shell.run("%flask_app").text == "The current app is 'site', with 1 route."
    assert shell.run("%%route /\n1").error == (
        "AppError: The app 'site' was made before `%load_ext nbflask`, so cells cannot change it. "
        "Run the cell that makes it again."
    )


def test_a_class_imported_before_loading_makes_live_apps(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    shell.run("from flask import Flask, Blueprint")
    shell.run("%load_ext nbflask")
    shell.run("app = Flask('app')")
    assert type(shell.names["app"]) is nbflask.Flask
    shell.run("%unload_ext nbflask")
    assert shell.names["Flask"] is flask.app.Flask
    assert shell.names["Blueprint"] is flask.blueprints.Blueprint


def test_reloading_works(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    assert shell.run("%reload_ext nbflask").error == ""
    shell.run("%%route /\n'again'")
    assert shell.get("/") == (200, "again")


def test_reloading_keeps_routes_servers_and_previews(shell: Shell) -> None:
    shell.run("%%route /\n'here'", cell_id="view")
    preview = shell.run("%flask_run", cell_id="run").result
    app, url = shell.names["app"], shell.notebook.url()
    shell.run("del request")
    assert shell.run("%reload_ext nbflask", cell_id="load").error == ""
    assert (shell.names["app"], shell.names["request"]) == (app, flask.request)
    assert (shell.get("/"), shell.notebook.url()) == ((200, "here"), url)
    shell.run("%%route /\n'there'", cell_id="view")
    assert (shell.get("/"), preview.state, preview.version) == ((200, "there"), "running", 1)


def test_unloading_after_reloading_puts_everything_back(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    before = what_loading_changes(shell)
    for cell in ("%load_ext nbflask", "%reload_ext nbflask", "%flask_run", "%reload_ext nbflask"):
        shell.run(cell)
    shell.run("%unload_ext nbflask")
    assert what_loading_changes(shell) == before


def test_routes_in_the_cell_that_loads_belong_to_it(shell: Shell) -> None:
    cell = "%load_ext nbflask\nfrom flask import Flask\napp = Flask('one')\n"
    shell.run("%unload_ext nbflask")
    shell.run(f"{cell}@app.get('/')\ndef index():\n    return 'old'", cell_id="first")
    shell.run(f"{cell}@app.get('/')\ndef index():\n    return 'new'", cell_id="first")
    assert shell.get("/") == (200, "new")


def test_without_the_extension_its_functions_say_how_to_load_it(shell: Shell) -> None:
    shell.run("%unload_ext nbflask")
    with pytest.raises(AppError, match=r"nbflask is not loaded here\. Write `%load_ext nbflask`"):
        nbflask.run()


def test_the_functions_do_what_the_magics_do(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    assert repr(nbflask.run(shell.names["app"], show=False)) == "The app 'app' is running."
    assert repr(nbflask.run()) == "Preview(app, '/')"
    assert repr(nbflask.stop()) == "The app 'app' is stopped."


def test_importing_the_package_imports_no_library() -> None:
    code = (
        "import sys, nbflask; dir(nbflask); "
        "print({'flask', 'IPython', 'tornado', 'werkzeug'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_every_public_name_is_found() -> None:
    for name in ("Blueprint", "Flask", "Notebook", "get_notebook", "run", "stop"):
        assert name in dir(nbflask)
        assert getattr(nbflask, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = nbflask.nonsense


def test_an_app_is_recorded_in_the_cell_that_makes_it(shell: Shell) -> None:
    shell.run(
        "from flask import Flask\n"
        "solo = Flask('solo')\n"
        "solo.add_url_rule('/', view_func=lambda: 'solo')\n"
        "answer = solo.test_client().get('/').text"
    )
    found = shell.run("%flask_requests --app solo").result
    assert [each.response.text for each in found] == ["solo"]
