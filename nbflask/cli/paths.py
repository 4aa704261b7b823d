"""Paths on a command's line."""

from __future__ import annotations

import argparse
from pathlib import Path


def read_path(text: str) -> Path:
    """Read a path; what is empty is none, and not the working folder."""
    if not text:
        raise argparse.ArgumentTypeError("'' names no file and no folder")
    return Path(text)
