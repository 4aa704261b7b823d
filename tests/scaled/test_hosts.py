"""The example in full: real nginx, gunicorn and Redis, with visitors who do not stop asking."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from examples.scaled.cluster import Cluster, export

from .visitors import Crowd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from examples.scaled.cluster import Sessions

    from .visitors import Answer

#: In each phase every visitor looks into the basket so often.
LOOKS = 5


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the example's notebook, as its command does."""
    return export(tmp_path_factory.mktemp("exported") / "project")


def hosts_of(answers: list[Answer]) -> set[str]:
    """Give the hosts that answered."""
    return {each.host for each in answers}


def enough(crowd: Crowd, *hosts: str) -> Callable[[list[Answer]], bool]:
    """Give whether there are enough looks into baskets, and each of these hosts has answered."""

    def is_enough(answers: list[Answer]) -> bool:
        looks = sum(1 for each in answers if each.expected)
        return looks >= LOOKS * crowd.size and hosts_of(answers) >= set(hosts)

    return is_enough


def test_the_exported_project_passes_its_own_tests(project: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # None of the plugins that are installed here for other tests.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("sessions", ["cookie", "redis"])
def test_no_session_is_lost_when_a_host_stops_and_when_one_dies(
    sessions: Sessions, project: Path, tmp_path: Path
) -> None:
    with Cluster(project, tmp_path, sessions=sessions) as cluster, Crowd(cluster.address) as crowd:
        one, two = cluster.hosts.values()
        crowd.go_on("both run", enough(crowd, "one", "two"))

        crowd.phase = "one stops"
        one.stop()
        assert hosts_of(crowd.go_on("one is stopped", enough(crowd, "two"))) == {"two"}

        crowd.phase = "one starts"
        one.start()
        crowd.go_on("both run again", enough(crowd, "one", "two"))
        # In all that is orderly, each answer comes whole.
        assert crowd.cut == []

        crowd.phase = "two dies"
        two.kill()
        assert hosts_of(crowd.go_on("two is dead", enough(crowd, "one"))) == {"one"}
    assert {each.status for each in crowd.answers} == {200, 303}
    # What was half sent when a host died nobody can mend: at most what each was waiting for.
    assert len(crowd.cut) <= crowd.size
    wrong = [each for each in crowd.answers if each.counted != each.expected]
    assert wrong == []
