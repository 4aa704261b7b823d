"""What a statement of a plain cell means to the app: most stay, some only a notebook needs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.scope import Scope, own_nodes

from .magics import TRANSPARENT_LINES, Written, interpret_magic
from .reaching import CHANGING, changes_something
from .statements import parse_statements
from .staying.idle import is_idle
from .steps import Ask, Code, Leave, Place, Refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .notebooks import SourceCell
    from .statements import Statement
    from .steps import Step

#: What IPython makes of magics and shell lines.
SHELL = "get_ipython"
#: Calls that show, and give nothing that anybody keeps.
_SHOWING = frozenset({"display", "print", "pprint", "pp", "help", "dir", "input"})
#: Names that stand for the notebook itself.
_OF_NOTEBOOKS = frozenset({"nbflask", "ipytest", "globals", "locals", "In", "Out", "exit", "quit"})
#: Methods of an app that only a notebook, a test or a terminal calls.
_TRYING = frozenset({"run", "test_client", "test_cli_runner", "test_request_context"})
#: Methods that have an app answer a request.
_ANSWERING = frozenset(
    {"full_dispatch_request", "dispatch_request", "preprocess_request", "wsgi_app", "open"}
)
_PLAIN = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.JoinedStr, ast.Compare),
    *(ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.ListComp),
    *(ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.Lambda),
)


@dataclass
class Reader:
    """Reads the statements of a notebook, one cell after the other.

    :param trying: Names that hold what only a notebook has, such as a test client.
    """

    trying: set[str] = field(default_factory=set)

    def read(self, cell: SourceCell, text: str, first_line: int = 1) -> list[Step]:
        """Say what each statement means.

        :param text: Python, after IPython's transformation.
        :raises SyntaxError: It is not Python.
        """
        statements = parse_statements(text, first_line)
        shows = any(each.get("output_type") == "execute_result" for each in cell.outputs)
        steps: list[Step] = []
        for at, statement in enumerate(statements):
            is_shown = shows and at == len(statements) - 1
            steps += self._interpret(cell, statement, is_shown)
        return steps

    def _interpret(self, cell: SourceCell, statement: Statement, is_shown: bool) -> list[Step]:
        node = statement.node
        written = find_magic(cell, statement)
        if written is not None:
            return self._read_magic(cell, written)
        if any(isinstance(each, ast.Name) and each.id == SHELL for each in ast.walk(node)):
            return [self._leave_shell(cell, statement)]
        if self._is_for_notebooks(statement, is_shown):
            self.trying |= statement.binds - {"__file__"}
            return [_leave(cell, statement)]
        self.trying -= statement.binds
        return [Code(place=_place(cell, statement), statement=statement)]

    def _read_magic(self, cell: SourceCell, written: Written) -> list[Step]:
        if written.magic in TRANSPARENT_LINES and not written.name:
            return self.read(cell, written.line, written.place.line)
        step = interpret_magic(written)
        if written.name:
            self.trying.add(written.name)
            # What it gives is missed where an app uses it.
            if not isinstance(step, (Ask, Leave)):
                why = "What a magic gives is not there without it. Write what it does in Python."
                return [Refuse(place=written.place, what=written.what, why=why)]
        return [step]

    def _leave_shell(self, cell: SourceCell, statement: Statement) -> Step:
        """Leave magics within a loop or a condition, which are for show as a rule."""
        if statement.binds:
            self.trying |= statement.binds
        if isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            why = "A function without IPython cannot call it. Write what it does in Python."
            what = statement.text.strip().splitlines()[0]
            return Refuse(place=_place(cell, statement), what=what, why=why)
        return _leave(cell, statement)

    def _is_for_notebooks(self, statement: Statement, is_shown: bool) -> bool:
        node = statement.node
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return _imports_us(node)
        match node:
            # A module has a __file__ by itself.
            case ast.Assign(targets=[ast.Name(id="__file__")]):
                return True
            case ast.If(test=test) if _is_main(test):
                return True
            case ast.Expr(value=value) if self._only_shows(value, is_shown):
                return True
        if _only_looks(node) or _is_test(node):
            return True
        if statement.uses_at_once & (self.trying | _OF_NOTEBOOKS):
            return True
        return _tries(node) and not is_within_request(node)

    def _only_shows(self, value: ast.expr, is_shown: bool) -> bool:
        if isinstance(value, _PLAIN):
            return not changes_something(value)
        if not isinstance(value, ast.Call):
            return False
        if isinstance(value.func, ast.Name) and value.func.id in _SHOWING:
            return True
        if is_idle(value):
            return True
        method = value.func.attr if isinstance(value.func, ast.Attribute) else ""
        return is_shown and method not in CHANGING


def find_magic(cell: SourceCell, statement: Statement) -> Written | None:
    """Give the magic that a statement is, with the variable that takes its value, if it is one."""
    node = statement.node
    name = ""
    match node:
        case ast.Expr(value=ast.Call() as call):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            pass
        case _:
            return None
    match call:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Name(id="get_ipython"), args=[]), attr=method
            ),
            args=arguments,
        ):
            words = [each.value for each in arguments if isinstance(each, ast.Constant)]
        case _:
            return None
    if method == "run_line_magic" and len(words) == 2:
        magic, line = words
    elif method in ("system", "getoutput") and len(words) == 1:
        magic, line = "system", words[0]
    else:
        return None
    return Written(place=_place(cell, statement), magic=str(magic), line=str(line), name=name)


def _imports_us(node: ast.Import | ast.ImportFrom) -> bool:
    modules = [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    return all(each.partition(".")[0] == "nbflask" for each in modules)


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _tries(node: ast.stmt) -> bool:
    """Say whether a statement runs, shows or tries an app, rather than making it."""
    calls = (each for each in own_nodes(node) if isinstance(each, ast.Call))
    for call in calls:
        match call.func:
            case ast.Attribute(value=ast.Name(), attr=method) if method in _TRYING:
                # subprocess.run() and asyncio.run() are no app's.
                if method != "run" or not _is_module(call.func.value):
                    return True
    return False


def is_within_request(node: ast.stmt) -> bool:
    """Say whether a block gives values in the context of a request that nobody answers.

    ``with app.test_request_context(): HOME = url_for("home")`` does.
    """
    if not isinstance(node, ast.With) or not Scope.of(node).bound:
        return False
    opened = _methods(each.context_expr for each in node.items)
    done = _methods(each for part in node.body for each in own_nodes(part))
    return "test_request_context" in opened and done.isdisjoint(_TRYING | _ANSWERING)


def _methods(nodes: Iterable[ast.AST]) -> set[str]:
    """Give the names of the methods that calls among nodes are of."""
    calls = (each.func for each in nodes if isinstance(each, ast.Call))
    return {each.attr for each in calls if isinstance(each, ast.Attribute)}


def _only_looks(node: ast.stmt) -> bool:
    """Say whether a statement only shows and asserts, or is one of such statements."""
    if isinstance(node, (ast.With, ast.For, ast.If, ast.While)):
        inner = [*node.body, *getattr(node, "orelse", [])]
        return all(map(_only_looks, inner))
    match node:
        case ast.Assert() | ast.Pass():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SHOWING
    return False


def _is_test(node: ast.stmt) -> bool:
    """Say whether it is for pytest, or calls a test client, and so is no part of an app."""
    decorators = [ast.unparse(each) for each in getattr(node, "decorator_list", [])]
    if any("fixture" not in each and not each.startswith("pytest.") for each in decorators):
        return False
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") and any(
            isinstance(each, ast.FunctionDef) and each.name.startswith("test") for each in node.body
        )
    return isinstance(node, ast.FunctionDef) and (
        bool(decorators)
        or any(
            isinstance(each, ast.Attribute) and each.attr in ("test_client", "test_cli_runner")
            for each in ast.walk(node)
        )
    )


def _is_module(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("subprocess", "asyncio", "anyio", "trio")


def _place(cell: SourceCell, statement: Statement) -> Place:
    return Place(cell=cell, line=statement.line)


def _leave(cell: SourceCell, statement: Statement) -> Leave:
    lines = [line for line in statement.text.splitlines() if not line.strip().startswith("#")]
    what = (lines or [""])[0].strip()
    return Leave(place=_place(cell, statement), what=what, statement=statement)
