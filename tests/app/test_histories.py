"""After any history of cells the app answers as a plain Flask built from what survived."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import flask
import pytest
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from nbflask.app import Flask, Journal

# Of planted faults (rules out of order, views not pinned), one in eight histories or more shows
# each; histories that are shorter or have fewer cells show a tenth of that.
HISTORIES = 200
# Of 102, for each history; all of them for each would take 30 s.
QUESTIONS = 40
CELLS = "abcdef"

# Each rule's neighbours matter: with and without a slash, static beside variable parts.
RULES = (
    "/",
    "/a",
    "/a/",
    "/a/b",
    "/a/<name>",
    "/n/<int:number>",
    "/n/<name>",
    "/n/<int:number>/",
    "/p/<path:rest>",
    "/p/q",
    "/d/<name>/edit/",
)
METHODS = (("GET",), ("POST",), ("GET", "POST"), ("PUT",), ("DELETE", "GET"), ("OPTIONS", "GET"))
PATHS = (
    *("/", "/a", "/a/", "/a/b", "/a/c", "/a/b/", "/n/1", "/n/x", "/n/1/", "/n/x/", "/p/q"),
    *("/p/q/r", "/p/", "/d/x/edit", "/d/x/edit/", "//a", "/nowhere"),
)
ASKED = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
# Made once: Werkzeug's client would take three quarters of the time to make them again.
ENVIRONS = {
    f"{method} {path}": EnvironBuilder(path, method=method).get_environ()
    for path in PATHS
    for method in ASKED
}


class UnbuiltRule(Rule):
    """A rule of which no URL is built: compiling what builds it would take a third of the time."""

    def _compile_builder(self, *_args: Any, **_options: Any) -> Any:
        return lambda *_: None


class UnbuiltFlask(Flask):
    """The live app, with such rules."""

    url_rule_class = UnbuiltRule


class PlainUnbuiltFlask(flask.Flask):
    """Flask's own class, with such rules."""

    url_rule_class = UnbuiltRule


@dataclass(frozen=True)
class Route:
    """What a cell declares: a rule, and the text that its view answers."""

    rule: str
    methods: tuple[str, ...]
    strict_slashes: bool
    text: str

    def declare_on(self, app: flask.Flask, endpoint: str) -> None:
        """Add the route to an app."""
        options: dict[str, Any] = {"methods": self.methods, "strict_slashes": self.strict_slashes}
        app.add_url_rule(self.rule, endpoint, self.view, **options)

    def view(self, **_values: object) -> str:
        """Answer the text."""
        return self.text


@dataclass
class History:
    """A live app, and what survives of the cells that were run on it, last run first."""

    random: random.Random
    app: Flask = field(default_factory=lambda: UnbuiltFlask("histories", static_folder=None))
    journal: Journal = field(default_factory=Journal)
    survivors: dict[str, tuple[Route, ...]] = field(default_factory=dict)
    runs: int = 0

    def step(self) -> None:
        """Run, fail or delete a cell."""
        cell = self.random.choice(CELLS)
        kind = self.random.choices(("run", "fail", "delete"), (6, 2, 1))[0]
        if kind == "delete":
            self.journal.forget([cell])
            self.survivors.pop(cell, None)
            return
        routes = self.choose_routes(cell)
        run = self.journal.begin(cell, source=cell)
        for number, route in enumerate(routes):
            # The cell's own name for most; sometimes one that other cells use too.
            is_shared = self.random.random() < 0.2
            route.declare_on(self.app, f"shared{number}" if is_shared else f"{cell}{number}")
        self.journal.finish(run, succeeded=kind == "run")
        if kind == "run":
            self.survivors.pop(cell, None)
            self.survivors = {cell: routes, **self.survivors}

    def choose_routes(self, cell: str) -> tuple[Route, ...]:
        """Choose what a run of a cell declares: no rule twice."""
        self.runs += 1
        return tuple(
            Route(
                rule,
                self.random.choice(METHODS),
                self.random.random() < 0.8,
                f"{cell}{self.runs}{rule}",
            )
            for rule in self.random.sample(RULES, self.random.randint(0, 4))
        )

    def build_plain_app(self) -> flask.Flask:
        """Build a Flask from the survivors: of two rules for a path, the first added serves."""
        app = PlainUnbuiltFlask("histories", static_folder=None)
        routes = [route for each in self.survivors.values() for route in each]
        for number, route in enumerate(routes):
            route.declare_on(app, f"endpoint{number}")
        return app


def answers(app: flask.Flask, questions: list[str]) -> dict[str, tuple[object, ...]]:
    """Give what an app answers to each question: status, Allow, Location and text."""
    found: dict[str, tuple[object, ...]] = {}
    for asked in questions:
        content, status, headers = run_wsgi_app(app, ENVIRONS[asked].copy(), buffered=True)
        # Werkzeug walks a set of methods, so their order in the field means nothing.
        allow = sorted(headers.get("Allow", "").split(", "))
        text = b"".join(content) if status == "200 OK" else b""
        found[asked] = (status, allow, headers.get("Location"), text)
    return found


@pytest.mark.parametrize("first_seed", range(0, HISTORIES, 50))
def test_a_history_of_cells_leaves_what_a_plain_app_would_have(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        history = History(random.Random(seed))
        for _ in range(history.random.randint(5, 30)):
            history.step()
        questions = history.random.sample(list(ENVIRONS), QUESTIONS)
        live = answers(history.app, questions)
        plain = answers(history.build_plain_app(), questions)
        different = {
            asked: (plain[asked], live[asked]) for asked in plain if plain[asked] != live[asked]
        }
        assert different == {}, f"seed {seed}: {history.survivors}"
