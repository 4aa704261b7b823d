"""What an error in a view shows: the lines of whoever wrote the view."""

from __future__ import annotations

from flask import Flask
from jinja2 import DictLoader

from nbflask.server.tracebacks import render


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
