"""A cell's text becomes the function that Flask calls."""

from __future__ import annotations
import __future__

import asyncio
import inspect
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.errors import CellError
from nbflask.values.cells import HOOKS, Answer, Cell, read_cell

if TYPE_CHECKING:
    from collections.abc import Callable


def read(text: str, *parameters: str, **settings: Any) -> Cell:
    return read_cell(text, name="view", parameters=parameters, **settings)


def define(text: str, *parameters: str, **namespace: Any) -> Callable[..., Any]:
    return read(text, *parameters).define(namespace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("return f'Hello {name}'", "Hello Ada", id="return"),
        pytest.param("f'Hello {name}'", "Hello Ada", id="last expression"),
        pytest.param("name;", "Ada", id="a semicolon changes nothing"),
        pytest.param("'text'", "text", id="a lone string is the answer"),
        pytest.param("'doc'\nname", "Ada", id="a docstring is not the answer"),
        pytest.param("x = name\n# the end\nx # really", "Ada", id="comments"),
        pytest.param("if name:\n    'some'\nelse:\n    'none'", "some", id="if"),
        pytest.param("if not name:\n    'a'\nelif 0:\n    'b'\nelse:\n    'c'", "c", id="elif"),
        pytest.param("try:\n    1 / 0\nexcept ZeroDivisionError:\n    'zero'", "zero", id="except"),
        pytest.param("try:\n    x = 1\nexcept OSError:\n    0\nelse:\n    x + 1", 2, id="try else"),
        pytest.param("with memoryview(b'ab') as m:\n    m.nbytes", 2, id="with"),
        pytest.param("match name:\n    case 'Ada': 1\n    case _: 2", 1, id="match"),
        pytest.param("def f(x): return x * 2\nf(name)", "AdaAda", id="a function, then a call"),
        pytest.param("if name: return 1\n2", 1, id="an early return"),
        pytest.param("(lambda: 3)()", 3, id="lambda"),
    ],
)
def test_a_body_answers_with_its_return_or_its_last_expression(text: str, expected: object) -> None:
    assert define(text, "name")(name="Ada") == expected


@pytest.mark.parametrize(
    ("hook", "text", "expected"),
    [
        pytest.param("before_request", "[].append(1) or 'x'", None, id="before: not an answer"),
        pytest.param("before_request", "return 'stop'", "stop", id="before: return stops"),
        pytest.param("after_request", "response.append(1)", [1], id="after: the response goes on"),
        pytest.param("after_request", "if response: return 'new'", [], id="after: or else"),
        pytest.param("after_request", "return 'new'", "new", id="after: another response"),
        pytest.param("teardown_request", "error", None, id="teardown: nothing"),
        pytest.param("context_processor", "{'a': 1}", {"a": 1}, id="context processor"),
        pytest.param("errorhandler", "f'no {error}', 404", ("no []", 404), id="error handler"),
        pytest.param("template_filter", "len(value)", 0, id="filter"),
    ],
)
def test_a_hook_is_given_and_gives_what_flask_expects(
    hook: str, text: str, expected: object
) -> None:
    kind = HOOKS[hook]
    cell = read_cell(text, name=hook, parameters=kind.parameters, answer=kind.answer)
    assert cell.define({})(*([] for _ in kind.parameters)) == expected


def test_the_parameters_are_the_variables_in_order() -> None:
    assert str(inspect.signature(define("b, a", "a", "b"))) == "(a, b)"


def test_a_body_leaves_nothing_in_the_notebook_but_reads_it() -> None:
    namespace: dict[str, Any] = {"items": [1]}
    view = read_cell("n = len(items)\nitems + [n]", name="items").define(namespace)
    assert (view(), view.__name__, namespace["items"]) == ([1, 1], "items", [1])
    assert set(namespace) == {"items", "__builtins__"}


def test_a_body_sees_what_the_notebook_defines_later() -> None:
    namespace: dict[str, Any] = {}
    view = read("later").define(namespace)
    namespace["later"] = 7
    assert view() == 7


def test_the_docstring_is_kept() -> None:
    assert define("'Say it.'\nname = 1\nname").__doc__ == "Say it."
    assert define("'an answer'").__doc__ is None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        pytest.param("count += 1\ncount", ("count",), id="in place"),
        pytest.param("'doc'\ncount += 1\ncount", ("count",), id="below a docstring"),
        pytest.param("global count\ncount += 1\ncount", (), id="declared by hand"),
        pytest.param("global count\ncount = count + 1\ncount", (), id="declared and assigned"),
    ],
)
def test_a_counter_of_the_notebook_counts(text: str, changed: tuple[str, ...]) -> None:
    namespace: dict[str, Any] = {"count": 1}
    cell = read(text)
    view = cell.define(namespace)
    assert (cell.globals, view(), view(), namespace["count"]) == (changed, 2, 3, 3)


