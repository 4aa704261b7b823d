"""What no test tells of a notebook, in words: a line for each reason, which names the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project import Note
from .flows import Sent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from .flows import Deed

#: Why there is no test of a request whose stored answer says nothing that can be asserted.
NOTHING_STORED = "nothing that is stored of them can be asserted"


def note_untold(left: Iterable[tuple[Deed, str]], told: Collection[int]) -> Iterator[Note]:
    """Say of which cells no test is made, and why.

    What shows nothing of the app's answers, and asserts nothing, is not missed.

    :param left: What no test tells, with the reason in words that follow "because".
    :param told: The numbers of the cells of which tests tell something.
    """
    cells: dict[tuple[str, str], dict[int, None]] = {}
    for deed, why in left:
        if what := _describe(deed, told):
            cells.setdefault((what, why), {})[deed.cell.number] = None
    for (what, why), numbers in cells.items():
        named = f"{'cells' if len(numbers) > 1 else 'cell'} {', '.join(map(str, numbers))}"
        verb = "asserts" if len(numbers) == 1 else "assert"
        text = what.format(cells=named, asserts=verb)
        yield Note(text=f"No test is made of {text}, because {why}.")


def _describe(deed: Deed, told: Collection[int]) -> str:
    """Give what is missed of a deed, with a gap for its cells; ``""`` for nothing."""
    part = "some of " if deed.cell.number in told else ""
    if isinstance(deed, Sent):
        return f"{part}the requests of {{cells}}"
    if deed.has_asserts:
        return f"{part}what {{cells}} {{asserts}}"
    return f"{part}the requests of {{cells}}" if deed.shows_answers else ""
