"""The live app: a Flask app whose every declaration belongs to the cell that made it."""

from __future__ import annotations

from .blueprints import Blueprint
from .cells import Run
from .declarations import Declaration, declarations
from .journal import Journal, Outcome
from .live import Flask

__all__ = ["Blueprint", "Declaration", "Flask", "Journal", "Outcome", "Run", "declarations"]
