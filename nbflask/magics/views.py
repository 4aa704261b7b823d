"""The cell magics that declare: views, hooks, templates, static files."""

from __future__ import annotations

from typing import Any

from IPython.core.magic import cell_magic, magics_class

from nbflask.magics.arguments import Namespace, arguments
from nbflask.magics.base import NotebookMagics
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
from nbflask.values.lines import HOOK_LINES, ROUTE, STATIC, TEMPLATE


@magics_class
class ViewMagics(NotebookMagics):
    """``%%route``, ``%%template`` and ``%%static``."""

    @cell_magic
    @arguments(ROUTE)
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
    @arguments(TEMPLATE)
    def template(self, options: Namespace, cell: str) -> Declared:
        """Keep the cell as a Jinja template in the app. It comes before files in folders."""
        app = find_live_app(self.notebook, options.app)
        return keep_template(app, options.name, cell, save=options.save)

    @cell_magic
    @arguments(STATIC)
    def static(self, options: Namespace, cell: str) -> Declared:
        """Keep the cell as a static file in the app: url_for('static', filename=PATH)."""
        app = find_live_app(self.notebook, options.app)
        return keep_static(app, options.path, cell.encode(), save=options.save)


@magics_class
class HookMagics(NotebookMagics):
    """The magics that declare hooks."""

    @cell_magic
    @arguments(HOOK_LINES["before_request"])
    def before_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell before each request. What it returns, if anything, is the response."""
        return self._declare("before_request", options, cell)

    @cell_magic
    @arguments(HOOK_LINES["after_request"])
    def after_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell after each request; it may change or replace `response`."""
        return self._declare("after_request", options, cell)

    @cell_magic
    @arguments(HOOK_LINES["teardown_request"])
    def teardown_request(self, options: Namespace, cell: str) -> Declared:
        """Run the cell when a request is done; `error` is the exception that ended it, or None."""
        return self._declare("teardown_request", options, cell)

    @cell_magic
    @arguments(HOOK_LINES["context_processor"])
    def context_processor(self, options: Namespace, cell: str) -> Declared:
        """Give all templates the names in the dict that the cell answers with."""
        return self._declare("context_processor", options, cell)

    @cell_magic
    @arguments(HOOK_LINES["errorhandler"])
    def errorhandler(self, options: Namespace, cell: str) -> Declared:
        """Answer an error with the cell; `error` is the exception."""
        handled = find_exception(self.notebook, options.error)
        return self._declare("errorhandler", options, cell, handled)

    @cell_magic
    @arguments(HOOK_LINES["template_filter"])
    def template_filter(self, options: Namespace, cell: str) -> Declared:
        """Make the cell a Jinja filter; `value` is what it filters."""
        return self._declare("template_filter", options, cell, options.name)

    def _declare(self, hook: str, options: Namespace, cell: str, argument: Any = None) -> Declared:
        blueprint = getattr(options, "blueprint", None)
        target = find_target(self.notebook, options.app, blueprint)
        return declare_hook(self.notebook, target, hook, cell, f"%%{hook}", argument=argument)
