"""Nothing of a recorder is left behind by any test."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALL_HANDLERS = logging.Logger.callHandlers


@pytest.fixture(autouse=True)
def nothing_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "pair" in request.fixturenames:
        return  # It records through all tests of its module.
    assert logging.Logger.callHandlers is _CALL_HANDLERS
    assert "write" not in vars(sys.stdout)
    assert "write" not in vars(sys.stderr)
