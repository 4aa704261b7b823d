"""Apps with templates of every kind, each with a recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template, request, session

import nbflask
from nbflask.inspector.templates import Templates
from nbflask.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {
    "base.html": "<title>{% block title %}{{ site }}{% endblock %}</title>\n"
    "<main>{% block content required %}{% endblock %}</main>",
    "page.html": "{% extends 'base.html' %}\n"
    "{% import 'forms.html' as forms %}\n"
    "{% block content %}\n"
    "{% for item in items %}{% include 'row.html' %}{% endfor %}\n"
    "{{ forms.button('Buy') }} {{ name }}\n"
    "{% endblock %}",
    "row.html": "<p>{{ item }}</p>",
    "forms.html": "{% macro button(text, kind='plain', size=none) %}[{{ text }}]{% endmacro %}",
}


def build_app(sources: dict[str, str] | None = None, root: Path | None = None) -> nbflask.Flask:
    """Make an app with a view ``/show/<template>``, which hands the query on as a context.

    :param sources: Kept in the app itself.
    :param root: Its folder.
    """
    app = nbflask.Flask("shop", root_path=None if root is None else str(root))
    app.config["SECRET_KEY"] = "the-key-of-this-very-app"
    app.templates.update(SOURCES if sources is None else sources)

    @app.before_request
    def find_user() -> None:
        g.user = "ada"

    @app.context_processor
    def name_site() -> dict[str, str]:
        return {"site": "The Shop"}

    @app.route("/show/<path:template>", methods=["GET", "POST"])
    def show(template: str) -> str:
        session["count"] = session.get("count", 0) + 1
        context: dict[str, Any] = {"items": ["tea"], **request.args.to_dict(), **app.extra}
        return render_template(template, **context)

    app.extra = {}
    return app


#: Detached when the test ends.
attached: list[Recorder] = []


def look(app: nbflask.Flask, *paths: str) -> Templates:
    """Record requests, and look at the templates afterwards."""
    recorder = Recorder(app)
    recorder.attach()
    attached.append(recorder)
    client = app.test_client()
    for path in paths:
        client.get(path)
    return Templates(app, recorder)


def shop_blueprint(folder: Path) -> Blueprint:
    """Make a blueprint with a folder of templates."""
    return Blueprint("shop", __name__, template_folder=str(folder))
