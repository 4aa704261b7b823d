"""Who builds on whom among an app's templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reading import Reading, Reference

# Deeper than any site's inheritance; a bound for the page that shows it.
MAX_DEPTH = 12


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A template beside another one, and what stands behind it in turn.

    :param name: ``None`` for one whose name only a render knows; ``text`` is how it is made.
    :param kind: ``"extends"``, ``"include"`` or ``"import"``.
    :param line: In the one of the two that names the other.
    :param is_found: Whether the app has it.
    :param is_again: Whether it stands further up already: a circle ends here.
    """

    name: str | None
    kind: str
    line: int
    text: str = ""
    is_optional: bool = False
    is_found: bool = True
    is_again: bool = False
    relatives: tuple[Relative, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BlockRelation:
    """A block, and where else it is filled.

    :param overrides: The nearest template above that has it; ``""`` for none.
    :param overridden_in: Templates below that fill it anew, sorted.
    """

    name: str
    line: int
    is_required: bool
    overrides: str
    overridden_in: tuple[str, ...]


class Family:
    """The templates of an app, as what they say of each other."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self._readings = readings

    def parents(self, name: str) -> tuple[Relative, ...]:
        """Give what a template extends, includes and imports, and what these do."""
        return self._parents(name, (name,))

    def children(self, name: str) -> tuple[Relative, ...]:
        """Give the templates that extend, include or import one, and those that do so to them."""
        return self._children(name, (name,))

    def blocks(self, name: str) -> tuple[BlockRelation, ...]:
        """Give a template's blocks and where else they are filled."""
        above = list(self._extended(name))
        below = sorted(each for each in self._readings if name in self._extended(each))
        return tuple(
            BlockRelation(
                name=block.name,
                line=block.line,
                is_required=block.is_required,
                overrides=next((each for each in above if self._has(each, block.name)), ""),
                overridden_in=tuple(each for each in below if self._has(each, block.name)),
            )
            for block in self._readings[name].blocks
        )

    def needs(self, name: str) -> dict[str, tuple[str, ...]]:
        """Give the variables of a template and of all that it builds on, with who wants each."""
        found: dict[str, list[str]] = {}
        others = sorted(self._all_parents(name) - {name})
        assigned = frozenset().union(*(self._readings[each].assigned for each in (name, *others)))
        for each in (name, *others):
            for variable in self._readings[each].variables:
                if each == name or variable not in assigned:
                    found.setdefault(variable, []).append(each)
        return {variable: tuple(found[variable]) for variable in sorted(found)}

    def _parents(self, name: str, path: tuple[str, ...]) -> tuple[Relative, ...]:
        return tuple(self._relative(each, path) for each in self._readings[name].references)

    def _relative(self, reference: Reference, path: tuple[str, ...]) -> Relative:
        name = reference.name
        is_found = name in self._readings
        is_again = name in path
        goes_on = is_found and not is_again and len(path) < MAX_DEPTH
        return Relative(
            name=name,
            kind=reference.kind,
            line=reference.line,
            text=reference.text,
            is_optional=reference.is_optional,
            is_found=is_found,
            is_again=is_again,
            relatives=self._parents(name, (*path, name)) if goes_on and name is not None else (),
        )

    def _children(self, name: str, path: tuple[str, ...]) -> tuple[Relative, ...]:
        return tuple(
            Relative(
                name=child,
                kind=reference.kind,
                line=reference.line,
                is_optional=reference.is_optional,
                is_again=child in path,
                relatives=(
                    self._children(child, (*path, child))
                    if child not in path and len(path) < MAX_DEPTH
                    else ()
                ),
            )
            for child in sorted(self._readings)
            for reference in self._readings[child].references
            if reference.name == name
        )

    def _extended(self, name: str) -> Iterator[str]:
        """Give the templates above one, the nearest first."""
        seen = {name}
        waiting = [name]
        while waiting:
            reading = self._readings.get(waiting.pop(0))
            for each in reading.references if reading else ():
                if each.kind == "extends" and each.name is not None and each.name not in seen:
                    seen.add(each.name)
                    waiting.append(each.name)
                    yield each.name

    def _all_parents(self, name: str) -> set[str]:
        seen = {name}
        waiting = [name]
        while waiting:
            for each in self._readings[waiting.pop()].references:
                if each.name is not None and each.name in self._readings.keys() - seen:
                    seen.add(each.name)
                    waiting.append(each.name)
        return seen

    def _has(self, name: str, block: str) -> bool:
        reading = self._readings.get(name)
        return reading is not None and any(each.name == block for each in reading.blocks)
