"""The tests of a project together: those of its flows, and those that the notebook holds itself.

Tests don't depend on one another. A test function that changes what other tests read is left out,
unless only test functions do: then they are a suite of their own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..project import Note
from ..statements import free_names
from ..steps import Place
from .calls import SecretFoundError
from .carrying import NotCarriedError, check_callees
from .resolving import Kit, UnknownNameError
from .session_keys import COOKIES
from .sharing import without_shared
from .targets import find_targets
from .tried import called_helpers, fixtures_of
from .untold import NOTHING_STORED, note_untold
from .writing import without_shared_sections, write_definition, write_flow, write_module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .calls import Surroundings
    from .flows import Deed, Flows
    from .judging import Judge, Judged
    from .trials import Definition
    from .tried import Trying
    from .writing import Written

_HELD_BY_NOBODY = "it sends a secret that the app does not hold"


@dataclass
class Suite:
    """Writes the tests of a project.

    :param headings: The heading that each cell stands under, by its number.
    """

    around: Surroundings
    trying: Trying
    headings: Mapping[int, str]
    taken: set[str] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    def write(self, flows: Flows, judge: Judge, title: str) -> str:
        """Write the module; ``""`` where it has no test."""
        # Names that the notebook has given stay.
        self.taken |= {each.name.removeprefix("test_") for each in self.trying.bench.tests}
        self.headings = without_shared_sections(flows.told, self.headings)
        tests: list[tuple[int, Written]] = []
        left = list(flows.left)
        told: set[int] = set()
        for flow in flows.told:
            found, why = self._try(flow)
            if found is None:
                left += [(each, why) for each in flow]
            else:
                tests.append((flow[0].cell.number, found))
                told |= {each.cell.number for each in flow}
        self.notes += note_untold(left, told)
        shared = frozenset(
            name
            for flow in flows.told
            for each in flow
            for name in each.judged.touches | each.judged.writes
        )
        tests += self._write_functions(shared if tests else frozenset(), judge)
        if not tests:
            return ""
        tests.sort(key=lambda each: each[0])
        written = [each for _, each in tests]
        helpers = self._write_helpers(written)
        written = [without_shared(each, helpers) for each in written]
        return write_module(written, helpers, title, self.around.secrets)

    def _try(self, flow: tuple[Deed, ...]) -> tuple[Written | None, str]:
        """Write the test of a flow, or say why there is none, in words that follow "because"."""
        try:
            written = write_flow(flow, self.around, self.headings, self.taken)
        except SecretFoundError:
            return None, _HELD_BY_NOBODY
        return written, "" if written else NOTHING_STORED

    def _write_functions(
        self, shared: frozenset[str], judge: Judge
    ) -> Iterator[tuple[int, Written]]:
        """Write the test functions of the notebook, each with the number of its cell."""
        for each in self.trying.bench.tests:
            changed = {
                name
                for name in self._judge(each, judge).writes & shared
                if not name.startswith(COOKIES)
            }
            try:
                if changed:
                    raise NotCarriedError(f"it changes {min(changed)!r}, which others read")
                yield each.cell.number, self._write_function(each)
            except (UnknownNameError, NotCarriedError, SecretFoundError) as fault:
                text = f"`{each.name}` is no test of the project, because {_explain(fault)}."
                self.notes.append(Note(text=text, place=Place(cell=each.cell)))

    def _judge(self, definition: Definition, judge: Judge) -> Judged:
        node = definition.statement.node
        helpers = list(called_helpers([node], definition.cell, self.trying.bench))
        targets = find_targets([node], helpers)
        place = Place(cell=definition.cell, line=definition.statement.line)
        return judge.judge_code([node], definition.statement.uses, targets, place)

    def _write_function(self, definition: Definition) -> Written:
        kit = Kit()
        kit.add(self.trying.names.resolve_definition(definition))
        callees = fixtures_of(kit, self.trying.names)
        check_callees(definition.statement.text, callees)
        for each in (definition, *kit.helpers.values()):
            self.around.check(each.statement.text)
        return write_definition(definition, kit, callees, self.trying.bench.app)

    def _write_helpers(self, tests: list[Written]) -> list[Written]:
        """Write the functions that tests call, in the order of the notebook."""
        known = {name: each for test in tests for name, each in test.kit.helpers.items()}
        waiting = [name for test in tests for name in _names_around(test.text)]
        found: dict[str, Written] = {}
        while waiting:
            name = waiting.pop()
            if name in known and name not in found:
                found[name] = self._write_function(known[name])
                waiting += _names_around(found[name].text)
        places = {name: (each.cell.number, each.statement.line) for name, each in known.items()}
        return [found[name] for name in sorted(found, key=places.__getitem__)]


def _names_around(code: str) -> frozenset[str]:
    """Give the names that code has from around it: read and not its own, or parameters."""
    tree = ast.parse(code)
    parameters = {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
    return frozenset(parameters.union(*map(free_names, tree.body)))


def _explain(fault: Exception) -> str:
    match fault:
        case UnknownNameError():
            return f"it uses {fault.name!r}"
        case SecretFoundError():
            return _HELD_BY_NOBODY
    return str(fault)
