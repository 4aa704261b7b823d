"""Covers values, counts them, and remembers what to look for elsewhere in the same exchange."""

from __future__ import annotations

from .secrets import REDACTED, REDACTED_USER, is_literal_under, is_nothing


class Cover:
    """What one redaction has covered.

    :ivar count: How many values.
    :ivar found: Those that are no one else's words, to be covered wherever they appear.
    """

    def __init__(self) -> None:
        """Begin with nothing covered."""
        self.count = 0
        self.found: dict[str, None] = {}

    def __call__(self, value: str, name: str = "") -> str:
        """Cover a value, unless there is nothing in it.

        :param name: Of the field; ``""`` for a value that is looked for nowhere else.
        """
        if is_nothing(value):
            return value
        self.count += 1
        self.remember(name, value)
        return REDACTED

    def remember(self, name: str, value: str) -> None:
        """Keep a value for the rest of the exchange."""
        if name and REDACTED not in value and is_literal_under(name, value):
            self.found[value] = None

    def userinfo(self, value: str) -> str:
        """Cover what stands before the ``@`` of a URL."""
        if value in ("", REDACTED_USER):
            return value
        self.count += 1
        self.remember("password", value.partition(":")[2])
        return REDACTED_USER

    def note(self, count: int) -> None:
        """Count what others have covered."""
        self.count += count
