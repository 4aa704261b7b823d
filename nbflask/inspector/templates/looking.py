"""The templates of an app, for Python: ``nbflask.templates(app)["hello.html"].render(name="Ada")``.

Sources, contexts and renderings are raw, for code; what is shown of them by itself names names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nbflask.errors import TemplateError
from nbflask.values.words import did_you_mean
from nbflask.widgets.table import Table

from .family import Family
from .faults import Text
from .origins import find_template, list_templates
from .reading import read_template
from .records import Records
from .template import Template

if TYPE_CHECKING:
    from flask import Flask

    from nbflask.recorder import Recorder

    from .family import Relative
    from .origins import Found
    from .reading import Reading


class Templates(Mapping[str, "Template"]):
    """The templates of an app, by name; as they are now, each time one looks.

    :param recorder: Knows what the templates were given; ``None`` if nothing is recorded.
    """

    def __init__(self, app: Flask, recorder: Recorder | None = None, *, name: str = "app") -> None:
        """Look at an app's templates."""
        self.app, self.app_name = app, name
        self.records = Records(app, recorder)
        self._read: dict[str, Text] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(list_templates(self.app))

    def __getitem__(self, name: str) -> Template:
        """Give the template of a name.

        :raises TemplateError: There is none.
        """
        found = find_template(self.app, name)
        if found is None:
            raise TemplateError(
                f"The app {self.app_name!r} has no template {name!r}."
                f"{did_you_mean(name, self.names) if self.names else ''}"
                f" Write it in a `%%template {name}` cell."
            )
        return Template(self, name, found)

    def get(self, name: str, default: Any = None) -> Any:
        """Give the template of a name, or the default."""
        found = find_template(self.app, name)
        return default if found is None else Template(self, name, found)

    def __contains__(self, name: object) -> bool:
        """Whether the app has a template of that name."""
        return isinstance(name, str) and find_template(self.app, name) is not None

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count them."""
        return len(self.names)

    @property
    def family(self) -> Family:
        """Who builds on whom."""
        texts = {name: self.text(name) for name in self.names}
        return Family({name: text.reading for name, text in texts.items() if text is not None})

    def text(self, name: str) -> Text | None:
        """Give a template's source and what was read of it; ``None`` if there is none."""
        found = find_template(self.app, name)
        return None if found is None else self.read(name, found)

    def read(self, name: str, found: Found) -> Text:
        """Read a source that was found; what is as it was is not read twice."""
        known = self._read.get(name)
        if known is None or known.source != found.source:
            reading = read_template(self.app.jinja_env, name, found.source)
            known = self._read[name] = Text(source=found.source, reading=reading)
        return known

    def table(self) -> Table:
        """Give names, where each comes from, and what it extends and takes in."""
        return Table(
            columns=("template", "from", "extends", "includes", "blocks", "variables"),
            rows=tuple(self._row(name) for name in self.names),
            title=f"Templates of the app {self.app_name!r}",
            empty="The app has no templates. Write a `%%template hello.html` cell.",
        )

    def __repr__(self) -> str:
        """List them in a table."""
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def _row(self, name: str) -> tuple[str, ...]:
        found = find_template(self.app, name)
        if found is None:
            return (name, "cannot be read", "", "", "", "")
        reading = self.read(name, found).reading
        if reading.error is not None:
            return (name, found.origin.label, f"line {reading.error.lineno} is wrong", "", "", "")
        return (
            name,
            found.origin.label,
            _names(reading, "extends"),
            _names(reading, "include", "import"),
            " ".join(each.name for each in reading.blocks),
            " ".join(reading.variables),
        )

    def lender_of(self, name: str) -> str:
        """Give the template whose context one has: its own, or the newest page's that it is in."""
        visits = self.records.visits()
        if name in visits:
            return name
        above = _all_names(self.family.children(name)) & visits.keys() if name in self else set()
        return max(above, key=lambda each: visits[each].last_id or 0, default=name)


def _all_names(relatives: tuple[Relative, ...]) -> set[str]:
    own = {each.name for each in relatives if each.name is not None}
    return own.union(*(_all_names(each.relatives) for each in relatives))


def _names(reading: Reading, *kinds: str) -> str:
    found = (each for each in reading.references if each.kind in kinds)
    return " ".join(dict.fromkeys(each.name or f"({each.text})" for each in found))
