"""What a recorder sees of an app that is asked everything."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from nbflask.recorder import Bounds, Recorder
from tests.exchanges.varied import ask_everything, build_app

if TYPE_CHECKING:
    from nbflask.exchanges.exchange import Exchange


@cache
def record_everything() -> tuple[Exchange, ...]:
    """Give real exchanges of many kinds, made once; contents of 64 KiB are kept."""
    app = build_app()
    app.logger.disabled = True
    with Recorder(app, bounds=Bounds()) as recorder:
        ask_everything(app.test_client())
        return recorder.exchanges()
