"""The command ``nbflask``: what a shell can do with a notebook's app."""

from .main import main

__all__ = ["main"]
