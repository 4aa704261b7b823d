"""What is private to Werkzeug and used here, looked at before anything rests on it.

A map that falls back to rebuilding itself would be a second map, tried by nobody.
So a Werkzeug that is built otherwise is refused at once, with its remedy.
"""

from __future__ import annotations

import importlib.metadata

from werkzeug.routing import Map, Rule

from nbflask.errors import VersionError

try:
    from werkzeug.routing.matcher import State, StateMachineMatcher
except ImportError:  # The check below says so.
    State = StateMachineMatcher = None  # type: ignore[assignment,misc]

__all__ = ["State", "StateMachineMatcher", "check_werkzeug"]


TRIED_WITH = "werkzeug>=3.0.6,<3.2"


def check_werkzeug() -> None:
    """Check that Werkzeug's map is built as :mod:`.routing` takes it to be.

    :raises VersionError: It is not; no app can be made live.
    """
    try:
        is_known = _is_known()
    except (AttributeError, LookupError, TypeError, ValueError):
        is_known = False
    if not is_known:
        version = importlib.metadata.version("werkzeug")
        raise VersionError(
            f"Werkzeug {version} keeps its URL rules in a way that this nbflask does not know. "
            f"Upgrade nbflask, or run: pip install {TRIED_WITH!r}"
        )


def _is_known() -> bool:
    """Whether a small map has the rules where they are looked for."""
    rule = Rule("/static/<int:variable>", endpoint="endpoint")
    small = Map([rule])
    small.update()
    state = small._matcher._root
    for part in rule._parts:
        children = state.static.items() if part.static else state.dynamic
        (state,) = (child for test, child in children if test in (part, part.content))
    return (
        type(small._matcher) is StateMachineMatcher
        and type(state) is State
        and state.rules == [rule]
        and small._rules_by_endpoint == {"endpoint": [rule]}
        and small._remap is False
    )


check_werkzeug()
