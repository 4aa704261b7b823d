"""What is wrong with a text that is not Python, in words."""

from __future__ import annotations

import re
import sys

# Type parameters and the statement "type" (PEP 695).
_OF_3_12 = re.compile(r"(?:(?:async\s+)?def|class)\s+\w+\s*\[|type\s+\w+\s*(?:\[.*\])?\s*=")


def describe_syntax(fault: Exception) -> str:
    """Say in one line what is wrong with a cell's Python."""
    if not isinstance(fault, SyntaxError) or fault.lineno is None:
        reason = fault.msg if isinstance(fault, SyntaxError) else fault
        return f"It is not Python: {reason}."
    line = (fault.text or "").strip()
    shown = f": {line!r}" if line else ""
    if _OF_3_12.match(line) and sys.version_info < (3, 12):
        here = ".".join(map(str, sys.version_info[:2]))
        return f"Line {fault.lineno} needs Python 3.12, and this is {here}{shown}."
    return f"Line {fault.lineno} is not Python, {fault.msg}{shown}."
