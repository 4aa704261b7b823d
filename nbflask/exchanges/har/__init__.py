"""HTTP Archives (HAR 1.2): exchanges are written to them, and requests read from them."""

from __future__ import annotations

from .checking import check_har
from .reading import HarRequest, parse_har
from .writing import format_har, to_har

__all__ = ["HarRequest", "check_har", "format_har", "parse_har", "to_har"]
