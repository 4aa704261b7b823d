"""Notebooks for tests of the export, written as the sources of their cells."""

from __future__ import annotations

import json
from typing import Any

from nbflask.export.notebooks import SourceNotebook, parse_notebook


def notebook(*sources: str, name: str = "shop", **document: Any) -> SourceNotebook:
    """Make a notebook of cells; one that begins with ``#`` and a space is markdown."""
    return parse_notebook(json.dumps(document_of(*sources, **document)), name)


def document_of(*sources: str, **document: Any) -> dict[str, Any]:
    """Give the document of a notebook of cells."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, **document} | {
        "cells": [_cell(source, at) for at, source in enumerate(sources)]
    }


def _cell(source: str, at: int) -> dict[str, Any]:
    common = {"id": f"c{at}", "metadata": {}, "source": source}
    if source.startswith("# "):
        return {**common, "cell_type": "markdown"}
    return {**common, "cell_type": "code", "execution_count": None, "outputs": []}
