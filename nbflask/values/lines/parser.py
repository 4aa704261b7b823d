"""How a magic's line becomes its options: argparse, with our errors.

A magic's line is told as a value, so that what runs a magic and what only reads its cell agree::

    STOP = MagicLine(
        "%flask_stop",
        (argument("app", nargs="?", metavar="APP", completes="apps", help="the app"),),
        example="%flask_stop shop",
    )

Whatever is wrong with a line is raised as :class:`~nbflask.errors.OptionError`.
"""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from nbflask.errors import OptionError
from nbflask.values.words import did_you_mean, split_words, take_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "Argument",
    "LineParser",
    "MagicLine",
    "Namespace",
    "argument",
    "json_object",
    "one_of",
    "pixels",
    "port_number",
]


@dataclass(frozen=True)
class Argument:
    """One option or positional word of a magic.

    ``settings`` are the keywords of :meth:`argparse.ArgumentParser.add_argument`;
    ``completes`` names what Tab offers for the value: ``"apps"``, ``"rules"``, ``"endpoints"``,
    ``"templates"``, ... (the sources are the notebook's), or nothing.
    """

    names: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    completes: str = ""

    @property
    def is_option(self) -> bool:
        """Whether it is written with dashes."""
        return self.names[0].startswith("-")

    @property
    def takes_value(self) -> bool:
        """Whether a value follows."""
        return not str(self.settings.get("action", "")).startswith("store_")


def argument(*names: str, completes: str = "", **settings: Any) -> Argument:
    """Declare an option or a positional word, as :mod:`argparse` takes it."""
    return Argument(names, settings, completes)


@dataclass(frozen=True)
class MagicLine:
    """What may stand on the line of a magic.

    :param magic: The magic with its percent signs, ``%flask_run``.
    :param example: A line that can be copied.
    :param verbatim: The argument that is the line without its options, as it is written.
    """

    magic: str
    declared: tuple[Argument, ...]
    example: str
    verbatim: str = ""


class LineParser(argparse.ArgumentParser):
    """A parser of a magic's line, whose faults are raised as ours."""

    def __init__(
        self,
        line: MagicLine,
        *,
        description: str = "",
        formatter: type[argparse.HelpFormatter] = argparse.RawDescriptionHelpFormatter,
    ) -> None:
        """Build the parser.

        :param description: What the magic does, for its help.
        """
        super().__init__(
            prog=line.magic.removeprefix("%"),
            description=description,
            epilog=f"Example: {line.example}",
            formatter_class=formatter,
            add_help=False,
        )
        self.magic, self.example, self.declared = line.magic, line.example, line.declared
        self.verbatim = line.verbatim
        # "--po" would otherwise pass for "--port" today and break when "--poll" is added.
        self.allow_abbrev = False
        # argparse colours help for terminals since 3.14; a help pager shows the codes.
        self.color = False
        self.exit_on_error = False
        for each in line.declared:
            self.add_argument(*each.names, **each.settings)

    def parse_line(self, line: str) -> Namespace:
        """Parse a magic's line.

        :raises OptionError: A word is not known, not valid, missing or too many.
        """
        if not self.verbatim:
            return self._parse_words(line)
        line, text = self.divide(line)
        options = self._parse_words(line)
        setattr(options, self.verbatim, text)
        return options

    def divide(self, line: str) -> tuple[str, str]:
        """Give the options of a line, and the text that stands between them."""
        declared = {name: each for each in self.declared if each.is_option for name in each.names}
        return take_options(line, {name: each.takes_value for name, each in declared.items()})

    def _parse_words(self, line: str) -> Namespace:
        try:
            options, unknown = self.parse_known_args(list(split_words(line)))
        except argparse.ArgumentError as fault:
            name = fault.argument_name or "an argument"
            raise OptionError(
                f"{self.magic} cannot read {name}: {fault.message}. For example: {self.example}"
            ) from None
        if unknown:
            raise OptionError(self._say_unknown(unknown[0]))
        return options

    def format_help(self) -> str:
        """Give the help without the mark of a literal block that IPython opens it with."""
        return super().format_help().removeprefix("::").lstrip("\n")

    def error(self, message: str) -> NoReturn:
        """Raise what :mod:`argparse` would print before it ends the process."""
        raise OptionError(f"{self.magic}: {message}. For example: {self.example}")

    def _say_unknown(self, word: str) -> str:
        if not word.startswith("-") or word == "-":
            return (
                f"{self.magic} does not know what to do with {word!r}. For example: {self.example}"
            )
        name = word.partition("=")[0]
        options = [each for one in self.declared if one.is_option for each in one.names]
        if not options:
            return f"{self.magic} takes no options, so {name!r} means nothing to it. Leave it out."
        return f"{self.magic} has no option {name!r}.{did_you_mean(name, options)}"


def port_number(text: str) -> int:
    """Read a TCP port; 0 lets the system choose."""
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise OptionError(f"{text!r} is not a port. Write a number from 0 to 65535.")


def pixels(text: str) -> int:
    """Read a height in CSS pixels; 0 fits the content."""
    if text.isdecimal():
        return int(text)
    raise OptionError(f"{text!r} is not a height. Write whole pixels, such as 400.")


def json_object(text: str) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as fault:
        raise OptionError(
            f"{text!r} is not JSON: {fault.msg} at character {fault.pos + 1}. "
            "Write it in single quotes, such as '{\"page\": 1}'."
        ) from None
    if isinstance(value, dict):
        return value
    raise OptionError(f"{text!r} is not a JSON object. Write one such as '{{\"page\": 1}}'.")


def one_of(*known: str, kind: str = "known here") -> Callable[[str], str]:
    """Make a reader that takes one of the known words, in upper or lower case.

    :param kind: What a word that is none of them is not, such as ``"an HTTP method"``.
    """

    def read(text: str) -> str:
        for each in known:
            if each.lower() == text.lower():
                return each
        raise OptionError(f"{text!r} is not {kind}.{did_you_mean(text, known)}")

    return read
