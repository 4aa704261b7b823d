"""A text becomes statements that keep their comments, and know the names that they use."""

from __future__ import annotations

import ast
import textwrap

import pytest

from nbflask.export.statements import free_names, indent, parse_statements


def test_a_statement_keeps_the_comment_above_it() -> None:
    text = "# About a.\na = 1  # one\n\n# Lost.\n\n# About b.\nb = (\n    2\n)\n"
    assert [each.text for each in parse_statements(text)] == [
        "# About a.\na = 1  # one",
        "# About b.\nb = (\n    2\n)",
    ]


def test_statements_of_one_line_are_written_anew() -> None:
    assert [each.text for each in parse_statements("a = 1; b = 2\nc = 3")] == [
        "a = 1",
        "b = 2",
        "c = 3",
    ]


def test_a_decorator_belongs_to_its_function() -> None:
    (only,) = parse_statements("# Two.\n@a\n@b\ndef f(): pass")
    assert only.text == "# Two.\n@a\n@b\ndef f(): pass"
    assert only.line == 2


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x = y", "y"),
        ("x += 1", "x"),
        ("def f(a, b=c):\n    d = a\n    return d + e", "c e"),
        ("def f():\n    global g\n    g = 1", "g"),
        ("def f():\n    def h():\n        return x\n    x = 1\n    return h", ""),
        ("[a for a in b if a > c]", "b c"),
        ("lambda a: a + b", "b"),
        ("class A(B):\n    x = y\n    def f(self):\n        return x", "B x y"),
        ("@d\ndef f(x: T) -> R: ...", "R T d"),
        ("for i in xs:\n    print(i)", "i print xs"),
    ],
)
def test_what_code_needs_from_around_itself(code: str, names: str) -> None:
    tree = ast.parse(code)
    found = {name for node in tree.body for name in free_names(node)}
    assert " ".join(sorted(found)) == names


def test_what_a_function_reads_is_read_later() -> None:
    (function,) = parse_statements("@route\ndef view(x=limit):\n    return items")
    assert function.uses == {"route", "limit", "items"}
    assert function.uses_at_once == {"route", "limit"}


def test_what_a_statement_changes() -> None:
    (one,) = parse_statements("items[0].price = f(other.name)")
    (two,) = parse_statements("db.session.add(item)")
    assert sorted(one.changes) == ["items"]
    assert sorted(two.changes) == ["db"]


def test_lines_within_a_string_are_not_indented() -> None:
    text = 'a = """x\n  y\n"""\nb = 1\n\nc = f"""\n{a}\n"""'
    assert indent(text) == '    a = """x\n  y\n"""\n    b = 1\n\n    c = f"""\n{a}\n"""'
    inside = f"def f():\n{indent(text)}\n    return a, c"
    names: dict[str, object] = {}
    exec(f"{inside}\nresult = f()", names)  # noqa: S102 - the function is ours.
    assert names["result"] == ("x\n  y\n", "\nx\n  y\n\n")
    assert textwrap.dedent(inside) == inside
