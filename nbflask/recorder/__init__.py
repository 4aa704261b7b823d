"""What a Flask app did with each request, recorded without changing it.

A :class:`Recorder` notes raw values while a request is under way; the frozen
:class:`~nbflask.exchanges.exchange.Exchange` is made when somebody asks for it.
"""

from __future__ import annotations

from .bounds import Bounds
from .changes import Change
from .privacy import private
from .recorder import Recorder, recorder_of
from .recording import Recording, record

__all__ = ["Bounds", "Change", "Recorder", "Recording", "private", "record", "recorder_of"]
