"""The magic that shows the app's templates, and the same for Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class

from nbflask.inspector.templates import TemplateDesk, Templates
from nbflask.magics.arguments import Namespace, argument, arguments
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.notebook import get_notebook
from nbflask.recorder import recorder_of
from nbflask.widgets.templates import TemplatesWidget

if TYPE_CHECKING:
    from flask import Flask

    from nbflask.notebook import Notebook


@magics_class
class TemplateMagics(NotebookMagics):
    """``%flask_templates``."""

    @line_magic
    @arguments(
        argument(
            "name", nargs="?", metavar="NAME", completes="templates", help="such as base.html"
        ),
        APP_OPTION,
        example="%flask_templates hello.html",
    )
    def flask_templates(self, options: Namespace) -> TemplatesWidget:
        """Show the app's templates: source, relations, what each was given, how it renders."""
        return show_templates(self.notebook, options.name, options.app)


def show_templates(notebook: Notebook, name: str | None, app: str | None) -> TemplatesWidget:
    """Make a widget that follows the templates of an app as long as its cell shows it.

    :param name: The template to begin with.
    :raises AppError: There is no such app.
    :raises TemplateError: The app has no such template.
    """
    app_name, application = notebook.resolve(app)
    recorder = notebook.recorder(application)
    looking = Templates(application, recorder, name=app_name)
    chosen = looking[name].name if name is not None else ""
    widget = TemplatesWidget(app_name=app_name, name=chosen, table=looking.table)
    notebook.shown.keep(TemplateDesk(looking, widget, recorder), notebook.cell_id)
    return widget


def templates(app: Flask | None = None) -> Templates:
    """Give the templates of an app, by name.

    :param app: ``None`` is the notebook's current one.
    :raises AppError: There is none.
    """
    if app is None:
        name, app = get_notebook().resolve()
        return Templates(app, recorder_of(app), name=name)
    return Templates(app, recorder_of(app))
