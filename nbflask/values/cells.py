"""A cell's text becomes the function that Flask calls.

A cell takes one of two forms.

*A function*: the last statement is a ``def``. The cell runs once, in the notebook's
namespace, as any cell does; the function (with its decorators) is the result. What
stands before it - imports, constants - runs with it. A second ``def`` is refused,
since which of the two is meant would be a guess.

*A body*: anything else. The text becomes the body of a function whose parameters the
caller names:

- ``return`` answers; without one, the last expression does, as in any cell, also at the
  end of a last ``if``, ``with``, ``try`` or ``match``. (:class:`Answer` has the hooks' rules.)
- ``await`` makes the function async, ``yield`` makes it a generator.
- Globals are the notebook's, names assigned to are the function's own. A name that is
  *only* assigned in place (``count += 1``) can only mean the notebook's, as it has no
  first value of its own: it is declared ``global``.
- Nothing is added to the namespace; the function's name is for endpoints and tracebacks.

Line numbers are the cell's, so a traceback shows the cell itself.
"""

from __future__ import annotations

import ast
import copy
import enum
import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflask.errors import CellError
from nbflask.values.scope import DEFS, Scope, own_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import CodeType


class Answer(enum.Enum):
    """What a body gives back where it has no ``return``."""

    LAST_EXPRESSION = "its last expression; a body that can give none is refused"
    NOTHING = "nothing: only `return` answers"
    FIRST_PARAMETER = "its first parameter"


@dataclass(frozen=True, kw_only=True)
class Hook:
    """What a body is given and gives back when it is one of Flask's hooks."""

    parameters: tuple[str, ...]
    answer: Answer


