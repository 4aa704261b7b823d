"""The lines of the cell magics that declare: views, hooks, templates, static files."""

from __future__ import annotations

from .options import APP_OPTION, BLUEPRINT_OPTION, SAVE_OPTION
from .parser import MagicLine, argument, json_object, one_of

# RFC 9110 section 9.3 and RFC 5789; what a view can be declared for.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

ROUTE = MagicLine(
    "%%route",
    (
        argument("rule", metavar="RULE", completes="rules", help="such as /hello/<name>"),
        argument(
            "methods",
            nargs="*",
            default=(),
            metavar="METHOD",
            type=one_of(*METHODS, kind="an HTTP method"),
            completes="methods",
            help="GET by default",
        ),
        argument(
            "--endpoint",
            metavar="E",
            completes="endpoints",
            help="by default the function's name; of a body, its methods and rule: post_add for "
            "/add POST",
        ),
        argument("--defaults", metavar="JSON", type=json_object, help="values of variables"),
        argument("--no-strict-slashes", action="store_true", help="a last slash does not matter"),
        argument("--host", metavar="H", help="a pattern that the request's host must match"),
        argument("--subdomain", metavar="S", help="the subdomain, where SERVER_NAME is set"),
        BLUEPRINT_OPTION,
        APP_OPTION,
    ),
    example="%%route /hello/<name>",
)

TEMPLATE = MagicLine(
    "%%template",
    (
        argument("name", metavar="NAME", completes="templates", help="such as hello.html"),
        SAVE_OPTION,
        APP_OPTION,
    ),
    example="%%template hello.html",
)

STATIC = MagicLine(
    "%%static",
    (
        argument("path", metavar="PATH", completes="static", help="such as style.css"),
        SAVE_OPTION,
        APP_OPTION,
    ),
    example="%%static style.css",
)

MODULE = MagicLine(
    "%%module",
    (argument("path", metavar="PATH", help="such as shop/db.py"),),
    example="%%module shop/db.py",
)

_PLAIN_HOOKS = ("before_request", "after_request", "teardown_request", "context_processor")

#: By the names of Flask's decorators.
HOOK_LINES = {
    **{
        name: MagicLine(f"%%{name}", (BLUEPRINT_OPTION, APP_OPTION), example=f"%%{name}")
        for name in _PLAIN_HOOKS
    },
    "errorhandler": MagicLine(
        "%%errorhandler",
        (
            argument(
                "error", metavar="CODE_OR_EXCEPTION", completes="errors", help="404, ValueError"
            ),
            BLUEPRINT_OPTION,
            APP_OPTION,
        ),
        example="%%errorhandler 404",
    ),
    "template_filter": MagicLine(
        "%%template_filter",
        (
            argument("name", nargs="?", metavar="NAME", help="by default the function's name"),
            APP_OPTION,
        ),
        example="%%template_filter shout",
    ),
}
