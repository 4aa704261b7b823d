"""Nothing of a recorder is left behind by any test."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    # IPython leaves a stream's own method on it, once a shell has run a cell in this process.
    before = _covered()
    yield
    if "pair" in request.fixturenames:
        return  # It records through all tests of its module.
    assert _covered() == before


def _covered() -> tuple[object, ...]:
    streams = (vars(stream).get("write") for stream in (sys.stdout, sys.stderr))
    return (logging.Logger.callHandlers, *streams)
