from __future__ import annotations

import re
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest

from nbflask.cli import main

from .command import PATIENCE_S, Command, get, run_command, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


def url_of(line: str) -> str:
    """Give the URL in what the command says."""
    found = re.search(r"http://\S+/", line)
    assert found, line
    return found[0]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Give the folder that the command has for temporary files, which is to be empty again."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def test_a_saved_notebook_is_served_anew_unless_it_is_broken(
    tmp_path: Path, temporary: Path
) -> None:
    notebook = write_notebook(tmp_path / "shop.ipynb", "%%route /\nreturn 'one'")
    options = ["--port", "0", "--reload", "--workers", "2"]
    with Command("serve", str(notebook), *options, TMPDIR=str(temporary)) as command:
        url = url_of(command.wait_for("is served at"))
        assert get(url)[1] == "one"
        assert len(command.workers()) == 3

        write_notebook(notebook, "%%route /\nreturn 'two'")
        command.wait_for("it is served anew")
        assert get(url)[1] == "two"

        write_notebook(notebook, "%%route /\nreturn (")
        told = command.wait_for("The app stays as it was.")
        assert "In cell 2 (%%route /): Line 2" in told
        write_notebook(notebook, "%%route /\nreturn 'three'", "app.config['X'] = unheard_of")
        told = command.wait_for("The app stays as it was.")
        assert told.startswith(
            "The app does not start: In cell 3 (app.config['X'] = unheard_of): NameError: name "
            "'unheard_of'"
        )
        assert get(url)[1] == "two"

        workers = command.workers()
        assert command.end(signal.SIGTERM) == 0
        assert [each for each in workers if each.is_running()] == []
    assert sorted(each.name for each in tmp_path.iterdir()) == ["shop.ipynb", "temporary"]
    assert list(temporary.iterdir()) == []


def test_without_gunicorn_werkzeug_serves_and_says_so(tmp_path: Path, temporary: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "gunicorn.py").write_text("raise ImportError('no gunicorn here')")
    view = "%%route /\nwhile True:\n    yield 'more'"
    notebook = write_notebook(tmp_path / "shop.ipynb", view)
    words = ["serve", str(notebook), "--port", "0"]
    with Command(*words, TMPDIR=str(temporary), PYTHONPATH=str(blocked)) as command:
        assert command.wait_for("gunicorn").startswith("gunicorn is not there, so this is Werkzeug")
        port = int(url_of(command.wait_for("is served at")).rstrip("/").rpartition(":")[2])
        with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_S)) as stream:
            stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert stream.recv(100)
            workers = command.workers()
            # An interrupt ends it even while it answers.
            assert command.end(signal.SIGINT) == 0
        assert [each for each in workers if each.is_running()] == []
    assert list(temporary.iterdir()) == []


def test_the_app_has_a_secret_key_and_the_files_beside_the_notebook(
    tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "prices.txt").write_text("42")
    (tmp_path / "names.py").write_text("shop = 'Corner'")
    notebook = write_notebook(
        tmp_path / "shop.ipynb",
        "import os\nfrom pathlib import Path\nfrom flask import session, current_app\n"
        "import names\napp.secret_key = os.environ['SECRET_KEY']",
        "%%route /in\nsession['user'] = 'Ada'\nreturn Path('prices.txt').read_text() + names.shop",
        "%%route /me\nPath(current_app.instance_path, 'seen').write_text('yes')\n"
        "return session['user']",
    )
    words = ["serve", str(notebook), "--port", "0", "--workers", "2"]
    with Command(*words, TMPDIR=str(temporary)) as command:
        command.wait_for("SECRET_KEY is not set: this run makes one")
        url = url_of(command.wait_for("is served at"))
        _, text, fields = get(f"{url}in")
        assert text == "42Corner"
        cookie = fields["Set-Cookie"].partition(";")[0]
        # Whichever worker answers, it reads what another has signed.
        assert {get(f"{url}me", Cookie=cookie)[1] for _ in range(8)} == {"Ada"}
        started = command.workers()
        command.process.kill()
        # Whoever kills it leaves no server behind.
        _, alive = psutil.wait_procs(started, PATIENCE_S)
        assert alive == []
    assert (tmp_path / "instance" / "seen").read_text() == "yes"