@pytest.mark.parametrize("text", ["view += 1\nview", "global view\nview = view + 1\nreturn view"])
def test_a_view_may_change_what_has_its_own_name(text: str) -> None:
    namespace: dict[str, Any] = {"view": 1}
    function = read(text).define(namespace)
    assert (function(), function(), namespace["view"]) == (2, 3, 3)
    assert function.__name__ == "view"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("count = 0\ncount += 1\ncount", id="assigned first"),
        pytest.param("for count in [0]: pass\ncount += 1\ncount", id="a loop's variable"),
        pytest.param(
            "with memoryview(b'') as m:\n    count = 0\ncount += 1\ncount", id="in a block"
        ),
        pytest.param("(count := 0)\ncount += 1\ncount", id="a walrus"),
        pytest.param("match 0:\n    case count: pass\ncount += 1\ncount", id="a pattern"),
        pytest.param("import math as count\ncount = 0\ncount += 1\ncount", id="an import"),
    ],
)
def test_a_name_that_the_body_gives_a_value_is_its_own(text: str) -> None:
    namespace: dict[str, Any] = {"count": 5}
    cell = read(text)
    assert (cell.globals, cell.define(namespace)(), namespace["count"]) == ((), 1, 5)


def test_a_parameter_changed_in_place_stays_a_parameter() -> None:
    assert define("n += 1\nn", "n")(1) == 2


@pytest.mark.parametrize("text", ["df = df[1:]\ndf", "if x: pass\ndf = [y for y in df]\ndf"])
def test_a_name_read_before_it_has_a_value_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(CellError) as caught:
        read(text)
    assert str(caught.value) == (
        "The cell assigns to 'df', so the name is the cell's own, and has no value yet where it is "
        "read. Give the result another name, or write `global df` first to change the notebook's."
    )


@pytest.mark.parametrize(
    "text",
    [
        "data = name\ndata = data + 1\ndata",
        "name = name.strip()\nname",
        "if name:\n    data = 1\ndata = data + 1\ndata",
        "data = [data for data in name]\ndata",
        "data = lambda: data\ndata",
        "global data\ndata = data + 1\ndata",
    ],
)
def test_a_name_that_may_have_a_value_is_not_refused(text: str) -> None:
    assert read(text, "name").is_body


def test_await_makes_the_view_async() -> None:
    cell = read("import asyncio\nawait asyncio.sleep(0, name)", "name")
    assert (cell.is_async, cell.is_streaming) == (True, False)
    assert asyncio.run(cell.define({})("Ada")) == "Ada"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("await x", (True, False)),
        ("async with x: 1", (True, False)),
        ("async for y in x: pass\n1", (True, False)),
        ("[y async for y in x]", (True, False)),
        ("yield 1", (False, True)),
        ("yield from x", (False, True)),
        ("for y in x:\n    yield y", (False, True)),
        ("yield await x", (True, True)),
        ("async def f(): await x\nf", (False, False)),
        ("def f(): yield 1\nf()", (False, False)),
        ("lambda: (yield)", (False, False)),
    ],
)
def test_only_the_body_itself_makes_it_async_or_streaming(
    text: str, expected: tuple[bool, bool]
) -> None:
    cell = read(text)
    view = cell.define({})
    assert (cell.is_async, cell.is_streaming) == expected
    assert (
        inspect.iscoroutinefunction(view) or inspect.isasyncgenfunction(view),
        inspect.isgeneratorfunction(view) or inspect.isasyncgenfunction(view),
    ) == expected


def test_yield_streams() -> None:
    assert list(define("for n in range(3):\n    yield str(n)")()) == ["0", "1", "2"]


def test_a_function_is_defined_in_the_notebook_with_its_decorators() -> None:
    text = (
        "import functools\nGREETING = 'Hello'\n\n"
        "@functools.lru_cache\ndef hello(name):\n    return f'{GREETING} {name}'"
    )
    namespace: dict[str, Any] = {}
    cell = read(text, "name")
    view = cell.define(namespace)
    assert (cell.name, cell.is_body, view("Ada")) == ("hello", False, "Hello Ada")
    assert namespace["hello"] is view
    assert hasattr(view, "cache_info")


