"""What the page is told of templates: JSON, with every secret covered."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .contexts import build_entries
from .covering import add_secrets, cover_json
from .occasions import split_context

if TYPE_CHECKING:
    from nbflask.exchanges.redaction import Secrets

    from .looking import Templates
    from .origins import Origin
    from .rendering import Rendering
    from .template import Template

Json = dict[str, Any]

# A page would be slow to draw more, and nobody reads a template of that length.
MAX_SOURCE_CHARS = 400_000


def build_list(templates: Templates) -> Json:
    """Tell of all templates of the app."""
    visits = templates.records.visits()
    rows = []
    for name in templates.names:
        template = templates.get(name)
        if template is None:
            continue
        count = visits[name].count if name in visits else 0
        rows.append(
            {
                "name": name,
                "origin": _origin(template.origin),
                "has_fault": template.reading.error is not None,
                "count": count,
            }
        )
    return {
        "kind": "list",
        "app_name": templates.app_name,
        "is_recorded": templates.records.is_there,
        "templates": rows,
    }


def build_template(template: Template, templates: Templates, secrets: Secrets) -> Json:
    """Tell all that is known of a template."""
    records = templates.records
    fault = template.fault
    return {
        "kind": "template",
        "name": template.name,
        "source": template.source[:MAX_SOURCE_CHARS],
        "is_truncated": len(template.source) > MAX_SOURCE_CHARS,
        "delimiters": _delimiters(templates),
        "origin": _origin(template.origin),
        "shadowed": [_origin(each) for each in template.shadowed],
        "parents": [asdict(each) for each in template.parents],
        "children": [asdict(each) for each in template.children],
        "blocks": [asdict(each) for each in template.blocks],
        "macros": [asdict(each) for each in template.macros],
        "variables": _variables(template, templates),
        "visits": asdict(template.visits),
        "is_recorded": records.is_there,
        "context": _context(template, templates, secrets),
        "marks": [asdict(each) for each in template.marks],
        "fault": None if fault is None else asdict(fault),
    }


def build_rendering(rendering: Rendering, turn: Any) -> Json:
    """Tell what came of a rendering.

    :param turn: The question's number, given back with the answer.
    """
    fault = rendering.fault
    return {
        "kind": "rendered",
        "name": rendering.name,
        "turn": turn,
        "text": rendering.text,
        "is_truncated": rendering.is_truncated,
        "is_markup": _is_markup(rendering),
        "missing": [asdict(each) for each in rendering.missing],
        "occasion": rendering.occasion,
        "fault": None if fault is None else asdict(fault),
    }


def build_answer(templates: Templates, message: Json) -> Json:
    """Answer a question of the page's.

    :param message: ``{"kind": "list"}``, ``{"kind": "get", "name": ...}`` or ``{"kind": "render",
        "name": ..., "turn": ..., "changes": {...}, "removed": [...]}``.
    """
    kind = message.get("kind")
    if kind == "list":
        return build_list(templates)
    template = templates.get(str(message.get("name")))
    if template is None:
        return {"kind": "gone", "name": message.get("name")}
    changes: Json = dict(message.get("changes") or {}) if kind == "render" else {}
    given = {**(template.last_context or {}), **changes}
    secrets = add_secrets(templates.records.secrets, given)
    if kind == "render":
        removed = tuple(str(each) for each in message.get("removed") or ())
        told = build_rendering(template.try_render(changes, removed), message.get("turn"))
    else:
        told = build_template(template, templates, secrets)
    covered: Json = cover_json(told, secrets)
    return covered


def _context(template: Template, templates: Templates, secrets: Secrets) -> Json | None:
    live = template.last_context
    if live is None:
        return None
    own, given = split_context(live)
    return {
        "lender": template.lender,
        "exchange_id": templates.records.visits_of(template.lender).last_id,
        "entries": [asdict(each) for each in build_entries(own, given, secrets)],
    }


def _variables(template: Template, templates: Templates) -> list[Json]:
    """Tell what the template and those it builds on want, besides what the app gives to all."""
    wanted = templates.family.needs(template.name)
    return [{"name": name, "wanted_by": list(by)} for name, by in wanted.items()]


def _delimiters(templates: Templates) -> Json:
    environment = templates.app.jinja_env
    return {
        "block": [environment.block_start_string, environment.block_end_string],
        "variable": [environment.variable_start_string, environment.variable_end_string],
        "comment": [environment.comment_start_string, environment.comment_end_string],
    }


def _origin(origin: Origin) -> Json:
    return {**asdict(origin), "label": origin.label}


def _is_markup(rendering: Rendering) -> bool:
    ending = rendering.name.rpartition(".")[2].lower()
    if ending in ("html", "htm", "xhtml", "svg", "jinja", "j2", "xml"):
        return True
    return ending not in ("txt", "md", "csv", "json", "js", "css", "sql") and (
        rendering.text.lstrip().startswith("<")
    )