def test_what_cannot_be_served_is_said_in_a_line(tmp_path: Path) -> None:
    notebook = write_notebook(
        tmp_path / "shop.ipynb", "import os\napp.config['A'] = os.environ['SHOP_URL']"
    )
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_command("serve", str(notebook), "--port", port)
    assert (done.returncode, done.stderr) == (
        1,
        f"nbflask: Port {port} is taken by another program. Stop it, or use --port 0 to let the "
        "system choose.\n",
    )
    done = run_command("serve", str(notebook), "--port", "0")
    assert (done.returncode, done.stderr) == (
        1,
        "nbflask: The app reads SHOP_URL from the environment, where is no such variable. Set it "
        "on the same line, before the command: `SHOP_URL=...`.\n",
    )
    write_notebook(notebook, "app.config['A'] = 1 / 0")
    done = run_command("serve", str(notebook), "--port", "0", "--workers", "2")
    traces = [each for each in done.stderr.splitlines() if each.startswith("  File")]
    assert [each.partition(", line")[0].rpartition("/")[2] for each in traces[:2]] == [
        *('wsgi.py"', 'app.py"'),
    ]
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last) == (
        1,
        "nbflask: The app does not start: In cell 2 (app.config['A'] = 1 / 0): ZeroDivisionError: "
        "division by zero.",
    )


@pytest.mark.parametrize("host", ["no.such.host.invalid", ""])
def test_a_host_that_is_none_is_said_in_a_line(
    tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = write_notebook(tmp_path / "shop.ipynb", "%%route /\nreturn 'home'")
    assert main(["serve", str(notebook), "--host", host]) == 1
    assert capsys.readouterr().err == (
        f"nbflask: {host!r} is no host that is known here. Use 127.0.0.1, or 0.0.0.0 for all.\n"
    )


@pytest.mark.parametrize("wanted", ["abc", "0", "-3", ""])
def test_a_number_of_workers_that_cannot_be_is_refused(
    tmp_path: Path,
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", wanted)
    notebook = write_notebook(tmp_path / "shop.ipynb", "%%route /\nreturn 'home'")
    assert main(["serve", str(notebook), "--port", "0"]) == 1
    assert capsys.readouterr().err == (
        f"nbflask: WEB_CONCURRENCY is {wanted!r} in the environment, which is no number of "
        "workers. Set it to 1 or more, or unset it.\n"
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "app.config['A'] = input()",
            "In cell 2 (app.config['A'] = input()): EOFError: EOF when reading a line",
        ),
        (
            "import os\napp.config['A'] = os._exit(0)",
            "its process has ended while the app was loaded",
        ),
    ],
)
def test_an_app_that_waits_or_ends_while_it_is_loaded_is_given_up(
    tmp_path: Path, source: str, reason: str
) -> None:
    notebook = write_notebook(tmp_path / "shop.ipynb", source)
    done = run_command("serve", str(notebook), "--port", "0")
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last) == (1, f"nbflask: The app does not start: {reason}.")


def test_data_are_set_up_before_there_are_workers(tmp_path: Path) -> None:
    setting_up = """\
import os, sqlite3, tempfile
folder = tempfile.TemporaryDirectory()
app.config["DB"] = f"{folder.name}/shop.db"
with sqlite3.connect(app.config["DB"]) as db:
    db.execute("CREATE TABLE loads (process)")
    if db.execute("SELECT count(*) FROM loads").fetchone()[0] < 9:
        db.execute("INSERT INTO loads VALUES (?)", (os.getpid(),))"""
    reading = """\
%%route /
with sqlite3.connect(app.config["DB"]) as db:
    first = db.execute("SELECT process FROM loads").fetchone()[0]
str(os.getppid() == int(first) or os.getpid() == int(first))"""
    notebook = write_notebook(tmp_path / "shop.ipynb", setting_up, reading)
    with Command("serve", str(notebook), "--port", "0", "--workers", "2") as command:
        url = url_of(command.wait_for("is served at"))
        assert len(command.workers()) == 3
        assert get(url)[1] == "False"
        assert command.end(signal.SIGTERM) == 0
    assert (tmp_path / "instance" / "shop.db").is_file()
