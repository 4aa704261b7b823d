"""Covers what is secret in an exchange, before it is cut, shown, sent or saved.

Rule 1: redaction works on the whole recorded exchange; whatever is shown is made of its result.

Rule 2: a value is secret by its name (a field's, a cookie's, a key's), by its look (a token, a key
in PEM), or because it is known: from the app's configuration, or from another place of the same
exchange where its name gave it away. What is known is covered wherever it appears, and however
it is written.

Rule 3: names stay. A value becomes ``REDACTED``, whatever its length, and is counted.

Rule 4: redacting again changes nothing.
"""

from nbflask.values.secret_names import is_secret_name

from .redactor import redact, redact_pairs, redact_text
from .secrets import NO_SECRETS, REDACTED, Secrets, read_jupyter_tokens

__all__ = [
    "NO_SECRETS",
    "REDACTED",
    "Secrets",
    "is_secret_name",
    "read_jupyter_tokens",
    "redact",
    "redact_pairs",
    "redact_text",
]
