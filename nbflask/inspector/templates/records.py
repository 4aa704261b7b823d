"""What a recorder knows of templates; of an app without one, nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import RecordError
from nbflask.exchanges.redaction import Secrets

from .occasions import Occasion, held_by
from .visits import Visits, count_visits, find_origins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from nbflask.recorder import Recorder

_NEVER = Visits()


class Records:
    """Asks a recorder about templates.

    :param recorder: ``None`` if the app has none.
    """

    def __init__(self, app: Flask, recorder: Recorder | None) -> None:
        self._app, self._recorder = app, recorder

    @property
    def is_there(self) -> bool:
        """Whether requests are recorded at all."""
        return self._recorder is not None

    @property
    def secrets(self) -> Secrets:
        """What is secret to the app, now."""
        if self._recorder is None:
            return Secrets.of_config(self._app.config)
        secrets: Secrets = self._recorder.secrets
        return secrets

    def visits(self) -> dict[str, Visits]:
        """Give the recorded renderings of each template."""
        return count_visits(self._recorder.exchanges()) if self._recorder is not None else {}

    def visits_of(self, name: str) -> Visits:
        """Give the recorded renderings of a template."""
        return self.visits().get(name, _NEVER)

    def context_of(self, name: str) -> Mapping[str, Any] | None:
        """Give the live objects of a template's last real rendering; ``None`` if there are none."""
        return self._recorder.last_context(name) if self._recorder is not None else None

    def origins_of(self, name: str) -> dict[str, str]:
        """Give the variables whose last value came with the request, and what brought each."""
        context = self.context_of(name)
        last_id = self.visits_of(name).last_id
        if self._recorder is None or context is None or last_id is None:
            return {}
        try:
            return find_origins(context, self._recorder.exchange(last_id))
        except RecordError:
            return {}

    def occasion_of(self, name: str) -> Occasion:
        """Give the request in which a template was rendered last, to render in it again."""
        last_id = self.visits_of(name).last_id
        if self._recorder is None or last_id is None:
            return Occasion()
        environ = self._recorder.environ_of(last_id)
        if environ is None:
            return Occasion()
        held = held_by(self.context_of(name) or {})
        return Occasion(exchange_id=last_id, environ=environ, held=held)
