"""The fields of a response, where a function of values decides."""

from __future__ import annotations

import pytest

from nbflask.proxy.fields import build_response_fields, choose_frame_ancestors


@pytest.mark.parametrize(
    ("policy", "chosen"),
    [
        pytest.param("", "", id="no policy"),
        pytest.param("default-src 'none'", "", id="nothing about frames"),
        pytest.param("frame-ancestors 'none'", "frame-ancestors 'self'", id="a JupyterHub's"),
        pytest.param("Frame-Ancestors 'NONE'; a b", "frame-ancestors 'self'", id="any case"),
        pytest.param("frame-ancestors", "frame-ancestors 'self'", id="an empty list is nobody"),
        pytest.param("a b; frame-ancestors 'self'", "frame-ancestors 'self'", id="Jupyter's"),
        pytest.param(
            "frame-ancestors https://a.example",
            "frame-ancestors https://a.example",
            id="own choice",
        ),
    ],
)
def test_who_may_frame_jupyter_may_frame_an_app_and_jupyterlab_always(
    policy: str, chosen: str
) -> None:
    assert choose_frame_ancestors(policy) == chosen


def test_an_app_that_lets_nobody_frame_it_is_left_alone() -> None:
    own = ("Content-Security-Policy", "frame-ancestors 'none'")
    assert build_response_fields([own], "frame-ancestors 'none'") == (
        own,
        ("X-Content-Type-Options", "nosniff"),
    )
