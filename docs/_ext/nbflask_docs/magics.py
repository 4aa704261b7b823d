"""The reference of the magics, made of their parsers, goes into ``docs/magics.md``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from sphinx.errors import ExtensionError

from nbflask.magics import magic_classes
from nbflask.magics.arguments import parser_of
from nbflask_docs.notebooks import FOLDER
from nbflask_docs.uses import Use, example_of, find_uses, pages_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from nbflask.magics.arguments import Argument, LineParser

PAGE = "magics"
PLACE = "<!-- the magics -->"

#: What each class of magics is about. A class that is not here fails the build.
TITLES = {
    "ViewMagics": "Views, templates, static files",
    "HookMagics": "Hooks",
    "ModuleMagics": "Modules",
    "LookingMagics": "The app",
    "RunningMagics": "The server",
    "ClientMagics": "Requests",
    "InspectingMagics": "What was recorded",
    "ReplayingMagics": "Replay, debugging, HAR",
    "SessionMagics": "Sessions",
    "TemplateMagics": "Templates",
    "ExportingMagics": "Export",
}

# A magic that is used all over names the first few notebooks.
MAX_PAGES = 4


@dataclass(frozen=True)
class Magic:
    """One magic, in one or both of its forms.

    :param forms: ``("%flask_post", "%%flask_post")``.
    :param same_as: The magic that has the same options and shows them; ``""`` for none.
    """

    name: str
    forms: tuple[str, ...]
    parser: LineParser
    same_as: str = ""

    @property
    def usage(self) -> str:
        """The line, as manuals write it: what may be left out stands in brackets."""
        words = [spell_usage(each) for each in self.arguments if not each.is_option]
        options = [spell_usage(each) for each in self.arguments if each.is_option]
        return " ".join([self.forms[0], *words, *(["[OPTION ...]"] if self.same_as else options)])

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """What a line may hold."""
        return self.parser.declared

    @property
    def description(self) -> str:
        """What it does."""
        return self.parser.description or ""


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the reference into its page, whenever the site is built."""
    app.connect("env-get-outdated", lambda *_args: [PAGE])
    app.connect("source-read", fill_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def fill_page(app: Sphinx, docname: str, content: list[str]) -> None:
    """Write the reference in the place that the page leaves for it."""
    if docname == PAGE:
        uses = find_uses(Path(app.srcdir) / FOLDER)
        content[0] = content[0].replace(PLACE, render_reference(uses))


def render_reference(uses: tuple[Use, ...]) -> str:
    """Give the reference of all magics, in Markdown.

    :raises ExtensionError: A class of magics has no title here.
    """
    environment = Environment(  # noqa: S701 (Markdown, escaped by a filter of its own)
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"text": escape, "option": spell_option}
    template = environment.from_string(Path(__file__).with_suffix(".md.jinja").read_text("utf-8"))
    return template.render(
        groups=list(find_groups()),
        example_of=lambda magic: find_example(magic, uses),
        pages_of=lambda magic: list(pages_of(magic.name, uses).items())[:MAX_PAGES],
        folder=FOLDER,
    )


def find_groups() -> Iterator[tuple[str, list[Magic]]]:
    """Give the magics of each class, under the class's title, in the order of :data:`TITLES`."""
    classes = {each.__name__: each for each in magic_classes()}
    for name in classes:
        if name not in TITLES:
            raise ExtensionError(f"The class of magics {name!r} has no title in {__name__}.TITLES.")
    for name, title in TITLES.items():
        yield title, list(_magics_of(classes[name]))


def _magics_of(group: Any) -> Iterator[Magic]:
    forms: dict[str, tuple[str, ...]] = {}
    for kind, mark in (("line", "%"), ("cell", "%%")):
        for name in group.magics[kind]:
            forms[name] = (*forms.get(name, ()), f"{mark}{name}")
    shown: list[Magic] = []
    for name in (name for name in vars(group) if name in forms):
        parser = parser_of(getattr(group, name))
        if parser is None:
            raise ExtensionError(f"The magic {name!r} has no parser, and so no reference.")
        # Short lists are said again, rather than looked up.
        is_long = len(parser.declared) > 3
        same = (each.name for each in shown if is_long and each.arguments == parser.declared)
        shown.append(Magic(name, forms[name], parser, next(same, "")))
    yield from shown


def find_example(magic: Magic, uses: tuple[Use, ...]) -> str:
    """Give a line to copy; for a cell magic a cell of a notebook, which the tests run."""
    line = magic.parser.example
    return (example_of(magic.forms[0], uses) if line.startswith("%%") else "") or line


def spell_usage(each: Argument) -> str:
    """Give an argument as the usage has it: ``PATH``, ``[METHOD ...]``, ``[--app A]``."""
    if each.is_option:
        return f"[{each.names[0]}{_value_of(each)}]"
    word = spell_option(each)
    forms = {"?": f"[{word}]", "*": f"[{word} ...]", "+": f"{word} [{word} ...]"}
    return forms.get(str(each.settings.get("nargs")), word)


def spell_option(each: Argument) -> str:
    """Give an argument as it is written: ``PATH``, ``-u USER:PASSWORD, --user USER:PASSWORD``."""
    if not each.is_option:
        return str(each.settings.get("metavar", each.names[0]))
    return ", ".join(f"{name}{_value_of(each)}" for name in each.names)


def _value_of(each: Argument) -> str:
    return f" {each.settings.get('metavar', '')}" if each.takes_value else ""


def escape(text: str) -> str:
    """Keep Markdown from reading a help text as anything but text."""
    for sign in ("\\", "<", "*", "[", "|"):
        text = text.replace(sign, f"\\{sign}")
    return text
