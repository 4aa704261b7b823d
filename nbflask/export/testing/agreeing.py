"""Whether a stored answer may be one of the code and the templates that are there now.

A notebook may be saved with a cell that was edited and not run since. Then the answer says what
nothing in the file says any more.

Rule 1: a title or heading of a page is one that a template or the code has, gaps filled.

Rule 2: a text of an answer is one of those that the view returns, and a text in JSON one of those
that the code has under the same key, if all of them stand in the code.
"""

from __future__ import annotations

import ast
import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .answers import Answer

_TAGS = ("title", "h1", "h2")
_BLOCK = re.compile(r"{%-?\s*block\b.*?{%-?\s*endblock\b.*?%}", re.DOTALL)
# What an expression gives, or another tag: anything. So may be what is put together in code.
_GAP = re.compile(r"{{.*?}}|{#.*?#}|{[^{}]*}|<[^<>]*>|%[sd]|\0", re.DOTALL)
_MADE_ELSEWHERE = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
_CODE = re.compile(r"""["']|\$""")


def agrees(answer: Answer, texts: str, view: ast.AST | None, nodes: Sequence[ast.AST]) -> bool:
    """Say whether an answer may be made of what is there.

    :param texts: The code and the templates of the view.
    :param view: The function that answers, if it is one and nothing else answers in its place.
    :param nodes: The statements that the answer is made of.
    """
    if answer.is_json and answer.text:
        return _agrees_as_json(answer, nodes)
    if answer.status >= 300:
        # A handler's page, or Werkzeug's own.
        return True
    is_plain = not _MADE_ELSEWHERE.search(texts)
    if is_plain and not all(_has_heading(tag, said, texts) for tag, said in _headings(answer.text)):
        return False
    return view is None or _is_returned(answer, view)


def _headings(text: str) -> Iterator[tuple[str, str]]:
    for tag in _TAGS:
        for found in re.finditer(rf"<{tag}\b[^<>]*>([^<>\n]+)</{tag}>", text):
            yield tag, found[1]


def _has_heading(tag: str, said: str, texts: str) -> bool:
    """Say whether a heading is in texts; where they have none of the kind, nobody can tell."""
    inner = re.findall(rf"<{tag}\b[^<>]*>(.*?)</{tag}>", texts, re.DOTALL)
    return not inner or any(_may_be(said, each, texts) for each in inner)


def _may_be(said: str, written: str, texts: str) -> bool:
    if _CODE.search(_GAP.sub("", written)):
        return True
    if _BLOCK.search(written):
        # What a page puts into the block stands in it.
        blocks = [re.sub(r"^{%.*?%}|{%[^%]*%}$", "", each) for each in _BLOCK.findall(texts)]
        if not any("{" in each for each in blocks) and said not in texts:
            return False
    plain = _BLOCK.sub("\0", written)
    return "{%" in plain or _matches(said, _GAP.split(plain))


def _matches(said: str, parts: Sequence[str]) -> bool:
    """Say whether a text consists of parts, with anything between them."""
    pattern = r"\s*.*?\s*".join(re.escape(" ".join(html.unescape(each).split())) for each in parts)
    return re.fullmatch(pattern, " ".join(html.unescape(said).split()), re.DOTALL) is not None


def _agrees_as_json(answer: Answer, nodes: Sequence[ast.AST]) -> bool:
    try:
        document = answer.document
    except ValueError:
        return True
    if not isinstance(document, dict):
        return True
    texts = ((key, value) for key, value in document.items() if isinstance(value, str))
    return all(_may_be_text(value, list(_values_of(key, nodes))) for key, value in texts)


def _values_of(key: str, nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """Give what code writes under a key."""
    for each in (inner for node in nodes for inner in ast.walk(node)):
        match each:
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                yield from (value for name, value in pairs if _is_text(name, key))
                yield from (value for name, value in pairs if name is None)
            case ast.Call(keywords=keywords):
                yield from (one.value for one in keywords if one.arg == key)
            case ast.Assign(targets=[ast.Subscript(slice=name)], value=value):
                if not isinstance(name, ast.Constant) or name.value == key:
                    yield value


def _is_text(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _may_be_text(said: str, values: Sequence[ast.expr]) -> bool:
    """Say whether a text may be one of values; where one is not written out, nobody can tell."""
    parts = [_parts_of(each) for each in values]
    return not parts or any(each is None or _matches(said, each) for each in parts)


def _parts_of(node: ast.expr) -> Sequence[str] | None:
    """Give a text in parts, with a gap for what is put into it; ``None`` where it is not there."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            texts = (each.value if isinstance(each, ast.Constant) else "\0" for each in parts)
            return "".join(map(str, texts)).split("\0")
    return None


def _is_returned(answer: Answer, view: ast.AST) -> bool:
    values = [each.value for each in ast.walk(view) if isinstance(each, ast.Return) and each.value]
    first = [each.elts[0] if isinstance(each, ast.Tuple) and each.elts else each for each in values]
    return _may_be_text(answer.text, first)
