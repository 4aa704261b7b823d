"""Settings as they may be shown: secrets are covered, the rest is written out."""

from __future__ import annotations

import re

from .secret_names import is_secret_setting

MASK = "********"

_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]+(?=@)")
MAX_VALUE_CHARS = 80


def mask_setting(key: str, value: object) -> str:
    """Write a setting's value: covered if its key names a secret, and without passwords in URLs.

    ``None`` is no secret. Long values are cut.
    """
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value)
    if is_secret_setting(key) and value not in ("", b"", (), []):
        return MASK
    text = _PASSWORD_IN_URL.sub(rf"\1:{MASK}", _without_address(value))
    return text if len(text) <= MAX_VALUE_CHARS else f"{text[: MAX_VALUE_CHARS - 1]}…"


def _without_address(value: object) -> str:
    # "<object at 0x7f...>" would be another text in each run.
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
