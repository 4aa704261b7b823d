"""The magics that show and set what an app is: app, config, routes, reset, doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import line_magic, magics_class

from nbflask.app import declarations
from nbflask.magics.arguments import Namespace, argument, arguments
from nbflask.magics.base import APP_WORD, NotebookMagics
from nbflask.magics.display.diagnosis import Diagnosis
from nbflask.magics.display.table import Sentence, Table
from nbflask.notebook import get_notebook
from nbflask.notebook.configuring import (
    read_config_environment,
    read_config_file,
    read_config_object,
    set_config,
    settings,
)
from nbflask.notebook.doctor import examine
from nbflask.notebook.secret import rotate_secret_key
from nbflask.values.lines import APP, CONFIG
from nbflask.values.settings import parse_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from nbflask.app import Declaration


@magics_class
class LookingMagics(NotebookMagics):
    """``%flask_app``, ``%flask_config``, ``%flask_routes``, ``%flask_reset``, ``%flask_doctor``."""

    @line_magic
    @arguments(APP)
    def flask_app(self, options: Namespace) -> Sentence:
        """Show the current app, choose another, or make one."""
        if options.name is not None and self.notebook.make_app(options.name):
            return Sentence(f"The app {options.name!r} is made, and the current one.")
        name, app = self.notebook.resolve(options.name)
        self.notebook.apps.choose(app)
        count = len(declarations(app))
        routes = f"{count} route{'' if count == 1 else 's'}"
        return Sentence(f"The current app is {name!r}, with {routes}.")

    @line_magic
    @arguments(CONFIG)
    def flask_config(self, options: Namespace) -> Table:
        """Set and show the app's configuration. Secrets are masked."""
        app = self.notebook.resolve(options.app)[1]
        given = dict(parse_setting(each) for each in options.settings if "=" in each)
        found = self._set_from(app, options)
        set_config(app, given, "%flask_config")
        # What this line has set, of all that is; without one, everything.
        named = (*found, *(each.partition("=")[0] for each in options.settings))
        is_setting = any((options.from_file, options.from_object, options.prefixed_env))
        shown = settings(app, tuple(dict.fromkeys(named))) if named or not is_setting else ()
        rows = tuple((each.key, each.value, each.origin) for each in shown)
        return Table(
            columns=("key", "value", "from"), rows=rows, empty="There was nothing to be set."
        )

    @line_magic
    @arguments(APP_WORD, example="%flask_routes")
    def flask_routes(self, options: Namespace) -> Table:
        """Show the app's rules: methods, endpoint, view, and the cell each came from."""
        app = self.notebook.resolve(options.app)[1]
        return Table(
            columns=("rule", "methods", "endpoint", "view", "cell"),
            rows=tuple(_row(each) for each in declarations(app)),
            empty="The app has no routes. Write a `%%route /` cell.",
        )

    @line_magic
    @arguments(APP_WORD, example="%flask_reset")
    def flask_reset(self, options: Namespace) -> Sentence:
        """Withdraw all that cells have declared on the app. It is still the same object."""
        name = self.notebook.reset(options.app)
        return Sentence(
            f"The app {name!r} starts over: what cells declared on it is withdrawn. "
            "Run a cell again to declare it again."
        )

    @line_magic
    @arguments(
        argument("--problems", action="store_true", help="show nothing that is as it should be"),
        example="%flask_doctor",
    )
    def flask_doctor(self, options: Namespace) -> Diagnosis:
        """Say what is wrong with this set-up and how to mend it, then how the set-up is.

        It names versions, folders and ports, which differ between machines: alone of all magics
        its output does. With --problems it names none where nothing is wrong.
        """
        return Diagnosis(findings=examine(self.notebook), is_short=options.problems)

    def _set_from(self, app: Flask, options: Namespace) -> tuple[str, ...]:
        """Set what files, objects and the environment hold, and give its keys in order."""
        sources: dict[str, Mapping[str, Any]] = {}
        if options.from_file:
            sources[options.from_file] = read_config_file(app, options.from_file)
        if options.from_object:
            values = read_config_object(app, options.from_object, self._shell.user_ns)
            sources[options.from_object] = values
        if options.prefixed_env:
            prefix = options.prefixed_env
            sources[f"environment {prefix}_*"] = read_config_environment(app, prefix)
        if options.rotate_key:
            key = rotate_secret_key(self.notebook.surroundings.notebook)
            sources["this notebook's own"] = {"SECRET_KEY": key}
        for source, found in sources.items():
            set_config(app, found, source)
        return tuple(key for found in sources.values() for key in sorted(found))


def doctor() -> Diagnosis:
    """Look at the notebook's set-up: ``doctor().problems`` is what is to be mended."""
    return Diagnosis(findings=examine(get_notebook()))


def _row(each: Declaration) -> tuple[str, ...]:
    view = getattr(each.view, "__qualname__", None) or type(each.view).__name__
    name = view.rpartition("<locals>.")[2]
    cell = f"{each.cell} (another view answers)" if each.is_covered else each.cell
    return each.rule, " ".join(each.methods), each.endpoint, name, cell
