"""What an error in a view shows: the lines of whoever wrote the view."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader

from nbflask.server.tracebacks import HAS_BEGUN, describe_request, identify, render


def _catch(app: Flask, path: str) -> BaseException:
    app.config["PROPAGATE_EXCEPTIONS"] = True
    try:
        app.test_client().get(path)
    except ZeroDivisionError as error:
        return error
    raise AssertionError("nothing was raised")


def _functions(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.lstrip().startswith("File ")]
    return [line.rpartition(" in ")[2] for line in lines]


def test_frames_of_flask_and_werkzeug_are_left_out() -> None:
    app = Flask("app")

    @app.get("/")
    def fail() -> str:
        return str(1 / 0)

    text = render(_catch(app, "/"), None)
    assert _functions(text)[-1] == "fail"
    assert "flask/app.py" not in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


def test_the_line_of_a_template_is_shown() -> None:
    app = Flask("app")
    app.jinja_loader = DictLoader({"page.html": "<p>\n{{ 1 / 0 }}"})

    @app.get("/")
    def page() -> str:
        from flask import render_template

        return render_template("page.html")

    text = render(_catch(app, "/"), None)
    assert "page.html" in text
    assert "jinja2/environment.py" not in text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/e", "/e"),
        ("/caf\xc3\xa9", "/café"),
        ("/\x1b[31m\r\n", r"/\x1b[31m\r\n"),
        ("/\xe2\x80\xae", r"/\u202e"),
        ("/" + "a" * 300, "/" + "a" * 199 + "…"),
    ],
)
def test_a_request_is_named_by_its_method_and_path(path: str, shown: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "token=secret"}
    assert describe_request(environ) == f"GET {shown} -> 500"


def test_a_response_that_had_begun_ended_early() -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/s", HAS_BEGUN: True}
    assert describe_request(environ) == "GET /s -> ended early"


def test_errors_are_the_same_by_their_type_text_and_lines() -> None:
    app = Flask("app")

    @app.get("/<int:a>")
    def fail(a: int) -> str:
        if a > 5:
            return str(a / 0)
        return str(a / (0 if a else 0.0))

    assert identify(_catch(app, "/1")) == identify(_catch(app, "/2"))
    assert identify(_catch(app, "/1")) != identify(_catch(app, "/0")), "another text"
    assert identify(_catch(app, "/1")) != identify(_catch(app, "/6")), "another line"
