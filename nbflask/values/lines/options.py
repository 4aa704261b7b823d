"""The options that several magics take."""

from __future__ import annotations

from .parser import argument

APP_OPTION = argument(
    "--app", metavar="A", completes="apps", help="the app; by default the current one"
)
APP_WORD = argument(
    "app", nargs="?", metavar="APP", completes="apps", help="the app; by default the current one"
)
BLUEPRINT_OPTION = argument(
    "--blueprint", metavar="B", completes="blueprints", help="declare on a blueprint"
)
SAVE_OPTION = argument("--save", action="store_true", help="write the file into its folder, too")
