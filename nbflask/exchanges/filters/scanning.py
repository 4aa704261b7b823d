"""Takes a filter's text apart, from left to right."""

from __future__ import annotations

from typing import NoReturn

from nbflask.errors import FilterError

#: Named, as Python and JavaScript count different characters among them.
SPACES = " \t\n\r\f\v\u00a0"


class Scanner:
    """A filter's text, and how far it was read."""

    def __init__(self, text: str) -> None:
        """Begin at its beginning."""
        self.text = text
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def peek(self) -> str:
        """Give the next character, ``""`` at the end."""
        return self.text[self.at : self.at + 1]

    def peek_word(self) -> str:
        """Give what stands before the next space or parenthesis."""
        end = self.at
        while end < len(self.text) and self.text[end] not in SPACES and self.text[end] not in "()":
            end += 1
        return self.text[self.at : end]

    def skip_spaces(self) -> None:
        """Go to the next character that is none."""
        while not self.is_at_end and self.text[self.at] in SPACES:
            self.at += 1

    def take_bare(self, *, is_list: bool = False) -> str:
        """Take what stands before a space, or a parenthesis that was not opened in it.

        :param is_list: Whether a comma ends it, too.
        """
        start, depth = self.at, 0
        while not self.is_at_end:
            char = self.text[self.at]
            depth += (char == "(") - (char == ")")
            if char in SPACES or depth < 0 or (is_list and char == ","):
                break
            self.at += 1
        return self.text[start : self.at]

    def take_quoted(self) -> str:
        r"""Take a text in quotes, in which ``\"`` and ``\\`` stand for themselves."""
        start = self.at
        self.at += 1
        found: list[str] = []
        while not self.is_at_end:
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return "".join(found)
            if char == "\\" and self.peek() in ('"', "\\"):
                char = self.peek()
                self.at += 1
            found.append(char)
        self.fail(start, "A quote is not closed.", 'Write a " behind it.')
        return None

    def fail(self, column: int, fault: str, remedy: str) -> NoReturn:
        """Say where the filter cannot be read, and what to write instead.

        :raises FilterError: Always.
        """
        raise FilterError(self.text, column, fault, remedy)
