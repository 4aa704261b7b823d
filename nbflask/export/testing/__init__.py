"""The tests of a project: its notebook's requests, and what the app answered to them.

::

    answers     a stored output becomes a response
    matching    a path leads to a view
    effects     what code may change
    judging     which answers still hold in the notebook's last state
    flows       requests that share what they change are one test
    calls, asserting, naming, writing       a test as text
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..prose import find_headings
from .calls import Surroundings
from .flows import find_flows
from .judging import Judge
from .writing import write_conftest, write_tests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..collecting import Program
    from ..module import Module
    from ..notebooks import SourceNotebook
    from ..project import Note
    from ..steps import Step

_PYTEST_INI = """\
[pytest]
pythonpath = .
testpaths = tests
"""
_REQUIREMENTS = """\
-r requirements.txt
pytest>=7.4
"""


@dataclass(frozen=True, kw_only=True)
class Tests:
    """The files of a project's tests.

    :param files: Their texts, by path.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def build_tests(
    notebook: SourceNotebook,
    steps: Sequence[Step],
    program: Program,
    module: Module,
    secrets: Mapping[str, str] | None = None,
) -> Tests:
    """Make tests of a notebook's requests; no files where none of its answers hold.

    :param secrets: The variable of the environment that each secret was moved to, by its value.
    """
    own_modules = getattr(program, "modules", ())
    judge = Judge(program.pieces, program.files, program.app, has_more=bool(own_modules))
    flows = find_flows(notebook, program.asks, steps, judge)
    around = Surroundings(code=module.text, secrets=secrets or {})
    text, notes = write_tests(flows, around, find_headings(notebook), program.title)
    if not text:
        return Tests(notes=notes)
    environment = getattr(program, "environment", ())
    files = {
        "tests/conftest.py": write_conftest(
            environment, program.app, has_factory=module.has_factory, has_more=bool(own_modules)
        ),
        "tests/test_app.py": text,
        "pytest.ini": _PYTEST_INI,
        "requirements-dev.txt": _REQUIREMENTS,
    }
    return Tests(files=files, notes=notes)
