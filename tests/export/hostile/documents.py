"""Sound notebooks, whole and in pieces, that others are made of."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.export.written import document_of

from .guard import ROOT

if TYPE_CHECKING:
    import random

EXAMPLE = (
    "# Teas\n\nSells teas to whoever asks.",
    "%load_ext nbflask",
    "import os\nfrom datetime import date\n\nteas = {'green': 3}  # pounds\n"
    "app.config['TITLE'] = 'Teas'",
    "# ## Pages\n",
    "%%template index.html\n<h1>{{ title }}</h1>\n{% for tea in teas %}{{ tea }}{% endfor %}",
    "%%route /\nrender_template('index.html', title=app.config['TITLE'], teas=teas)",
    "%%route /teas/<name> GET POST\nif name not in teas:\n    abort(404)\n"
    "if request.method == 'POST':\n    teas[name] += int(request.form['n'])\n"
    "{'name': name, 'count': teas[name]}",
    "%flask_get /teas/green",
    "%flask_post /teas/green -F n=2",
    "%%errorhandler 404\nreturn 'There is none.', 404",
    "%%static css/shop.css\nbody { margin: 0 }",
    "from flask import Blueprint\nadmin = Blueprint('admin', __name__)\n\n\n@admin.get('/admin')\n"
    'def show_admin():\n    """Show it."""\n    return f"{date(2026, 1, 1)} {os.sep}"\n\n\n'
    "app.register_blueprint(admin)",
)
ANSWER = '200 OK\nContent-Type: application/json\n\n{\n  "count": 3,\n  "name": "green"\n}'


@dataclass(frozen=True, kw_only=True)
class Case:
    """A notebook's file.

    :param name: What was done to it, and how to make it again.
    """

    name: str
    content: bytes


def example_document() -> dict[str, Any]:
    """Give a sound notebook with stored outputs."""
    document = document_of(*EXAMPLE)
    for cell in document["cells"]:
        if cell["source"] == "%flask_get /teas/green":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": ANSWER},
                }
            ]
    return document


def write(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


@cache
def _read_own() -> tuple[tuple[dict[str, Any], ...], ...]:
    paths = sorted((ROOT / "notebooks").glob("*/[!.]*.ipynb"))
    paths += sorted((ROOT / "notebooks").glob("*.ipynb"))
    return tuple(tuple(json.loads(each.read_text("utf-8"))["cells"]) for each in paths)


def choose_document(chance: random.Random) -> dict[str, Any]:
    """Give the example, or a few cells of a notebook of ours."""
    if chance.random() < 0.4:
        return example_document()
    cells = chance.choice(_read_own())
    begin = chance.randrange(max(1, len(cells) - 5))
    document = document_of("%load_ext nbflask", "%%route /first\n'first'")
    document["cells"] += copy.deepcopy(cells[begin : begin + 5])
    return document
