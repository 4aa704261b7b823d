"""Flask's own tests pass with our class in the place of ``flask.Flask``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.flask_suite.sessions import Session, run_in_cell, run_in_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Flask 3.0.3 makes 460 apps in its tests, 3.1.3 makes 463: fewer means that plain Flask was tested.
MIN_APPS = 460

# Flask 3.1.3 has 490 tests. One fails with plain Flask too, on Werkzeug 3.1.8 and later.
MIN_PASSED = 480

# In a running cell set-up calls are allowed after the first request, and the cell holds its apps.
DIFFERENT_IN_A_CELL = {
    "tests/test_basic.py::test_no_setup_after_first_request",
    "tests/test_regression.py::test_app_freed_on_zero_refcount",
}


def test_plain_flask_passes_its_own_tests_here(plain_session: Session) -> None:
    counted = Counter(plain_session.outcomes.values())
    assert counted["passed"] >= MIN_PASSED, plain_session.log
    assert counted["skipped"] == 0, plain_session.log
    assert counted["failed"] <= 1, plain_session.log


def test_flasks_tests_come_out_the_same_with_our_class(
    flask_source: Path,
    plain_session: Session,
    tmp_path: Path,
    report: Callable[[str], None],
) -> None:
    live = run_in_process(flask_source, "live", tmp_path / "outcomes.json")
    report(f"in a process: {live}")
    assert live.apps >= MIN_APPS
    assert live.differences(plain_session) == {}, live.log


def test_flasks_tests_come_out_the_same_in_a_kernels_cell(
    flask_source: Path,
    plain_session: Session,
    tmp_path: Path,
    report: Callable[[str], None],
) -> None:
    live = run_in_cell(flask_source, tmp_path / "outcomes.json")
    report(f"in a kernel's cell: {live}")
    assert live.apps >= MIN_APPS
    different = live.differences(plain_session)
    unexpected = {node: pair for node, pair in different.items() if node not in DIFFERENT_IN_A_CELL}
    assert unexpected == {}, live.log
