"""How autodoc shows the Python API: as its users have it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: The classes that users make themselves. All others are given to them.
MADE_BY_USERS = {"nbflask.Flask", "nbflask.Blueprint", "nbflask.Bounds", "nbflask.Recorder"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Hide what only nbflask itself has to know: how a class is made, and in which module."""
    app.connect("autodoc-process-signature", hide_signature)
    app.connect("autodoc-process-docstring", rewrite_docstring)
    app.connect("doctree-read", shorten_names)
    app.connect("missing-reference", find_by_name)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def hide_signature(_app: Sphinx, what: str, name: str, *_rest: Any) -> tuple[str, str] | None:
    """Give an empty signature for such a class; ``None`` leaves what there is."""
    return ("", "") if what == "class" and name not in MADE_BY_USERS else None


def rewrite_docstring(
    _app: Sphinx, what: str, name: str, each: Any, _options: Any, lines: list[str]
) -> None:
    """Make a class's parameters the attributes that it has, or leave them out."""
    if what != "class" or name in MADE_BY_USERS - {"nbflask.Bounds"}:
        return
    text, described = split_parameters(lines)
    lines[:] = text
    if dataclasses.is_dataclass(each):
        for field in dataclasses.fields(each):
            lines.append(f":ivar {field.name}: {described.get(field.name, '')}")
            lines.append(f":vartype {field.name}: {field.type}")
        lines.append("")


def split_parameters(lines: list[str]) -> tuple[list[str], dict[str, str]]:
    """Give a docstring without its ``:param name:`` fields, and these by their names."""
    text: list[str] = []
    described: dict[str, str] = {}
    name = ""
    for line in lines:
        start = re.match(r":param (\w+): *(.*)", line)
        # What is indented goes on with the field above it.
        is_more = bool(name) and line.startswith(" ")
        name = start[1] if start else name if is_more else ""
        if start:
            described[name] = start[2]
        elif is_more:
            described[name] += f" {line.strip()}"
        else:
            text.append(line)
    return text, described


def shorten_names(_app: Sphinx, page: nodes.document) -> None:
    """Leave the module out before a name that is not ``nbflask``'s own; make dashes dashes."""
    for node in list(page.findall(addnodes.desc_addname)):
        if node.astext() != "nbflask.":
            node.parent.remove(node)
    # Sphinx's dash, which its smart quotes would make one; those would change options, too.
    for text in [each for each in page.findall(nodes.Text) if each.astext() == " -- "]:
        text.parent.replace(text, nodes.Text(" \N{EN DASH} "))


def find_by_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.TextElement
) -> nodes.reference | nodes.TextElement | None:
    """Resolve what a docstring or an annotation names as Python does in its own module.

    A class that has no place in the reference, ours or another library's, stays plain text; so
    does a module. Of anything else ``None`` lets Sphinx warn.
    """
    if node.get("refdomain") != "py":
        return None
    name = node["reftarget"].rpartition(".")[2]
    found = [each for each in env.domains["py"].get_objects() if each[0].rpartition(".")[2] == name]
    if len(found) == 1 and app.builder is not None:
        _name, _shown, _kind, page, anchor, _priority = found[0]
        return make_refnode(app.builder, node["refdoc"], page, anchor, text)
    return text if node["reftype"] in ("class", "mod", "obj") else None
