"""The server's magics, with real servers on ports that the system chooses."""

from __future__ import annotations

import os
import socket
import threading
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from nbflask.notebook import get_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.magics.shell import Shell


def fetch(path: str = "") -> str:
    """Ask the current app over its port."""
    url, _question, query = get_notebook().url().partition("?")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(f"{url}{path}?{query}", timeout=30) as response:
        text: str = response.read().decode()
    return text


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_an_app_without_routes_says_so_when_it_runs(shell: Shell) -> None:
    shell.run("bare = Flask('bare')")
    said = "The app 'bare' has no routes yet. Write a `%%route /` cell."
    assert shell.run("%flask_run bare --no-preview").stdout.splitlines() == [said]
    shell.run("%%route / --app bare\n'here'")
    assert shell.run("%flask_run bare --no-preview").stdout == ""


def test_running_shows_a_preview_and_serves_the_app(shell: Shell) -> None:
    shell.run("%%route /hello\n'hello'")
    ran = shell.run("%flask_run")
    assert ran.text == "Preview(app, '/hello')"
    assert fetch("hello") == "hello"


def test_a_view_is_replaced_while_the_server_runs(shell: Shell) -> None:
    shell.run("%%route /\n'old'", cell_id="a")
    shell.run("%flask_run --no-preview")
    assert fetch() == "old"
    shell.run("%%route /\n'new'", cell_id="a")
    assert fetch() == "new"


def test_what_is_said_of_the_server_is_the_same_in_every_run(shell: Shell) -> None:
    said = [
        shell.run(each).text
        for each in (
            "%flask_run --no-preview",
            "%flask_run --no-preview",
            "%flask_status",
            "%flask_restart",
            "%flask_stop",
            "%flask_stop",
            "%flask_status",
        )
    ]
    assert said == [
        "The app 'app' is running.",
        "The app 'app' was running already.",
        "app  current  server   address\napp  current  running",
        "The app 'app' is running.",
        "The app 'app' is stopped.",
        "The app 'app' was not running.",
        "app  current  server   address\napp  current  stopped",
    ]


