"""A recorder is put on an app and taken off again, and leaves nothing behind."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import flask
import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

import nbflask.app
from nbflask.app import Journal
from nbflask.errors import RecordError
from nbflask.recorder import Recorder, record, recorder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = pytest.mark.parametrize("kind", [flask.Flask, nbflask.app.Flask], ids=["plain", "live"])


def make(kind: type[flask.Flask]) -> flask.Flask:
    app = kind("app")
    app.secret_key = "key"
    app.add_url_rule("/", view_func=lambda: "x", endpoint="x")
    return app


def all_receivers() -> list[int]:
    signals = ("request_started", "request_finished", "before_render_template",
               "template_rendered", "message_flashed", "got_request_exception")  # fmt: skip
    return [len(getattr(flask, name).receivers) for name in signals]


class Upper:
    """Middleware that is seen in the response."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return [block.upper() for block in self.application(environ, start_response)]


@KINDS
def test_detach_leaves_the_app_as_it_was(kind: type[flask.Flask]) -> None:
    app = make(kind)
    app.session_interface = own = SecureCookieSessionInterface()
    app.test_client().get("/")
    names, receivers = dict(vars(app)), all_receivers()
    handle, write = logging.Logger.callHandlers, vars(sys.stdout).get("write")
    recorder = Recorder(app)
    for _ in range(2):
        recorder.attach()
        recorder.attach()
        app.test_client().get("/")
        assert recorder_of(app) is recorder
        assert app.session_interface is not own
        recorder.detach()
        recorder.detach()
        assert vars(app) == names
        assert (all_receivers(), recorder_of(app)) == (receivers, None)
        assert logging.Logger.callHandlers is handle
        assert vars(sys.stdout).get("write") is write
    app.test_client().get("/")
    assert len(recorder.exchanges()) == 2


@KINDS
def test_an_app_has_one_recorder_and_record_uses_it(kind: type[flask.Flask]) -> None:
    app = make(kind)
    with Recorder(app) as recorder:
        with pytest.raises(RecordError, match="is recorded already"):
            Recorder(app).attach()
        app.test_client().get("/")
        with record(app) as seen:
            app.test_client().get("/")
        app.test_client().get("/")
        assert [each.id for each in seen] == [2]
        assert recorder_of(app) is recorder


@KINDS
def test_middleware_is_within_what_is_recorded(kind: type[flask.Flask]) -> None:
    app = make(kind)
    app.wsgi_app = Upper(app.wsgi_app)  # type: ignore[method-assign]
    with record(app) as seen:
        assert app.test_client().get("/").text == "X"
    assert seen[0].response is not None
    assert seen[0].response.content.data == b"X"
    assert app.test_client().get("/").text == "X"


@KINDS
def test_middleware_put_on_while_recording_stays_on(kind: type[flask.Flask]) -> None:
    app = make(kind)
    with record(app) as seen:
        app.wsgi_app = Upper(app.wsgi_app)  # type: ignore[method-assign]
        assert app.test_client().get("/").text == "X"
    assert app.test_client().get("/").text == "X"
    with record(app) as again:
        assert app.test_client().get("/").text == "X"
    assert (len(seen), len(again)) == (1, 1)


@KINDS
def test_a_subclass_may_define_wsgi_app(kind: Any) -> None:
    class Own(kind):  # type: ignore[misc]
        def wsgi_app(self, environ: Any, start_response: Any) -> Any:
            return Upper(super().wsgi_app)(environ, start_response)

    app = make(Own)
    with record(app) as seen:
        assert app.test_client().get("/").text == "X"
    assert [each.route and each.route.rule for each in seen] == ["/"]


def test_attaching_in_a_cell_belongs_to_no_cell() -> None:
    app, journal = nbflask.app.Flask("app"), Journal()
    run = journal.begin("cell", source="cell")
    recorder = Recorder(app)
    recorder.attach()
    journal.finish(run, succeeded=False)
    assert recorder_of(app) is recorder
    run = journal.begin("cell", source="cell")
    app.session_interface = own = SecureCookieSessionInterface()
    journal.finish(run, succeeded=True)
    app.test_client().get("/")
    assert len(recorder.exchanges()) == 1
    recorder.detach()
    assert app.session_interface is own


def test_a_session_interface_set_later_is_followed() -> None:
    class Own(SecureCookieSessionInterface):
        """Another one."""

    app = make(flask.Flask)
    app.add_url_rule("/set", view_func=lambda: session.update(a=1) or "", endpoint="set")
    with record(app) as seen:
        app.session_interface = own = Own()
        app.test_client().get("/set")
        app.session_interface.salt = "other"
        assert isinstance(app.session_interface, Own)
    assert (own.salt, app.session_interface) == ("other", own)
    assert seen[0].session is not None
    assert (seen[0].session.backend, seen[0].session.after) == ("Own", {"a": 1})


def test_apps_within_apps_are_recorded_each_for_itself() -> None:
    outer, inner = make(flask.Flask), make(nbflask.app.Flask)
    client = Client(DispatcherMiddleware(outer, {"/inner": inner}))

    @outer.get("/call")
    def call() -> str:
        text = inner.test_client().get("/").text
        print("after the inner one")
        return text

    with record(outer) as outside, record(inner) as inside:
        client.get("/call")
        client.get("/inner/")
    assert [each.request.path for each in outside] == ["/call"]
    assert [each.request.script_name for each in inside] == ["", "/inner"]
    assert ([len(it.output) for it in outside], [len(it.output) for it in inside]) == ([1], [0, 0])


def test_a_pause_records_nothing() -> None:
    app = make(flask.Flask)
    with Recorder(app) as recorder:
        recorder.pause()
        app.test_client().get("/")
        assert not recorder.is_recording
        recorder.resume()
        app.test_client().get("/")
    assert len(recorder.exchanges()) == 1


def test_streams_that_come_and_go_are_followed() -> None:
    app = make(flask.Flask)
    app.add_url_rule("/say", view_func=lambda: print("said") or "", endpoint="say")
    mine = io.StringIO()
    with record(app) as seen:
        with redirect_stdout(mine):
            app.test_client().get("/say")
        app.test_client().get("/say")
    assert [[it.text for it in each.output] for each in seen] == [["said\n"], ["said\n"]]
    assert (mine.getvalue(), vars(mine)) == ("said\n", {})


def test_logging_stays_as_it_was() -> None:
    """A handler on the root would keep Flask from its own, and ``basicConfig`` from all it does."""
    code = """
import flask, logging
from nbflask.recorder import Recorder
app = flask.Flask("app")
app.add_url_rule("/", view_func=lambda: app.logger.warning("late") or "x", endpoint="x")
Recorder(app).attach()
app.test_client().get("/")
logging.getLogger("other").warning("shown by the last resort")
logging.basicConfig(format="%(message)s, by basicConfig")
logging.getLogger("other").warning("shown")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert lines[0].endswith("WARNING in <string>: late")
    assert lines[1:] == ["shown by the last resort", "shown, by basicConfig"]
