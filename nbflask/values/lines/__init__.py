"""The lines of magics, for those who run them and for those who only read cells."""

from .configuring import APP, CONFIG
from .declaring import HOOK_LINES, METHODS, MODULE, ROUTE, STATIC, TEMPLATE
from .options import APP_OPTION, APP_WORD, BLUEPRINT_OPTION, SAVE_OPTION
from .parser import (
    Argument,
    LineParser,
    MagicLine,
    Namespace,
    argument,
    json_object,
    one_of,
    pixels,
    port_number,
)
from .requesting import HTTP, REQUEST, REQUEST_LINES, read_request_options

__all__ = [
    "APP",
    "APP_OPTION",
    "APP_WORD",
    "BLUEPRINT_OPTION",
    "CONFIG",
    "HOOK_LINES",
    "HTTP",
    "METHODS",
    "MODULE",
    "REQUEST",
    "REQUEST_LINES",
    "ROUTE",
    "SAVE_OPTION",
    "STATIC",
    "TEMPLATE",
    "Argument",
    "LineParser",
    "MagicLine",
    "Namespace",
    "argument",
    "json_object",
    "one_of",
    "pixels",
    "port_number",
    "read_request_options",
]
