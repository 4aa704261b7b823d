"""No recorder goes on after the test that attached it: its taps are the process's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.templates.apps import attached

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_is_recorded_afterwards() -> Iterator[None]:
    yield
    while attached:
        attached.pop().detach()
