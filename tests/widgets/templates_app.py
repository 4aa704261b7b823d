"""An app with templates of all kinds: inheritance, includes, macros, a blueprint's, faults."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

import nbflask

TEMPLATES = {
    "base.html": """\
<!doctype html>
<title>{% block title %}A shop{% endblock %}</title>
<style>body { font-family: sans-serif } h1 { color: #a04020 }</style>
<nav>{{ site }}{% if g.user %} · {{ g.user }}{% endif %}</nav>
<main>{% block content required %}{% endblock %}</main>
""",
    "hello.html": """\
{% extends "base.html" %}
{% import "parts/forms.html" as forms %}
{# Greets one visitor. #}
{% block title %}Hello, {{ name|title }}!{% endblock %}
{% block content %}
  <h1>Hello, {{ name }}!</h1>
  <p>You looked for {{ q|safe }}, {{ nickname }}.</p>
  {% for item in cart.things %}
    {% include "parts/row.html" %}
  {% endfor %}
  {{ forms.button("Buy", kind="main") }}
{% endblock %}
""",
    "parts/row.html": "<p>{{ item.name }}: {{ '%.2f'|format(item.price) }} €</p>",
    "parts/forms.html": """\
{% macro button(text, kind='plain', size=none) %}
<button class="{{ kind }}">{{ text }}</button>
{% endmacro %}
""",
    "broken.html": """\
{% extends "base.html" %}
{% block content %}
  <p>{{ cart.things|map(
      attribute="name")
      |join(separator)
      |shout }}</p>
{% endblock %}
""",
    "page.html": "{% extends layout %}{% block content %}{{ text }}{% endblock %}",
    "mail/hello.txt": "Hello, {{ name }}!\nYour order: {{ cart.things|length }} things.\n",
}


def build_app() -> nbflask.Flask:
    """Make the app."""
    app = nbflask.Flask("shop")
    app.config["SECRET_KEY"] = "a-key-that-nobody-may-see"
    app.templates.update(TEMPLATES)
    shop = Blueprint("shop", __name__)
    cart = {"things": [{"name": "Tea", "price": 4.5}, {"name": "Milk", "price": 1.2}], "id": 7}

    @app.before_request
    def find_user() -> None:
        g.user = "ada@example.org"

    @app.context_processor
    def name_site() -> dict[str, str]:
        return {"site": "The Tea Shop"}

    @app.template_filter("shout")
    def shout(text: str) -> str:
        return str(1 / len(text[:0]))

    @app.get("/hello/<name>")
    def hello(name: str) -> str:
        q = request.args.get("q", "")
        return render_template(
            "hello.html", name=name, q=q, cart=cart, api_token="tok-123456789", shop=shop
        )

    @app.get("/broken")
    def broken() -> str:
        return render_template("broken.html", cart=cart, separator=", ")

    app.register_blueprint(shop)
    return app