def test_an_async_function_is_known_as_one() -> None:
    assert read("async def f():\n    return 1").is_async


def test_the_annotations_of_a_cell_are_its_own_affair() -> None:
    assert define("def f(x: int): ...").__annotations__ == {"x": int}
    flags = __future__.annotations.compiler_flag
    later = read("def f(x: int): ...", flags=flags).define({})
    assert later.__annotations__ == {"x": "int"}


@pytest.mark.parametrize(
    ("text", "answer", "message"),
    [
        ("", Answer.LAST_EXPRESSION, "The cell is empty. Write a function, or the lines of one."),
        ("# later", Answer.NOTHING, "The cell is empty. Write a function, or the lines of one."),
        (
            "x = 1",
            Answer.LAST_EXPRESSION,
            "The cell gives no answer: it ends with `x = 1`. "
            "End it with an expression or a `return`.",
        ),
        (
            "return",
            Answer.LAST_EXPRESSION,
            "The cell gives no answer: it ends with `return`. "
            "End it with an expression or a `return`.",
        ),
        (
            "def a(): 1\n\ndef b(): 2",
            Answer.LAST_EXPRESSION,
            "The cell defines 2 functions, 'a' and 'b', and takes one. "
            "Put the others in a cell of their own.",
        ),
        (
            "yield 1\nreturn 'x'",
            Answer.LAST_EXPRESSION,
            "The cell streams, as it has `yield`: what its `return` gives would be lost. "
            "Yield it, or put the streaming part in a function of its own.",
        ),
        (
            "yield 1",
            Answer.NOTHING,
            "The cell has `yield`, and Flask streams no hook. Remove the `yield`.",
        ),
    ],
)
def test_a_cell_that_cannot_answer_is_refused(text: str, answer: Answer, message: str) -> None:
    with pytest.raises(CellError) as caught:
        read(text, answer=answer)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["my-filter", "class", "a=1", ""])
def test_a_parameter_that_python_cannot_name_is_refused(name: str) -> None:
    with pytest.raises(CellError) as caught:
        read("1", name)
    assert str(caught.value) == (
        f"{name!r} cannot be a name in Python. Write letters, digits and '_', such as 'my_name'."
    )


def test_a_decorator_that_loses_the_function_is_named() -> None:
    with pytest.raises(CellError) as caught:
        define("@str\ndef f(): ...")
    assert str(caught.value) == (
        "After its decorators 'f' is str, not a function. Remove the decorator that replaces it."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x = 1\ny = (1\nx", (3, 5, "y = (1", "'(' was never closed"), id="parsing"),
        pytest.param(
            "x = 1\nx\nbreak\nx", (4, 1, "break", "'break' outside loop"), id="compiling a body"
        ),
        pytest.param(
            "x = 1\ndef f():\n    nonlocal x\n",
            (4, 5, "    nonlocal x", "no binding for nonlocal 'x' found"),
            id="compiling a function",
        ),
        pytest.param(
            "x = 1\nname = 2\nglobal name\nx",
            (4, 1, "global name", "name 'name' is parameter and global"),
            id="global parameter",
        ),
    ],
)
def test_a_syntax_error_shows_the_cells_line(text: str, expected: tuple[object, ...]) -> None:
    with pytest.raises(SyntaxError) as caught:
        read(text, "name", filename="<here>", first_line=2)
    error = caught.value
    shown = (error.lineno, error.offset, (error.text or "").rstrip(), error.msg)
    assert (error.filename, *shown) == ("<here>", *expected)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("x = 1\n\ny = x / 0\ny", [4], id="a statement"),
        pytest.param("'doc'\n1 / 0", [3], id="the last expression"),
        pytest.param("n += 1\nn / 0", [3], id="below a name declared global"),
        pytest.param("def f():\n    return 1 / 0\nf()", [4, 3], id="a function inside"),
        pytest.param("def view():\n    return 1 / 0", [3], id="a function cell"),
    ],
)
def test_a_traceback_has_the_cells_own_lines(text: str, lines: list[int]) -> None:
    view = read(text, filename="<here>", first_line=2).define({"n": 0})
    with pytest.raises(ZeroDivisionError) as caught:
        view()
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.lineno for frame in frames if frame.filename == "<here>"] == lines


def test_the_function_begins_at_the_bodys_first_line() -> None:
    view = read("# a comment\n\n1", filename="<here>", first_line=2).define({})
    assert (view.__code__.co_filename, view.__code__.co_firstlineno) == ("<here>", 4)
