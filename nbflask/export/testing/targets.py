"""What Python that tries an app asks for, as far as its text tells: methods and paths."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SENDING = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "open"})
#: Where a loop would give more paths, its beginning stands for them.
_MAX_PATHS = 60


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a request may be sent to.

    :param method: ``""`` where any may be meant.
    :param path: With its query.
    :param is_prefix: Anything may follow the path.
    """

    method: str
    path: str
    is_prefix: bool = False


def find_targets(nodes: Sequence[ast.AST], helpers: Sequence[ast.AST] = ()) -> tuple[Target, ...]:
    """Give what code asks for; of a path that nobody can tell, whatever it may be.

    :param helpers: The functions that it calls.
    """
    every = (*nodes, *helpers)
    values = _loop_values(every)
    found: dict[Target, None] = {}
    is_all_known = True
    for call, method in _requests(every):
        known = _read_target(call, method, values)
        is_all_known = is_all_known and known is not None
        found.update(dict.fromkeys(known or ()))
    if not is_all_known:
        paths = dict.fromkeys(path for each in every for path in _paths(each))
        found.update(dict.fromkeys(Target(method="", path=path, is_prefix=True) for path in paths))
        if not paths:
            found[Target(method="", path="/", is_prefix=True)] = None
    return tuple(found)


def sends_requests(node: ast.AST) -> bool:
    """Say whether code calls a test client, itself."""
    return next(_requests([node]), None) is not None


def find_requests(node: ast.AST) -> list[ast.Call]:
    """Give the calls that send requests, in the order of the text."""
    found = [call for call, _ in _requests([node])]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def _requests(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Call, str]]:
    for each in (inner for node in nodes for inner in ast.walk(node)):
        match each:
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _SENDING:
                is_path = bool(each.args) and next(_paths(each.args[0]), "") != ""
                if is_path or "client" in ast.unparse(value).lower():
                    yield each, "" if attr == "open" else attr.upper()


def _read_target(
    call: ast.Call, method: str, values: Mapping[str, Sequence[str]]
) -> tuple[Target, ...] | None:
    if not call.args:
        return None
    texts = _texts(call.args[0], values)
    if texts is None:
        start = _start_of(call.args[0])
        return (Target(method=method, path=start, is_prefix=True),) if start else None
    return tuple(Target(method=method, path=each) for each in texts)


def _texts(node: ast.expr, values: Mapping[str, Sequence[str]]) -> Sequence[str] | None:
    """Give all texts that an expression may be; ``None`` where nobody can tell."""
    match node:
        case ast.Constant(value=value):
            return (str(value),)
        case ast.Name(id=name):
            return values.get(name)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _texts(value, values)
        case ast.JoinedStr(values=parts):
            found = [_texts(each, values) for each in parts]
            if any(each is None for each in found):
                return None
            known = [each for each in found if each is not None]
            whole = itertools.islice(itertools.product(*known), _MAX_PATHS + 1)
            texts = tuple("".join(each) for each in whole)
            return texts if len(texts) <= _MAX_PATHS else None
    return None


def _start_of(node: ast.expr) -> str:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start.startswith("/"):
            return start
        case ast.BinOp(left=left, op=ast.Add()):
            return start if (start := _start_of(left) or _text(left)).startswith("/") else ""
    return ""


def _loop_values(nodes: Iterable[ast.AST]) -> dict[str, tuple[str, ...]]:
    """Give the values that loops over literals give to their variables."""
    found: dict[str, tuple[str, ...]] = {}
    several: set[str] = set()
    for each in (inner for node in nodes for inner in ast.walk(node)):
        match each:
            case (
                ast.For(target=target, iter=values)
                | ast.comprehension(target=target, iter=values)
                | ast.Assign(targets=[target], value=values)
            ):
                is_loop = not isinstance(each, ast.Assign)
                for name, texts in _values_of(target, values if is_loop else [values]):
                    if name in found and found[name] != texts:
                        several.add(name)
                    found[name] = texts
    return {name: texts for name, texts in found.items() if texts and name not in several}


def _values_of(
    target: ast.expr, values: ast.expr | list[ast.expr]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the texts that each variable of a target may hold; none where nobody can tell."""
    items = values if isinstance(values, list) else _items(values)
    match target:
        case ast.Name(id=name):
            texts = [each.value for each in items if isinstance(each, ast.Constant)]
            yield name, tuple(map(str, texts)) if len(texts) == len(items) else ()
        case ast.Tuple(elts=names):
            for at, each in enumerate(names):
                parts: list[Any] = [
                    item.elts[at] if isinstance(item, ast.Tuple) and at < len(item.elts) else None
                    for item in items
                ]
                yield from _values_of(each, [part for part in parts if part is not None])


def _items(values: ast.expr) -> list[ast.expr]:
    match values:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return items
        case ast.Constant(value=str(text)):
            return [ast.Constant(value=each) for each in text]
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(end))]):
            return [ast.Constant(value=each) for each in range(min(end, _MAX_PATHS))]
        case ast.Call(func=ast.Attribute(value=ast.Dict(keys=keys, values=inner), attr="items")):
            pairs = zip(keys, inner, strict=True)
            return [ast.Tuple(elts=[key, each]) for key, each in pairs if key is not None]
    return []


def _paths(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        text = _text(each)
        if text.startswith("/"):
            yield text


def _text(node: ast.AST) -> str:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return start
        case ast.Constant(value=str(text)):
            return text
    return ""
