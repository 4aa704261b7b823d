"""What came of asking another app: for each recorded exchange, how the answers differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.differences import Change, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One recorded exchange, and the other app's answer to its request. All of it is redacted.

    :param id: The exchange's.
    :param target: Path and query below the app's prefix.
    :param rows: Where the answers differ: the recorded one left, the other's right.
    :param skipped: Why the other app was not asked, in a sentence; ``""`` where it was.
    :param note: What to know of it beside, in a sentence.
    """

    id: int
    method: str
    target: str = field(repr=False)
    rows: tuple[Row, ...] = field(default=(), repr=False)
    skipped: str = ""
    note: str = ""

    @property
    def differs(self) -> bool:
        """Whether the other app has answered otherwise."""
        return bool(self.rows)


@dataclass(frozen=True, kw_only=True)
class Parity:
    """Whether two apps answer alike; it is true where they do.

    :param name: The live app's.
    :param outcomes: In the order in which the exchanges were recorded.
    """

    name: str
    outcomes: tuple[Outcome, ...]

    @property
    def differs(self) -> bool:
        """Whether the other app has answered any request otherwise."""
        return any(each.differs for each in self.outcomes)

    @property
    def differences(self) -> tuple[Outcome, ...]:
        """The outcomes that differ."""
        return tuple(each for each in self.outcomes if each.differs)

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """The exchanges that the other app was not asked for."""
        return tuple(each for each in self.outcomes if each.skipped)

    def __bool__(self) -> bool:
        """Whether they answer alike: ``assert nbflask.parity(app, other)``."""
        return not self.differs

    def __iter__(self) -> Iterator[Outcome]:
        """Give the outcomes."""
        return iter(self.outcomes)

    def __repr__(self) -> str:
        """Count; the same text in every run."""
        asked = len(self.outcomes) - len(self.skipped)
        return (
            f"<Parity of {self.name}: {asked} asked, {len(self.differences)} differ, "
            f"{len(self.skipped)} skipped>"
        )

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        """Give IPython what differs, as text and as HTML."""
        from .page import render_html, render_text

        return {"text/plain": render_text(self), "text/html": render_html(self)}

    def to_data(self) -> dict[str, Any]:
        """Give all of it as plain data, which JSON can hold."""
        return {"name": self.name, "outcomes": [asdict(each) for each in self.outcomes]}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Parity:
        """Make one of what :meth:`to_data` gave, perhaps in another process."""
        outcomes = [
            Outcome(**{**each, "rows": tuple(map(_read_row, each["rows"]))})
            for each in data["outcomes"]
        ]
        return cls(name=data["name"], outcomes=tuple(outcomes))


def _read_row(data: Mapping[str, Any]) -> Row:
    return Row(**{**data, "change": Change(data["change"])})
