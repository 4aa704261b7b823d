"""The cell magics that declare: views, hooks, templates, static files."""

from __future__ import annotations

from typing import Any

from IPython.core.magic import cell_magic, magics_class

from nbflask.magics.arguments import Namespace, argument, arguments, json_object, one_of
from nbflask.magics.base import APP_OPTION, BLUEPRINT_OPTION, SAVE_OPTION, NotebookMagics
from nbflask.notebook.declaring import (
    Declared,
    Route,
    declare_hook,
    declare_route,
    find_exception,
    find_live_app,
    find_target,
    keep_static,
    keep_template,
)

# RFC 9110 section 9.3 and RFC 5789; what a view can be declared for.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@magics_class
class ViewMagics(NotebookMagics):
    """``%%route``, ``%%template`` and ``%%static``."""

    @cell_magic
    @arguments(
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
        argument("--endpoint", metavar="E", completes="endpoints", help="by default the view"),
        argument("--defaults", metavar="JSON", type=json_object, help="values of variables"),
        argument("--no-strict-slashes", action="store_true", help="a last slash does not matter"),
        argument("--host", metavar="H", help="a pattern that the request's host must match"),
        argument("--subdomain", metavar="S", help="the subdomain, where SERVER_NAME is set"),
        BLUEPRINT_OPTION,
        APP_OPTION,
        example="%%route /hello/<name>",
    )
    def route(self, options: Namespace, cell: str) -> Declared:
        """Make the cell a view: one function, or the lines of one.

        The rule's variables are the parameters of such lines; `return` answers, and without
        one the last expression does.
        """
        target = find_target(self.notebook, options.app, options.blueprint)
        chosen = {
            "defaults": options.defaults,
            "strict_slashes": False if options.no_strict_slashes else None,
            "host": options.host,
            "subdomain": options.subdomain,
        }
        route = Route(
            rule=options.rule,
            methods=tuple(dict.fromkeys(options.methods)),
            endpoint=options.endpoint,
            options={name: value for name, value in chosen.items() if value is not None},
        )
        return declare_route(self.notebook, target, route, cell, f"%%route {options.rule}")

    @cell_magic
    @arguments(
        argument("name", metavar="NAME", completes="templates", help="such as hello.html"),
        SAVE_OPTION,
        APP_OPTION,
        example="%%template hello.html",
    )
    def template(self, options: Namespace, cell: str) -> Declared:
        """Keep the cell as a Jinja template in the app. It comes before files in folders."""
        app = find_live_app(self.notebook, options.app)
        return keep_template(app, options.name, cell, save=options.save)

    @cell_magic
    @arguments(
        argument("path", metavar="PATH", completes="static", help="such as style.css"),
        SAVE_OPTION,
        APP_OPTION,
        example="%%static style.css",
    )
    def static(self, options: Namespace, cell: str) -> Declared:
        """Keep the cell as a static file in the app: url_for('static', filename=PATH)."""
        app = find_live_app(self.notebook, options.app)
        return keep_static(app, options.path, cell.encode(), save=options.save)


@magics_class
class HookMagics(NotebookMagics):
    """The magics that declare hooks."""

    @cell_magic
    @arguments(BLUEPRINT_OPTION, APP_OPTION, example="%%before_request")
    def before_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell before each request. What it returns, if anything, is the response."""
        return self._declare("before_request", options, cell)

    @cell_magic
    @arguments(BLUEPRINT_OPTION, APP_OPTION, example="%%after_request")
    def after_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell after each request; it may change or replace `response`."""
        return self._declare("after_request", options, cell)

    @cell_magic
    @arguments(BLUEPRINT_OPTION, APP_OPTION, example="%%teardown_request")
    def teardown_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell when a request is done; `error` is the exception that ended it, or None."""
        return self._declare("teardown_request", options, cell)

    @cell_magic
    @arguments(BLUEPRINT_OPTION, APP_OPTION, example="%%context_processor")
    def context_processor(self, options: Namespace, cell: str) -> Declared:
        """Give all templates the names in the dict that the cell answers with."""
        return self._declare("context_processor", options, cell)

    @cell_magic
    @arguments(
        argument("error", metavar="CODE_OR_EXCEPTION", completes="errors", help="404, ValueError"),
        BLUEPRINT_OPTION,
        APP_OPTION,
        example="%%errorhandler 404",
    )
    def errorhandler(self, options: Namespace, cell: str) -> Declared:
        """Answer an error with the cell; `error` is the exception."""
        handled = find_exception(self.notebook, options.error)
        return self._declare("errorhandler", options, cell, handled)

    @cell_magic
    @arguments(
        argument("name", nargs="?", metavar="NAME", help="by default the function's name"),
        APP_OPTION,
        example="%%template_filter shout",
    )
    def template_filter(self, options: Namespace, cell: str) -> Declared:
        """Make the cell a Jinja filter; `value` is what it filters."""
        return self._declare("template_filter", options, cell, options.name)

    def _declare(self, hook: str, options: Namespace, cell: str, argument: Any = None) -> Declared:
        blueprint = getattr(options, "blueprint", None)
        target = find_target(self.notebook, options.app, blueprint)
        return declare_hook(self.notebook, target, hook, cell, f"%%{hook}", argument=argument)