# A last expression such as `session.setdefault("visits", 0)` would end the request if
# before_request took it for a response, so there only `return` answers.
HOOKS = {
    "before_request": Hook(parameters=(), answer=Answer.NOTHING),
    "after_request": Hook(parameters=("response",), answer=Answer.FIRST_PARAMETER),
    "teardown_request": Hook(parameters=("error",), answer=Answer.NOTHING),
    "context_processor": Hook(parameters=(), answer=Answer.LAST_EXPRESSION),
    "errorhandler": Hook(parameters=("error",), answer=Answer.LAST_EXPRESSION),
    "template_filter": Hook(parameters=("value",), answer=Answer.LAST_EXPRESSION),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell that was read: the code, and what is known of its function.

    :param name: The function's name: its own, or the caller's for a body.
    :param is_body: The cell is a body; else it is a function.
    :param is_async: The function is a coroutine function or an async generator.
    :param is_streaming: A body with ``yield``: a call gives an iterator of chunks, which
        still needs the request's context while it runs.
    :param globals: Names that the body changes in place and that were declared global.
    """

    name: str
    is_body: bool
    is_async: bool
    is_streaming: bool
    globals: tuple[str, ...]
    tree: ast.Module
    code: CodeType

    def define(self, namespace: dict[str, Any]) -> Callable[..., Any]:
        """Run the code and give the function.

        :param namespace: The function's globals. A function cell leaves its names in it, a
            body leaves nothing.
        :raises CellError: A decorator made something of the function that cannot be called.
        """
        names: dict[str, Any] = {} if self.is_body else namespace
        exec(self.code, namespace, names)  # noqa: S102 - running the user's cell is the purpose.
        if self.is_body:
            (function,) = names.values()
            function.__name__ = function.__qualname__ = self.name
            return function  # type: ignore[no-any-return]
        function = names[self.name]
        if not callable(function):
            raise CellError(
                f"After its decorators {self.name!r} is {type(function).__name__}, not a function. "
                "Remove the decorator that replaces it."
            )
        return function  # type: ignore[no-any-return]


def read_cell(
    text: str,
    *,
    name: str,
    parameters: Sequence[str] = (),
    answer: Answer = Answer.LAST_EXPRESSION,
    filename: str = "<cell>",
    first_line: int = 1,
    flags: int = 0,
) -> Cell:
    """Read and compile a cell; nothing runs yet.

    :param text: Python, without the magic's own line and after IPython's transformation.
    :param name: The function's name if the cell is a body; an identifier.
    :param parameters: The function's parameters if the cell is a body.
    :param filename: Where tracebacks look the source up.
    :param first_line: Number of the text's first line in that source; 2 below a magic.
    :param flags: The notebook's ``from __future__`` flags, as for :func:`compile`.
    :raises SyntaxError: Of Python's own, with the cell's line.
    :raises CellError: The cell is empty, holds two functions, or can give no answer.
    """
    source = "\n" * (first_line - 1) + text
    tree = ast.parse(source, filename)
    if not tree.body:
        raise CellError("The cell is empty. Write a function, or the lines of one.")
    scope = Scope.of(tree)
    if isinstance(tree.body[-1], DEFS) and not scope.is_function_scope:
        function = _only_function(tree)
        return Cell(
            name=function.name,
            is_body=False,
            is_async=isinstance(function, ast.AsyncFunctionDef),
            is_streaming=False,
            globals=(),
            tree=tree,
            code=_compile(tree, filename, source, flags),
        )
    _check_names([name, *parameters])
    _check_body(tree, scope, parameters, answer)
    in_place = scope.changed_in_place(parameters)
    # Of `def hits(): global hits` Python would store the function where the notebook's `hits` is.
    stored = f"{name}_view" if name in {*in_place, *scope.declared} else name
    defined = _wrap(copy.deepcopy(tree), scope, stored, parameters, answer)
    wrapped = _wrap(tree, scope, name, parameters, answer)
    return Cell(
        name=name,
        is_body=True,
        is_async=scope.has_await,
        is_streaming=scope.has_yield,
        globals=in_place,
        tree=wrapped,
        code=_compile(defined, filename, source, flags),
    )


def _compile(tree: ast.Module, filename: str, source: str, flags: int) -> CodeType:
    try:
        code: CodeType = compile(tree, filename, "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        # Python cannot know the text of a tree, and looks for it in a file.
        if error.lineno and not error.text:
            error.text = (source.splitlines()[error.lineno - 1 :] or [""])[0]
        raise
    return code


def _only_function(tree: ast.Module) -> ast.FunctionDef | ast.AsyncFunctionDef:
    functions = [node for node in tree.body if isinstance(node, DEFS)]
    if len(functions) > 1:
        names = " and ".join(repr(node.name) for node in functions)
        raise CellError(
            f"The cell defines {len(functions)} functions, {names}, and takes one. "
            "Put the others in a cell of their own."
        )
    return functions[0]


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise CellError(
                f"{name!r} cannot be a name in Python. Write letters, digits and '_', such as "
                "'my_name'."
            )


def _check_body(tree: ast.Module, scope: Scope, parameters: Sequence[str], answer: Answer) -> None:
    if scope.has_yield and answer is not Answer.LAST_EXPRESSION:
        raise CellError("The cell has `yield`, and Flask streams no hook. Remove the `yield`.")
    if scope.has_yield and scope.has_valued_return:
        raise CellError(
            "The cell streams, as it has `yield`: what its `return` gives would be lost. "
            "Yield it, or put the streaming part in a function of its own."
        )
    _check_own_names(tree, parameters, scope.declared)
    answers = scope.has_valued_return or scope.has_yield or _can_answer(tree.body)
    if answer is Answer.LAST_EXPRESSION and not answers:
        last = ast.unparse(tree.body[-1]).splitlines()[0]
        raise CellError(
            f"The cell gives no answer: it ends with `{last}`. "
            "End it with an expression or a `return`."
        )


def _check_own_names(tree: ast.Module, parameters: Sequence[str], declared: set[str]) -> None:
    """Refuse ``df = df[...]`` where ``df`` has no value yet: a call could only fail."""
    known = {*parameters, *declared}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            read = _names(statement.value, ast.Load) - _names(statement.value, ast.Store)
            for target in statement.targets:
                for name in sorted((_names(target, ast.Store) & read) - known):
                    raise CellError(
                        f"The cell assigns to {name!r}, so the name is the cell's own, and "
                        "has no value yet where it is read. Give the result another name, or write "
                        f"`global {name}` first to change the notebook's."
                    )
        known |= Scope.of(statement).bound


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    found = own_nodes(node)
    return {n.id for n in found if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _wrap(
    tree: ast.Module, scope: Scope, name: str, parameters: Sequence[str], answer: Answer
) -> ast.Module:
    """Make the module ``def name(parameters): body`` without moving a line of the body."""
    prefix = "async " if scope.has_await else ""
    wrapped = ast.parse(f"{prefix}def {name}({', '.join(parameters)}): pass")
    function = wrapped.body[0]
    assert isinstance(function, DEFS)  # noqa: S101 - for mypy; the line above wrote it.
    body = list(tree.body)
    first = body[0]
    for node in ast.walk(wrapped):
        ast.copy_location(node, first)
    if not scope.has_yield:
        _let_answer(body, answer, parameters)
    if changed := scope.changed_in_place(parameters):
        has_docstring = ast.get_docstring(tree) is not None and body[0] is first
        body.insert(int(has_docstring), ast.copy_location(ast.Global(list(changed)), first))
    function.body = body
    return ast.fix_missing_locations(wrapped)


def _let_answer(body: list[ast.stmt], answer: Answer, parameters: Sequence[str]) -> None:
    if answer is Answer.LAST_EXPRESSION:
        _return_last_expression(body)
    elif answer is Answer.FIRST_PARAMETER:
        value = ast.Name(parameters[0], ast.Load())
        body.append(ast.copy_location(ast.Return(value), body[-1]))


def _return_last_expression(body: list[ast.stmt]) -> None:
    for block in _answering_blocks(body):
        last = block[-1]
        block[-1] = ast.copy_location(ast.Return(last.value), last)  # type: ignore[attr-defined]


def find_answers(tree: ast.Module) -> tuple[ast.Expr, ...]:
    """Give the expressions that answer in a body without a ``return``, in the order of its text."""
    return tuple(block[-1] for block in _answering_blocks(tree.body))  # type: ignore[misc]


def _answering_blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Give the blocks that end with an expression, and with which the body can end."""
    if isinstance(body[-1], ast.Expr):
        yield body
        return
    for branch in _branches(body[-1]):
        yield from _answering_blocks(branch)


def _can_answer(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, (ast.Expr, ast.Raise)):
        return True
    return any(_can_answer(branch) for branch in _branches(last))


def _branches(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Give the blocks one of which runs last in a statement; a loop has none."""
    match statement:
        case ast.If(body=body, orelse=orelse):
            found = [body, orelse]
        case ast.With(body=body) | ast.AsyncWith(body=body):
            found = [body]
        case ast.Try(body=body, handlers=handlers, orelse=orelse):
            found = [orelse or body, *(handler.body for handler in handlers)]
        case ast.Match(cases=cases):
            found = [case.body for case in cases]
        case _:
            found = []
    return [block for block in found if block]
