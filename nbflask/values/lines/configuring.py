"""The lines of the magics that choose an app and set its configuration."""

from __future__ import annotations

from .options import APP_OPTION
from .parser import MagicLine, argument

APP = MagicLine(
    "%flask_app",
    (argument("name", nargs="?", metavar="NAME", completes="apps", help="a variable's name"),),
    example="%flask_app shop",
)

CONFIG = MagicLine(
    "%flask_config",
    (
        argument(
            "settings", nargs="*", metavar="KEY[=VALUE]", completes="config", help="set, show"
        ),
        argument("--from-file", metavar="F", help="a TOML, JSON or Python file"),
        argument("--from-object", metavar="O", help="an object of the notebook, or an import"),
        argument("--prefixed-env", metavar="P", help="variables P_KEY of the environment"),
        argument("--rotate-key", action="store_true", help="give the notebook a new secret key"),
        APP_OPTION,
    ),
    example="%flask_config DEBUG=true",
)
