"""Templates and static files that cells keep in the app."""

from __future__ import annotations

import io
import weakref
from typing import TYPE_CHECKING, Any

from flask import request, send_file
from flask.templating import DispatchingJinjaLoader

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment


class CellLoader(DispatchingJinjaLoader):
    """Flask's template loader, to which what cells declare comes before any folder."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give a template's source, its file or its name in tracebacks, and a check of its age."""
        templates = self.app.templates  # type: ignore[attr-defined]
        source = templates.get(template)
        if source is None:
            return super().get_source(environment, template)
        # No file, but a name for tracebacks; Jinja's own for all such is "<template>".
        return source, f"<template {template}>", lambda: templates.get(template) == source

    def list_templates(self) -> list[str]:
        """Give the names of all templates, of cells and in folders."""
        return sorted({*super().list_templates(), *self.app.templates})  # type: ignore[attr-defined]


def forgetting(app: Any) -> Callable[[], None]:
    """Make a function that lets the app compile its templates anew."""
    itself = weakref.ref(app)

    def forget() -> None:
        environment = vars(itself() or object).get("jinja_env")
        if environment is not None and environment.cache is not None:
            environment.cache.clear()

    return forget


def content_response(app: Any, filename: str, content: bytes | str) -> Any:

    from werkzeug.exceptions import NotFound
    from werkzeug.http import generate_etag

    if not isinstance(content, bytes):
        raise NotFound
    response = send_file(
        io.BytesIO(content.encode() if isinstance(content, str) else content),
        download_name=filename.rpartition("/")[2],
        max_age=app.get_send_file_max_age(filename),
        etag=generate_etag(content),
    )
    return response.make_conditional(request)
