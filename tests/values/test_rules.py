"""What a URL rule says by itself."""

from __future__ import annotations

import keyword

import pytest
from werkzeug.routing import Map, Rule

from nbflask.errors import RuleError
from nbflask.values.rules import RuleText, build_view_name, parse_rule

RULES = [
    "/",
    "/hello",
    "/hello/<name>",
    "/hello/<string:name>/",
    "/users/<int:user_id>/posts/<int(min=1):post>",
    "/files/<path:name>",
    "/<any('a', 'b'):kind>/x",
    "/a-b/c.d/e:f",
    "/page-<int(fixed_digits=2):n>.html",
    "/<lang>/<string(length=2):code>",
    "/wiki/{x}/$y",
    "/ünï/<név>",
    "/a//b",
]


def ask_werkzeug(text: str) -> set[str]:
    rule = Rule(text)
    Map([rule])
    return rule.arguments


@pytest.mark.parametrize("text", RULES)
def test_the_variables_are_those_that_werkzeug_finds(text: str) -> None:
    try:
        expected = ask_werkzeug(text)
    except ValueError:
        with pytest.raises(RuleError):
            parse_rule(text)
        return
    rule = parse_rule(text)
    assert (set(rule.variables), len(rule.variables)) == (expected, len(expected))


@pytest.mark.parametrize("text", ["/x/<name", "/x/<>", "/x/<int:>", "/<a b>", "/<1>", "/<a>/<a>"])
def test_what_werkzeug_refuses_is_refused(text: str) -> None:
    # Of a variable that comes twice Werkzeug makes a function that Python refuses.
    with pytest.raises((ValueError, LookupError, SyntaxError)):
        ask_werkzeug(text)
    with pytest.raises(RuleError):
        parse_rule(text)


def test_the_variables_keep_the_order_of_the_rule() -> None:
    text = "/<b>/<int:a>"
    assert parse_rule(text) == RuleText(
        text=text, variables=("b", "a"), converters=("default", "int")
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("items", "The rule 'items' does not start with '/'. Write '/items'."),
        ("", "The rule '' does not start with '/'. Write '/'."),
        (
            "/x/<name",
            "The rule '/x/<name' is not well formed at '<name'. "
            "A variable is written <name> or <converter:name>.",
        ),
        (
            "/<a>/<a>",
            "The rule '/<a>/<a>' has the variable 'a' twice. Give each its own name.",
        ),
        (
            "/x/<int:class>",
            "The variable 'class' in the rule '/x/<int:class>' is a word of Python's own. "
            "Write 'class_'.",
        ),
    ],
)
def test_a_rule_that_cannot_be_served_is_refused(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("rule", "methods", "name"),
    [
        ("/", (), "index"),
        ("/hello", (), "hello"),
        ("/hello/", (), "hello"),
        ("/hello/<name>", (), "hello_name"),
        ("/<name>", (), "index_name"),
        ("/users/<int:id>/edit", (), "users_id_edit"),
        ("/items", ("POST",), "post_items"),
        ("/items", ("get", "post"), "items"),
        ("/items/<int:id>", ("PUT", "DELETE"), "delete_put_items_id"),
        ("/class", (), "class_"),
        ("/2024/a-b.html", (), "view_2024_a_b_html"),
        ("/-/", (), "index"),
        ("/café", (), "café"),
    ],
)
def test_a_view_is_named_after_its_rule(rule: str, methods: tuple[str, ...], name: str) -> None:
    assert build_view_name(rule, methods) == name


def test_the_views_of_a_resource_have_a_name_each() -> None:
    routes = [
        (rule, methods)
        for rule in ("/items", "/items/<id>", "/items/<id>/parts", "/", "/<id>")
        for methods in ((), ("POST",), ("PUT",), ("DELETE",))
    ]
    names = {build_view_name(*route) for route in routes}
    assert len(names) == len(routes)
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names)
