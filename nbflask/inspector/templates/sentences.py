"""What an error of a template means, in a plain sentence with its remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import (
    TemplateAssertionError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)

from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    from jinja2 import Environment

_UNDEFINED = re.compile(r"^'(?P<name>\w+)' is undefined$")
_NO_PART = re.compile(r"^'?(?P<owner>.+?)(?: object)?'? has no (?:attribute|element) (?P<name>.+)$")
_NO_CALLABLE = re.compile(r"^No (?P<kind>filter|test) named '(?P<name>.+)'\.?$")


class Stopped(BaseException):
    """Rendering took longer than it may. No :class:`Exception`, so that no filter catches it."""


def say(error: BaseException, environment: Environment, function: str = "") -> str:
    """Say what an error means and what to write instead.

    :param function: The Python function that raised it; ``""`` for none.
    """
    match error:
        case Stopped():
            return str(error)
        case TemplateNotFound():
            return _say_not_found(error, environment)
        case TemplateSyntaxError():
            return _say_syntax(error, environment)
        case UndefinedError():
            return _say_undefined(str(error))
        case TemplateRuntimeError() if "Required block" in str(error):
            return f"{error}: this template is there to be extended. Render one that extends it."
        case RecursionError():
            return (
                "The templates go round in a circle: one includes or extends itself, at once or "
                "through others. Leave one of these steps out."
            )
        case _:
            who = f"{function}()" if function else "Python"
            return f"{who} raised {type(error).__name__}: {error}".rstrip(": .") + "."


def _say_not_found(error: TemplateNotFound, environment: Environment) -> str:
    names = list(getattr(error, "templates", None) or [error.name])
    missing = " or ".join(repr(str(name)) for name in names)
    try:
        known = environment.list_templates()
    except TypeError:
        known = []
    offer = did_you_mean(str(names[-1]), known) if known else ""
    offer = offer if "Did you" in offer else ""
    return f"The app has no template {missing}.{offer} Write it in a `%%template {names[-1]}` cell."


def _say_syntax(error: TemplateSyntaxError, environment: Environment) -> str:
    message = str(error.message)
    unknown = _NO_CALLABLE.match(message) if isinstance(error, TemplateAssertionError) else None
    if unknown is not None:
        known = environment.filters if unknown["kind"] == "filter" else environment.tests
        offer = did_you_mean(unknown["name"], known)
        return f"Jinja has no {unknown['kind']} {unknown['name']!r}.{_short(offer)}"
    return f"Jinja cannot read this: {_lower(message.removesuffix('.'))}."


def _short(offer: str) -> str:
    # The whole list of Jinja's filters would help nobody.
    return offer if "Did you" in offer else " Declare it in a `%%template_filter` cell."


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:] if message[1:2].islower() else message


def _say_undefined(message: str) -> str:
    whole = _UNDEFINED.match(message)
    if whole is not None:
        name = whole["name"]
        return (
            f"{name!r} has no value: neither the view nor a context processor gives it. Add it "
            f"to the context, or write `{name}|default('')`."
        )
    part = _NO_PART.match(message)
    if part is not None:
        owner, name = part["owner"], part["name"]
        who = "None" if owner == "None" else f"A value of type {owner}"
        return (
            f"{who} has no {name}, which is used here. Look at what the context gives, or test "
            "it with `is defined`."
        )
    return f"A value that is not there is used here: {message}."
