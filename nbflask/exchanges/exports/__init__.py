"""Exchanges as what other tools read: commands, scripts, tests, cells.

An export takes an exchange as it is given: who shows it redacts it first.
"""

from __future__ import annotations

from .curl import to_curl

__all__ = ["to_curl"]
