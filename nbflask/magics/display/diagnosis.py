"""What the doctor found: what is to be mended first, then the set-up as it is."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment

from nbflask.values.visible import make_line

if TYPE_CHECKING:
    from jinja2 import Template

    from nbflask.notebook.doctor import Finding


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All that the doctor looked at.

    :param is_short: Whether it shows what is to be mended alone. That is the same on every
        machine that lacks the same; the rest names versions, folders and ports.
    """

    findings: tuple[Finding, ...]
    is_short: bool = False

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What is to be mended."""
        return tuple(each for each in self.findings if each.is_problem)

    @property
    def headline(self) -> str:
        """Say how many things are to be mended."""
        count = len(self.problems)
        if not count:
            return "Nothing to mend."
        return f"{count} thing{'' if count == 1 else 's'} to mend:"

    @property
    def groups(self) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
        """The rest, under headings; empty if only problems are shown."""
        rest = () if self.is_short else (each for each in self.findings if not each.is_problem)
        return tuple((about, tuple(each)) for about, each in groupby(rest, lambda it: it.about))

    def __repr__(self) -> str:
        """Give it as text, each remedy below what it mends."""
        lines = [self.headline]
        for each in self.problems:
            lines += [f"  {make_line(each.subject)}: {make_line(each.found)}"]
            lines += [f"    {make_line(each.remedy)}"]
        for about, group in self.groups:
            width = max(len(each.subject) for each in group)
            lines += ["", about]
            lines += [f"  {it.subject.ljust(width)}  {make_line(it.found)}" for it in group]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return _template().render(css=_read("diagnosis.css"), diagnosis=self, line=make_line)


@functools.cache
def _template() -> Template:
    return Environment(autoescape=True).from_string(_read("diagnosis.html"))


@functools.cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
