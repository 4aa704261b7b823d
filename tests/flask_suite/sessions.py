"""Sessions of pytest over Flask's own tests, in a process and in a kernel's cell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jupyter_client.manager import start_new_kernel

AppClass = Literal["plain", "live"]

# A session takes 5 s in a process and 13 s in a cell; a busy machine may take ten times that.
TIMEOUT_S = 180


@dataclass(frozen=True, kw_only=True)
class Session:
    """What one session over Flask's tests came to.

    :param apps: How many apps our class made.
    :param outcomes: Node id to ``"passed"``, ``"failed"`` or ``"skipped"``.
    :param log: What pytest printed.
    """

    apps: int
    outcomes: dict[str, str] = field(repr=False)
    log: str = field(repr=False)

    def __str__(self) -> str:
        """Say the counts in a line."""
        counted = Counter(self.outcomes.values())
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in counted.most_common())
        return f"{outcomes}, with {self.apps} apps of our class"

    def differences(self, plain: Session) -> dict[str, tuple[str | None, str | None]]:
        """Give the outcome in plain Flask's session and in this one where they differ."""
        nodes = sorted(plain.outcomes.keys() | self.outcomes.keys())
        both = {node: (plain.outcomes.get(node), self.outcomes.get(node)) for node in nodes}
        return {node: pair for node, pair in both.items() if pair[0] != pair[1]}


def pytest_arguments(source: Path, app_class: AppClass, outcomes_file: Path) -> list[str]:
    """Give what pytest is called with, wherever it runs."""
    arguments = ["-q", "--color=no", "--tb=short", f"--rootdir={source}"]
    arguments += ["-p", "no:cacheprovider", "-p", "substitute"]
    arguments += [f"--app-class={app_class}", f"--outcomes-file={outcomes_file}"]
    return [*arguments, "tests"]


def environment() -> dict[str, str]:
    """Give an environment in which the plugin is found and our own session is not felt."""
    mine = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return {**mine, "PYTHONPATH": str(Path(__file__).parent)}


def run_in_process(source: Path, app_class: AppClass, outcomes_file: Path) -> Session:
    """Run Flask's tests in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *pytest_arguments(source, app_class, outcomes_file)],
        cwd=source,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return read_session(outcomes_file, done.stdout)


def run_in_cell(source: Path, outcomes_file: Path) -> Session:
    """Run Flask's tests in one cell of a real kernel that has loaded our extension."""
    arguments = pytest_arguments(source, "live", outcomes_file)
    printed: list[str] = []
    manager, client = start_new_kernel(cwd=str(source), env=environment())
    try:
        for code in ("%load_ext nbflask", f"import pytest; pytest.main({arguments!r})"):
            client.execute_interactive(
                code,
                timeout=TIMEOUT_S,
                output_hook=lambda message: printed.append(text_of(message)),
            )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return read_session(outcomes_file, "".join(printed))


def text_of(message: dict[str, Any]) -> str:
    """Give the text of a message that a kernel publishes, empty where it has none."""
    content = message["content"]
    match message["header"]["msg_type"]:
        case "stream":
            return str(content["text"])
        case "error":
            return "\n".join(content["traceback"])
        case _:
            return ""


def read_session(outcomes_file: Path, log: str) -> Session:
    """Read what the plugin wrote.

    :raises AssertionError: The session never came to its end. Says what it printed.
    """
    if not outcomes_file.exists():
        raise AssertionError(f"The session over Flask's tests did not come to its end:\n{log}")
    return Session(**json.loads(outcomes_file.read_text(encoding="utf-8")), log=log)
