"""The debugger opens in the user's frame that failed, within the request, and leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, abort, g, has_app_context, has_request_context, request, session
from IPython.core.debugger import Pdb
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nbflask.errors import RecordError
from nbflask.inspector.debugging import post_mortem
from nbflask.recorder import Recorder

if TYPE_CHECKING:
    from flask.testing import FlaskClient

Debug = Callable[..., str]


@pytest.fixture
def app() -> Flask:
    """Give an app that fails in several ways."""
    app = Flask("failing")
    app.secret_key = "k"

    @app.before_request
    def note() -> None:
        g.user = "ann"

    @app.post("/items/<int:number>")
    def item(number: int) -> str:
        session["seen"] = number
        name = request.form["name"]
        return fail(name, {})

    @app.get("/json")
    def read() -> Any:
        return json.loads("{broken")

    @app.get("/gone")
    def gone() -> str:
        abort(404)

    @app.get("/")
    def index() -> str:
        return "fine"

    return app


def fail(name: str, found: dict[str, str]) -> str:
    """Fail below the view."""
    return found[name]


@pytest.fixture
def recorder(app: Flask) -> Iterator[Recorder]:
    """Record the app."""
    with Recorder(app) as attached:
        yield attached


@pytest.fixture
def client(app: Flask, recorder: Recorder) -> FlaskClient:  # noqa: ARG001
    """Give a client of the recorded app."""
    return app.test_client()


@pytest.fixture
def debug(
    recorder: Recorder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Debug]:
    """Give a function that types commands, and gives what the debugger printed."""
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance(config=config, colors="nocolor")

    def run(*commands: str, number: int | None = None, **settings: Any) -> str:
        class Typed(Pdb):  # type: ignore[misc,unused-ignore]
            def preloop(self) -> None:
                self.cmdqueue = [*commands, "q"]

        monkeypatch.setattr(InteractiveShell, "debugger_cls", Typed)
        capsys.readouterr()
        try:
            post_mortem(recorder, number, shell=shell, **settings)
        finally:
            assert not has_request_context()
            assert not has_app_context()
        return capsys.readouterr().out

    yield run
    InteractiveShell.clear_instance()


def test_the_frame_that_failed_is_the_first(client: FlaskClient, debug: Debug) -> None:
    client.post("/items/7", data={"name": "Ada"})
    out = debug("p name, found", "u", "p number", "u")
    assert "KeyError in exchange 1: POST /items/7" in out
    assert "('Ada', {})" in out
    # Above the view there are Flask's frames only.
    assert out.splitlines().count("7") == 1
    assert "Oldest frame" in out


def test_request_session_and_g_are_those_of_the_request(client: FlaskClient, debug: Debug) -> None:
    client.post("/items/7?page=2", data={"name": "Ada"})
    out = debug(
        "from flask import g, request, session, url_for",
        "p request.path, request.args['page'], request.form['name'], request.view_args",
        "p dict(session), g.user",
        "p url_for('index')",
    )
    assert "('/items/7', '2', 'Ada', {'number': 7})" in out
    assert "({'seen': 7}, 'ann')" in out
    assert "'/'" in out


def test_what_is_done_in_the_debugger_is_not_the_exchanges(
    client: FlaskClient, debug: Debug, recorder: Recorder
) -> None:
    client.post("/items/7", data={"name": "Ada"})
    before = recorder.exchange(1)
    debug("from flask import session", "session['more'] = 1")
    assert recorder.exchange(1) == before
    assert len(recorder.exchanges()) == 1


def test_a_context_is_popped_when_the_debugger_breaks_off(
    client: FlaskClient, debug: Debug, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/items/7", data={"name": "Ada"})

    def break_off(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(Pdb, "interaction", break_off)
    with pytest.raises(SystemExit):
        debug()


def test_frames_of_libraries_are_shown_where_they_are_asked_for(
    client: FlaskClient, debug: Debug
) -> None:
    client.get("/json")
    assert "json.loads" in debug("p 'at', __name__").split("at")[0]
    assert "JSONDecodeError" in debug("ll", all_frames=True)


def test_the_newest_failure_is_meant_where_none_is_named(client: FlaskClient, debug: Debug) -> None:
    client.post("/items/1", data={"name": "Ada"})
    client.post("/items/2", data={"name": "Ada"})
    client.get("/")
    assert "KeyError in exchange 2: POST /items/2" in debug()


def test_of_an_older_failure_it_is_said_how_to_have_it_again(
    client: FlaskClient, debug: Debug
) -> None:
    client.post("/items/1", data={"name": "Ada"})
    client.post("/items/2", data={"name": "Ada"})
    with pytest.raises(RecordError, match=r"exchange 1 are gone: .*`%flask_replay 1`"):
        debug(number=1)


@pytest.mark.parametrize("path", ["/", "/gone"])
def test_what_has_not_failed_is_not_debugged(client: FlaskClient, debug: Debug, path: str) -> None:
    client.get(path)
    with pytest.raises(RecordError, match="No exchange has failed"):
        debug()
    client.post("/items/1", data={"name": "Ada"})
    with pytest.raises(RecordError, match=r"Exchange 1 raised nothing|The frames of exchange 1"):
        debug(number=1)
    with pytest.raises(RecordError, match="Exchange 9 is not recorded"):
        debug(number=9)


def test_without_somebody_who_types_it_is_refused(
    client: FlaskClient, debug: Debug, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/items/1", data={"name": "Ada"})
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(RecordError, match="The debugger needs somebody who types"):
        debug()


def test_outside_of_ipython_it_is_refused(client: FlaskClient, recorder: Recorder) -> None:
    client.post("/items/1", data={"name": "Ada"})
    InteractiveShell.clear_instance()
    with pytest.raises(RecordError, match="The debugger is IPython's"):
        post_mortem(recorder)
