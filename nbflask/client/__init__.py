"""Requests to an app without a socket, and responses that a notebook can show."""

from __future__ import annotations

from nbflask.client.responses import Responses, ShownResponse
from nbflask.client.sending import send

__all__ = ["Responses", "ShownResponse", "send"]
