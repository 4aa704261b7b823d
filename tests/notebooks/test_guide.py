"""The guide holds what it promises: each concept has a heading, each chapter its shape."""

from __future__ import annotations

import re

import nbformat
import pytest

from tests.notebooks.files import GUIDE, read_headings

#: What each chapter teaches, in Flask's own terms, as they stand in its headings.
CONCEPTS = {
    "01_application": ("application", "import name", "app.run", "test client", "replaces"),
    "02_routing": (
        "rules",
        "converters",
        "methods",
        "url_for",
        "trailing slashes",
        "defaults",
        "building",
        "matching",
        "404",
        "405",
    ),
    "03_request": ("method", "URL", "headers", "args", "form", "JSON", "files", "cookies"),
    "04_response": (
        "Response",
        "status",
        "headers",
        "media types",
        "make_response",
        "jsonify",
        "redirects",
        "streaming",
        "server-sent events",
    ),
    "05_contexts": ("current_app", "g", "request", "test contexts", "pushed"),
    "06_configuration": ("code", "files", "environment", "objects", "instance folder"),
    "07_request_processing": (
        "environ",
        "request processing",
        "timeline",
        "hooks",
        "response",
        "teardown",
    ),
    "08_response_building": (
        "return values",
        "tuples",
        "rich returns",
        "negotiation",
        "conditional",
        "after this request",
    ),
    "09_templates": (
        "variables",
        "tags",
        "filters",
        "inheritance",
        "macros",
        "context processors",
        "autoescape",
    ),
    "10_static_files": ("static files", "url_for", "caching"),
    "11_forms": ("forms", "validation", "CSRF", "flash"),
    "12_file_uploads": ("uploads", "limits", "safe names", "streaming"),
    "13_sessions": ("sessions", "secret key", "permanent", "cookies", "signed"),
    "14_errors": ("errorhandler", "exceptions", "JSON errors", "logging", "debug"),
    "15_blueprints_and_factories": (
        "blueprints",
        "application factories",
        "url_prefix",
        "templates",
    ),
    "16_middleware_hooks_signals": ("middleware", "hooks", "signals"),
    "17_extensions": ("Flask-SQLAlchemy", "Flask-Login", "Flask-WTF"),
    "18_performance": ("profile", "caching", "streaming", "N+1 queries"),
    "19_testing": ("test client", "fixtures", "sessions", "contexts", "pytest"),
    "20_async_and_websockets": ("async views", "websockets"),
    "21_to_production": ("configuration", "secret key", "WSGI", "proxy", "checklist"),
}


def test_every_chapter_is_there_and_no_other() -> None:
    assert sorted(path.stem for path in GUIDE.glob("*.ipynb")) == sorted(CONCEPTS)


@pytest.mark.parametrize("chapter", CONCEPTS)
def test_each_concept_of_a_chapter_has_a_heading(chapter: str) -> None:
    headings = read_headings(GUIDE / f"{chapter}.ipynb")
    gaps = [
        concept
        for concept in CONCEPTS[chapter]
        if not any(
            re.search(rf"(?<!\w){re.escape(concept)}(?!\w)", heading, re.IGNORECASE)
            for heading in headings
        )
    ]
    assert gaps == [], f"No heading of {chapter} names these; its headings are {headings}"


@pytest.mark.parametrize("chapter", CONCEPTS)
def test_a_chapter_has_its_number_its_exercises_and_a_solution_to_each(chapter: str) -> None:
    headings = read_headings(GUIDE / f"{chapter}.ipynb")
    number = int(chapter.partition("_")[0])
    assert headings[0].startswith(f"{number}. ")
    assert headings.index("Exercises") < headings.index("Solutions")
    cells = nbformat.read(GUIDE / f"{chapter}.ipynb", as_version=4).cells
    exercises = next(cell for cell in cells if cell.source.startswith("## Exercises"))
    asked = re.findall(r"^(\d+)\. ", exercises.source, re.MULTILINE)
    solved = [heading.partition(".")[0] for heading in headings[headings.index("Solutions") + 1 :]]
    assert asked
    assert [each for each in solved if each.isdigit()] == asked


@pytest.mark.parametrize("chapter", CONCEPTS)
def test_a_chapter_shows_its_way_through_flask_in_a_widget_or_table(chapter: str) -> None:
    cells = nbformat.read(GUIDE / f"{chapter}.ipynb", as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert re.search(r"%flask_(inspect|session|templates|routes|preview|run)\b", code)
