"""Notebooks for tests of the export, written as the sources of their cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nbflask.export.building import build_project
from nbflask.export.notebooks import SourceNotebook, parse_notebook

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def notebook(*sources: str, name: str = "shop", **document: Any) -> SourceNotebook:
    """Make a notebook of cells; one that begins with a heading's ``#`` is markdown."""
    return parse_notebook(json.dumps(document_of(*sources, **document)), name)


def document_of(*sources: str, **document: Any) -> dict[str, Any]:
    """Give the document of a notebook of cells."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, **document} | {
        "cells": [_cell(source, at) for at, source in enumerate(sources)]
    }


def _cell(source: str, at: int) -> dict[str, Any]:
    common = {"id": f"c{at}", "metadata": {}, "source": source}
    if source.startswith(("# ", "## ")):
        return {**common, "cell_type": "markdown"}
    return {**common, "cell_type": "code", "execution_count": None, "outputs": []}


def exported_app(*sources: str) -> Flask:
    """Give the app that the export of a notebook makes, in this process."""
    files = build_project(notebook(*sources)).files
    names: dict[str, Any] = {"__name__": "app"}
    exec(files["app.py"], names)  # noqa: S102
    app: Flask = names["create_app"]() if b"create_app" in files["wsgi.py"] else names["app"]
    return app


def exported_client(*sources: str) -> FlaskClient:
    """Give a client of the app that the export of a notebook makes."""
    return exported_app(*sources).test_client()
