"""A setting of an app's configuration, as it is written on a line."""

from __future__ import annotations

import ast
import json
from typing import Any

from nbflask.errors import OptionError


def parse_setting(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE``; a value that is neither JSON nor a Python literal is text.

    :raises OptionError: There is no ``=``, or the key is not in capitals.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise OptionError(f"{text!r} sets nothing. Write it as KEY=VALUE.")
    if not key.isidentifier() or not key.isupper():
        raise OptionError(f"Flask reads only keys in capitals, not {key!r}. Write {key.upper()!r}.")
    return key, _parse_value(value)


def _parse_value(text: str) -> Any:
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text)
        except (ValueError, SyntaxError):
            continue
    return text
