"""Views that return what a notebook can show go on doing so, by a module of the project's own.

It is the one by which the live app does it. The project has it only where its code can have such
objects and a view returns what may be one of them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .declared import keys_of
from .edits import apply_edits, replacing
from .imports import keep_used, read_imports
from .module import format_code
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .collecting import Program
    from .program import Piece

#: The module in the project.
NAME = "rich_returns"
_SOURCE = Path(__file__).parent.parent / "app" / "rich_returns.py"
#: Packages whose objects a notebook can show.
_SHOWING = frozenset(
    {"pandas", "polars", "matplotlib", "seaborn", "altair", "PIL", "IPython", "plotly", "bokeh"}
    | {"folium", "sympy", "geopandas", "plotnine", "great_tables", "graphviz", "networkx"}
)
_REPR = re.compile(r"_repr_\w+_")
#: Calls that give what Flask takes.
_PLAIN_CALLS = frozenset(
    {"render_template", "render_template_string", "jsonify", "redirect", "make_response", "str"}
    | {"send_file", "send_from_directory", "Response", "dict", "url_for", "stream_with_context"}
    | {"escape", "abort", "dumps", "bytes", "to_html", "to_json", "to_dict", "to_csv", "tolist"}
    | {"format", "join", "read", "getvalue", "render", "as_text", "isoformat", "get_response"}
    | {"stream_template", "sorted", "list", "decode", "encode", "upper", "lower", "strip"}
)
_PLAIN = (ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.DictComp, ast.ListComp)
_HOOKS = frozenset({"before_request", "after_request", "errorhandler", "app_errorhandler"})
#: A linter's rule that is set aside, with the reason: the line is too long for the formatter.
_REASON = re.compile(r"(  # noqa: \w+)  # .*")
_PYPLOT = re.compile(r"\bpyplot\b|\bseaborn\b")
_PLOTTING = re.compile(r"\.(?:plot\b|hist\(|boxplot\()")

_CLASS = '''

class Flask(flask.Flask):
    """A Flask app whose views may also return what a notebook can show."""

    def make_response(self, rv: Any) -> Response:
        """Make a response, also of what Flask refuses."""
        try:
            return super().make_response(rv)
        except TypeError as error:
            refusal = error
        return make_rich_response(rv, refusal)
'''
_FIGURES = '''
    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """Answer a request, which has a list of pyplot's figures to itself."""
        request_figures.set(OrderedDict())
        return super().wsgi_app(environ, start_response)


# pyplot keeps its open figures, and which is the current one, for the whole process. With a list
# for each request, threads do not draw into each other's figures, and none is kept for ever.
matplotlib.use("Agg")
request_figures: ContextVar[OrderedDict[Any, Any]] = ContextVar("request_figures")
process_figures = Gcf.figs
Gcf.figs = LocalProxy(lambda: request_figures.get(process_figures))
'''


def with_rich_returns(program: Program) -> Program:
    """Let a program make its app of the module's class, if its views need that."""
    if not may_return_rich(program):
        return program
    imports = (*program.imports, f"from {NAME} import Flask")
    return replace(program, pieces=tuple(map(_make_of_ours, program.pieces)), imports=imports)


def write_rich_module(program: Program) -> dict[str, str]:
    """Give the module by its path in the project, if the program uses it."""
    if f"from {NAME} import Flask" not in program.imports:
        return {}
    return {f"{NAME}.py": format_code(_write(has_figures=has_pyplot(program)))}


def _write(*, has_figures: bool) -> str:
    text = _REASON.sub(r"\1", _SOURCE.read_text(encoding="utf-8"))
    import_line = "from flask import Response, current_app, request\n"
    head = f"import flask\n{import_line}"
    if not has_figures:
        return text.replace(import_line, head, 1) + _CLASS
    head = (
        f"import flask\nimport matplotlib\n{import_line}from matplotlib._pylab_helpers import Gcf\n"
    )
    text = text.replace(import_line, head, 1)
    first = "from collections.abc import Iterator\n"
    text = text.replace(
        first,
        f"from collections import OrderedDict\n{first}from contextvars import ContextVar\n",
        1,
    )
    last = "from werkzeug.http import parse_options_header\n"
    text = text.replace(last, f"{last}from werkzeug.local import LocalProxy\n", 1)
    return text + _CLASS + _FIGURES


def may_return_rich(program: Program) -> bool:
    """Say whether a view may return what only a notebook takes, as far as the text tells."""
    nodes = [each.statement.node for each in program.pieces]
    used = frozenset(name for each in program.pieces for name in each.statement.uses)
    imports = keep_used(read_imports(each for each in nodes), used)
    inner = [each for node in nodes for each in ast.walk(node)]
    has_objects = any(each.package in _SHOWING for each in imports) or any(
        isinstance(each, ast.FunctionDef) and _REPR.fullmatch(each.name) for each in inner
    )
    return has_objects and any(
        not _is_plain(returned, _find_given(each))
        for each in inner
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and _answers(each)
        for returned in _returned(each)
    )


def has_pyplot(program: Program) -> bool:
    """Say whether views may draw by pyplot, themselves or by pandas."""
    text = "\n".join(each.statement.text for each in program.pieces)
    return bool(_PYPLOT.search(text) or ("pandas" in text and _PLOTTING.search(text)))


def _make_of_ours(piece: Piece) -> Piece:
    """Write ``flask.Flask`` as ``Flask``."""
    text = piece.statement.text
    edits = [
        replacing(node, "Flask")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "flask.Flask"
    ]
    if not edits or piece.is_import:
        return piece
    return replace(piece, statement=rewrite(piece.statement, apply_edits(text, edits)))


def _answers(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a function answers requests."""
    return bool(keys_of(function)) or _is_hook(function)


def _is_hook(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    listed = function.decorator_list
    decorators = (each.func if isinstance(each, ast.Call) else each for each in listed)
    return any(isinstance(each, ast.Attribute) and each.attr in _HOOKS for each in decorators)


def _find_given(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    """Give the values of a function's variables; one that gets a value otherwise has no entry."""
    # A hook's parameter is a response or an error.
    parameters = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    is_hook = _is_hook(function)
    found: dict[str, list[ast.expr]] = {name: [] for name in parameters if is_hook}
    otherwise = set() if is_hook else parameters
    told: set[int] = set()
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name) as target], value=value)
                | ast.AnnAssign(target=ast.Name(id=name) as target, value=ast.expr() as value)
            ):
                found.setdefault(name, []).append(value)
                told.add(id(target))
            case ast.AugAssign(target=ast.Name() as target):
                told.add(id(target))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                otherwise |= set(names)
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in told:
                otherwise.add(name)
    return {name: values for name, values in found.items() if name not in otherwise}


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _is_plain(value: ast.expr, given: Mapping[str, Sequence[ast.expr]]) -> bool:
    """Say whether Flask takes what an expression gives.

    :param given: The values of variables; what any other name stands for is not known.
    """
    match value:
        case ast.Tuple(elts=[first, *_]):
            return _is_plain(first, given)
        case ast.IfExp(body=body, orelse=other):
            return _is_plain(body, given) and _is_plain(other, given)
        case ast.BinOp(left=left, right=right):
            return _is_plain(left, given) or _is_plain(right, given)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _PLAIN_CALLS
        case ast.Name(id=name) if name in given:
            rest = {other: values for other, values in given.items() if other != name}
            return all(_is_plain(each, rest) for each in given[name])
    return isinstance(value, _PLAIN)
