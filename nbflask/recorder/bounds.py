"""How much a recorder keeps: a kernel lives for days, and its memory is the user's."""

from __future__ import annotations

from dataclasses import dataclass

_KI = 1024


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What is kept of how many exchanges; what goes beyond is counted and left out.

    :param exchanges: The newest so many; pinned ones are not among them.
    :param pinned: At most so many can be pinned.
    :param content_bytes: Of each content, from its beginning.
    :param hashed_bytes: A content that is longer has no SHA-256: to hash 64 KiB takes 60 us, all
        else that is done with a block 2.
    :param total_bytes: Of all contents and output; the oldest contents go first, then exchanges.
    :param output_head_chars: Of what an exchange prints, from its beginning.
    :param output_tail_chars: And from its end.
    :param variables: Of a template's context.
    :param summary_chars: Of a variable that is written out.
    :param summary_us: For all the variables of an exchange.
    :param contexts: Templates whose last context is held, with its live objects.
    """

    exchanges: int = 500
    pinned: int = 50
    content_bytes: int = 64 * _KI
    hashed_bytes: int = 256 * _KI
    total_bytes: int = 32_000_000
    headers: int = 200
    header_chars: int = 8 * _KI
    spans: int = 500
    chunks: int = 100
    logs: int = 200
    log_chars: int = 2 * _KI
    output_head_chars: int = 48 * _KI
    output_tail_chars: int = 16 * _KI
    templates: int = 50
    variables: int = 50
    summary_chars: int = 200
    summary_depth: int = 3
    summary_breadth: int = 10
    summary_us: int = 5_000
    session_items: int = 1_000
    errors: int = 20
    frames: int = 50
    contexts: int = 50
