"""The table of all keys of filters, made of the filters' own, goes into ``docs/filters.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.exchanges.filters.keys import KEYS, STAGES, Kind

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from nbflask.exchanges.filters.keys import Key

PAGE = "filters"
PLACE = "<!-- the keys -->"

_READ_AS = {
    Kind.PART: "text, found anywhere in it",
    Kind.WHOLE: "text, the whole of it",
    Kind.NUMBER: "a number",
    Kind.CHOICE: "a word",
    Kind.AGE: "at most this long ago",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the table into its page, whenever the site is built."""
    app.connect("env-get-outdated", lambda *_args: [PAGE])
    app.connect("source-read", fill_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def fill_page(_app: Sphinx, docname: str, content: list[str]) -> None:
    """Write the table in the place that the page leaves for it."""
    if docname == PAGE:
        content[0] = content[0].replace(PLACE, render_table())


def render_table() -> str:
    """Give a line for each key, by the alphabet, as a table in Markdown."""
    rows = [
        f"| `{_spell(name, key)}` | {_READ_AS[key.kind]} | {_values(name, key)} |"
        for name, key in sorted(KEYS.items())
    ]
    return "\n".join(["| Key | Read as | Words and units |", "|---|---|---|", *rows])


def _spell(name: str, key: Key) -> str:
    return f"{name}.NAME:" if key.is_named else f"{name}:"


def _values(name: str, key: Key) -> str:
    words = (*key.choices, *(unit for unit, _factor in key.units if unit))
    names = [f"NAME is one of {_list(STAGES)}"] if name == "stage" else []
    return "; ".join([*([_list(words)] if words else []), *names])


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in words)
