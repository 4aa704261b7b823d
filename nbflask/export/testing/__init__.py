"""The tests of a project: its notebook's requests, and what the app answered to them.

::

    answers     a stored output becomes a response
    matching    a path leads to a view
    needs       what an answer is made of
    effects, states, session_keys, steadiness
                what code may change, what of it outlasts a request, what each run gives anew
    influences, handlers, deciding
                what else has a say: hooks, handlers, settings; and whether it runs for a request
    agreeing, faults, judging
                which answers still hold in the notebook's last state
    trials, targets
                Python of cells that tries the app, and what it asks for
    resolving, rewriting, carrying, isolating, tried
                such Python as code of a test, judged as requests are
    restated    what is only said again
    gaps, flows what shares what it changes is one test
    untold      what no test tells
    sharing     values that several tests use
    calls, parts, asserting, shown, naming, writing
                a test as text
    configured, places, apart
                where the app keeps data, and what keeps tests off them
    fixtures, suite
                all of them together
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..data_folder import keeps_data
from ..project import Note
from ..prose import find_headings
from .apart import keep_apart
from .calls import Surroundings
from .fixtures import Making, find_early, write_conftest
from .flows import find_flows
from .gaps import find_gaps
from .judging import Judge
from .needs import with_folded
from .resolving import Names
from .restated import with_first_places
from .suite import Suite
from .trials import gather
from .tried import Trying

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..collecting import Program
    from ..module import Module
    from ..notebooks import SourceNotebook
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
_BEYOND = (
    "The project has no tests: they would change what the app keeps at {!r}. Name the place by a "
    'setting, such as `app.config["DATABASE"]`, that a test can give another value.'
)


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
    has_more = bool(program.modules)
    pieces, unknown = with_first_places(with_folded(program.pieces, steps), steps)
    judge = Judge(pieces, program.files, program.app, has_more=has_more)
    bench = gather(steps, program.pieces, program.app)
    names = Names(bench, "" if has_more else module.text)
    trying = Trying(bench=bench, names=names, has_factory=module.has_factory)
    gaps = (*find_gaps(steps, judge.all_writes, judge.all_kept), *unknown)
    flows = find_flows(notebook, program.asks, trying, judge, gaps)
    known = {value: name for value, name in (secrets or {}).items() if name in program.environment}
    withheld = frozenset(secrets or {}) - set(known)
    around = Surroundings(code=module.text, secrets=known, withheld=withheld)
    suite = Suite(around=around, trying=trying, headings=find_headings(notebook))
    text = suite.write(flows, judge, program.title)
    notes = tuple(suite.notes)
    if not text:
        return Tests(notes=notes)
    apart = keep_apart(
        [module.text, *_other_texts(program)],
        has_factory=module.has_factory,
        files=tuple(notebook.files),
        tests=text,
    )
    if apart.beyond:
        return Tests(notes=(*notes, Note(text=_BEYOND.format(apart.beyond))))
    # Only a factory waits for the fixture; what a module of the notebook's own reads is not known.
    waits = module.has_factory and not has_more
    early = program.environment
    early = find_early(early, module.text, text) if waits else early
    making = Making(
        app=program.app,
        environment=program.environment,
        has_factory=module.has_factory,
        has_more=has_more,
        has_data=keeps_data(module.text),
        is_read_early=bool(early) or not waits,
        early=early,
        apart=apart,
    )
    files = {
        "tests/conftest.py": write_conftest(making),
        "tests/test_app.py": text,
        "pytest.ini": _PYTEST_INI,
        "requirements-dev.txt": _REQUIREMENTS,
    }
    return Tests(files=files, notes=notes)


def _other_texts(program: Program) -> list[str]:
    """Give the texts of the project's own modules, without those that test it."""
    names = ((each.path.parts, each.text) for each in program.modules)
    return [text for parts, text in names if not parts[-1].startswith(("test", "conftest"))]
