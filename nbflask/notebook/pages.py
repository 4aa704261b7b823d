"""The pages of an app: which to look at first, and where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def first_page(app: Flask) -> str:
    """Give the path to look at first: ``/``, or else the first rule that needs no variables."""
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments <= set(rule.defaults or ())
        and "GET" in (rule.methods or ())
        and rule.endpoint != "static"
    ]
    return "/" if "/" in paths or not paths else paths[0]


def join_page(root: str, path: str) -> str:
    """Give the URL of a page.

    :param root: The app's, which may end in a token after ``?``.
    :param path: With a query and a fragment, where there are some.
    """
    root, question, token = root.partition("?")
    path, mark, fragment = path.partition("#")
    joint = "&" if question and "?" in path else question
    return f"{root.removesuffix('/')}{path}{joint}{token}{mark}{fragment}"
