"""Views return what a notebook can show, and the request's Accept chooses how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from nbflask.app import Flask

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)


def get(value: Any, accept: str | None = None, **headers: str) -> TestResponse:
    """Request what a view returns."""
    app = Flask("app")
    app.testing = True
    app.add_url_rule("/it", view_func=lambda: value, endpoint="it")
    if accept is not None:
        headers["Accept"] = accept
    response: TestResponse = app.test_client().get("/it", headers=headers)
    return response


FRAME = pd.DataFrame({"city": ["Zürich", "<b>"], "n": [1.5, None]})


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        (CHROME, "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/html;q=0.1, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("text/html;q=0, */*", "application/json"),
    ],
)
def test_accept_chooses_how_a_data_frame_is_sent(accept: str | None, content_type: str) -> None:
    response = get(FRAME, accept)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert response.headers["Vary"] == "Accept"