def test_fifty_runs_leave_one_server_and_no_thread_or_descriptor_more(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    shell.run("%flask_run", cell_id="run")
    url = shell.notebook.url()
    fetch()
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(50):
        assert shell.run("%flask_run", cell_id="run").error == ""
    assert shell.notebook.url() == url
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors  # noqa: PTH208
    assert len(shell.notebook.previews) == 1
    assert fetch() == "here"


def test_a_taken_port_is_an_error_that_names_it(shell: Shell, taken_port: int) -> None:
    ran = shell.run(f"%flask_run --port {taken_port}")
    assert ran.error == (
        f"ServerError: Port {taken_port} is taken by another program. "
        "Stop it, or name port 0 to let the system choose."
    )
    assert shell.run("%flask_run --no-preview").text == "The app 'app' is running."


def test_a_server_that_cannot_move_stays_where_it_is(shell: Shell, taken_port: int) -> None:
    shell.run("%%route /\n'here'")
    shell.run("%flask_run --no-preview")
    url = shell.notebook.url()
    assert shell.run(f"%flask_run --port {taken_port}").error.startswith("ServerError: Port")
    assert shell.notebook.url() == url
    assert fetch() == "here"


def test_an_app_gives_its_port_to_itself_at_another_host(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    shell.run("%flask_run --port 0 --no-preview")
    url, port = shell.notebook.url(), shell.notebook.serving("app").port
    assert shell.run(f"app.run(host='203.0.113.1', port={port})").error.startswith("ServerError")
    assert (shell.notebook.url(), fetch()) == (url, "here")
    assert shell.run(f"app.run(host='0.0.0.0', port={port})").error == ""
    assert fetch() == "here"
    shell.run("%flask_stop")
    assert shell.run(f"%flask_run --no-preview --port {port}").error == ""


def test_a_restart_keeps_a_port_that_was_asked_for(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    shell.run("%flask_run --port 0 --no-preview")
    url = shell.notebook.url()
    shell.run("%flask_restart")
    assert shell.notebook.url() == url
    assert fetch() == "here"


def test_a_port_that_was_asked_for_is_named(shell: Shell) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    said = [
        shell.run(each).text
        for each in (
            f"%flask_run --no-preview --port {port}",
            "%flask_run --no-preview",
            "%flask_status",
            "%flask_restart",
        )
    ]
    assert said == [
        f"The app 'app' is running at {url}.",
        f"The app 'app' was running already at {url}.",
        f"app  current  server   address\napp  current  running  {url}",
        f"The app 'app' is running at {url}.",
    ]
    shell.run(f"app.run(port={port})")
    assert shell.shown == [f"The app 'app' is running at {url}.", "Preview(app, '/')"]


def test_a_port_of_the_systems_choice_is_not_named(shell: Shell) -> None:
    shell.run("%flask_run --no-preview --port 0")
    assert shell.run("%flask_restart").text == "The app 'app' is running."
    assert shell.run("%flask_status").text.endswith("running")


def test_a_terminal_is_given_the_url_of_a_page(shell: Shell) -> None:
    shell.run("%%route /\n'index'")
    shell.run("%%route /hello\nrequest.args.get('n', 'hello')")
    around = replace(shell.notebook.surroundings, front_end="terminal")
    shell.notebook.surroundings = around
    pages = []
    for path in ("", "/hello", "/hello?n=3#end"):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(shell.run(f"%flask_preview {path}").text, timeout=30) as response:
            pages.append(response.read().decode())
    assert pages == ["index", "hello", "3"]


def test_running_opens_the_first_page_whatever_was_shown_before(shell: Shell) -> None:
    shell.run("%%route /e\n'e'")
    shell.run("%%route / --defaults '{\"n\": 1}'\nstr(n)")
    assert shell.run("%flask_preview /e").text == "Preview(app, '/e')"
    assert shell.run("%flask_run").text == "Preview(app, '/')"


def test_two_apps_run_side_by_side(shell: Shell) -> None:
    shell.run("%%route /\n'app'")
    shell.run("%flask_run --no-preview")
    shell.run("%flask_app shop")
    shell.run("%%route /\n'shop'")
    shell.run("%flask_run --no-preview")
    assert fetch() == "shop"
    shell.run("%flask_app app")
    assert fetch() == "app"
    shell.run("%flask_stop shop")
    assert fetch() == "app"
    assert [each.is_running for each in shell.notebook.status()] == [True, False]


def test_an_app_made_anew_is_served_at_once(shell: Shell) -> None:
    shell.run("%%route /\n'old'")
    shell.run("%flask_run --no-preview")
    shell.run("app = Flask('another')\n@app.get('/')\ndef index():\n    return 'new'")
    assert fetch() == "new"


def test_a_preview_reloads_when_a_cell_changed_the_app(shell: Shell) -> None:
    shell.run("%%route /\n'old'", cell_id="view")
    preview = shell.run("%flask_preview /", cell_id="preview").result
    assert (preview.state, preview.version) == ("running", 0)
    shell.run("1 + 1", cell_id="other")
    assert preview.version == 0
    shell.run("%%route /\n'new'", cell_id="view")
    assert preview.version == 1
    shell.run("%flask_stop")
    assert preview.state == "stopped"
    shell.run("%flask_run --no-preview")
    assert (preview.state, preview.direct_url) == ("running", shell.notebook.url())


def test_a_cell_that_failed_reloads_nothing(shell: Shell) -> None:
    shell.run("%%route /\n'old'", cell_id="view")
    preview = shell.run("%flask_preview /", cell_id="preview").result
    shell.run("@app.get('/')\ndef index():\n    return 'new'\n1/0", cell_id="view")
    assert preview.version == 0


def test_app_run_serves_in_the_background_and_returns(shell: Shell) -> None:
    shell.run("%%route /\n'here'")
    ran = shell.run("done = app.run(debug=True, use_reloader=False)")
    assert (ran.error, shell.names["done"], shell.names["app"].debug) == ("", None, True)
    assert shell.shown == ["Preview(app, '/')"]
    assert fetch() == "here"


def test_app_run_takes_the_port_that_it_names(shell: Shell, taken_port: int) -> None:
    ran = shell.run(f"app.run(port={taken_port})")
    assert ran.error.startswith(f"ServerError: Port {taken_port} is taken by another program.")


def test_a_session_lasts_from_one_request_to_the_next(shell: Shell) -> None:
    shell.run("%%route /\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])")
    client = shell.notebook.client()
    assert [client.get("/").text, client.get("/").text] == ["1", "2"]


def test_the_secret_key_lasts_and_is_not_shown(shell: Shell, jupyter_data: Path) -> None:
    key = shell.names["app"].config["SECRET_KEY"]
    (file,) = (jupyter_data / "nbflask" / "keys").iterdir()
    assert file.read_text() == key
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert key not in shell.run("app.config").text
    shell.run("%reload_ext nbflask")
    assert shell.names["app"].config["SECRET_KEY"] == key


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("%flask_run --prot 1", "OptionError: %flask_run has no option '--prot'. "
         "Did you mean '--port'?"),
        ("%flask_run --port x", "OptionError: 'x' is not a port. "
         "Write a number from 0 to 65535."),
        ("%flask_run --height tall", "OptionError: 'tall' is not a height. "
         "Write whole pixels, such as 400."),
        ("%flask_run ap", "AppError: The notebook has no app 'ap'. Did you mean 'app'? "
         "Make it with `%flask_app ap`."),
        ("%flask_run g", "AppError: 'g' is of type LocalProxy, not a Flask app. Known: app."),
        ("%flask_run --host 0.0.0.0", "OptionError: --host 0.0.0.0 needs a --port, which a host "
         "alone does not name. Write `%flask_run --host 0.0.0.0 --port 5000`."),
        ("%flask_preview hello", "OptionError: 'hello' is not a path of the app. "
         "Write '/hello'."),
        ("%flask_run --host 203.0.113.1 --port 0", "ServerError: The host '203.0.113.1' is not "
         "an address of this machine (Cannot assign requested address). Name '127.0.0.1'."),
        ("%flask_stop aap", "AppError: The notebook has no app 'aap'. Did you mean 'app'? "
         "Make it with `%flask_app aap`."),
        ("%flask_restart --now", "OptionError: %flask_restart takes no options, so '--now' means "
         "nothing to it. Leave it out."),
        ("%flask_status app", "OptionError: %flask_status does not know what to do with 'app'. "
         "For example: %flask_status"),
        ("%flask_preview / --hight 3", "OptionError: %flask_preview has no option '--hight'. "
         "Did you mean '--height'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_remedy(shell: Shell, cell: str, error: str) -> None:
    assert shell.run(cell).error == error
