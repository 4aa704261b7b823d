"""What of a client's cookies code uses: single keys of the session, or all of it."""

from __future__ import annotations

import re

#: Stands for all that a client's cookies hold.
COOKIES = "session"
_KEYS = (
    re.compile(r"(?<![.\w])session\[\s*['\"](\w+)['\"]\s*\]"),
    re.compile(r"(?<![.\w])session\.(?:get|pop|setdefault)\(\s*['\"](\w+)['\"]"),
    re.compile(r"['\"](\w+)['\"]\s+(?:not\s+)?in\s+session\b"),
    # As templates have it.
    re.compile(r"(?<![.\w])session\.(?!get\b|pop\b|setdefault\b)(\w+)(?![\w(])"),
)
#: Attributes of the session, which are no keys of it.
_ATTRIBUTES = frozenset({"permanent", "modified", "new", "accessed"})
_ALL = re.compile(r"(?<![.\w])session\b")
#: What keeps something under a key of its own.
_OTHERS = {
    "flashes": re.compile(r"\b(flash|get_flashed_messages)\b"),
    "user": re.compile(r"\b(login_user|logout_user|current_user|login_required)\b"),
    "form": re.compile(r"\b(csrf_token|validate_on_submit|hidden_tag)\b"),
    "cookies": re.compile(r"\b(cookies|set_cookie|delete_cookie|get_cookie)\b"),
}
_SETTERS = re.compile(r"\b(flash|login_user|logout_user|set_cookie|delete_cookie)\b")


def find_keys(text: str) -> frozenset[str] | None:
    """Give the keys that code and templates use; ``None`` where it may be any of them."""
    keys = {f"_{name}" for name, pattern in _OTHERS.items() if pattern.search(text)}
    rest = text
    for pattern in _KEYS:
        keys |= set(pattern.findall(rest)) - _ATTRIBUTES
        rest = pattern.sub("", rest)
    return None if _ALL.search(rest) else frozenset(keys)


def sets_cookies(text: str) -> bool:
    """Say whether code changes a client's cookies by a function of Flask's or an extension's."""
    return bool(_SETTERS.search(text))


def as_states(keys: frozenset[str] | None, known: frozenset[str]) -> frozenset[str]:
    """Name keys among what outlasts a request.

    :param keys: ``None`` stands for all of them.
    :param known: All that the app uses.
    """
    if keys is None:
        return frozenset({COOKIES, *(f"{COOKIES}[{each}]" for each in known)})
    return frozenset(f"{COOKIES}[{each}]" for each in keys)
