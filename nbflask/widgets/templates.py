"""The templates widget: an app's templates in a tree, and all that is known of the chosen one."""

from __future__ import annotations

import traitlets

from nbflask.widgets.panel import Panel


class TemplatesWidget(Panel):
    """The tree and the chosen template, in the page."""

    module = "templates.js"
    styles = ("parts/theme.css", "templates.css")

    #: The template on show; ``""`` for none.
    name = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        """Name the app and the template; the same text in every run."""
        return f"TemplatesWidget({self.app_name}, {self.name!r})"
