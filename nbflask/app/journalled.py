"""What the live app and the live blueprint share: tables that know who wrote what.

Flask sets its tables as attributes, and so they are adopted when they are set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .attributes import Attributes, is_plain
from .cells import running
from .tables import Ledger, handler_table, list_table

if TYPE_CHECKING:
    from collections.abc import Callable

    Adopt = Callable[[Any, str, Any], Any]
    """Makes a live container of what Flask sets as an attribute: from owner, name and value."""


def live(container: Callable[[Ledger, tuple[Any, ...], Any], Any]) -> Adopt:
    """Adopt a plain container as a live one."""
    return lambda owner, name, value: container(owner._ledger, (name,), value)


HOOK_TABLES: dict[str, Adopt] = {
    "error_handler_spec": live(handler_table),
    "before_request_funcs": live(list_table),
    "after_request_funcs": live(list_table),
    "teardown_request_funcs": live(list_table),
    "template_context_processors": live(list_table),
    "url_value_preprocessors": live(list_table),
    "url_default_functions": live(list_table),
}


class Journalled:
    """What the live app and the live blueprint share: tables that know who wrote what."""

    _tables: dict[str, Adopt] = HOOK_TABLES
    _ledger: Ledger

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Any:
        """Make an object with a ledger, before any code of it runs."""
        new = super().__new__(cls)
        ledger = Ledger(new)
        new.__dict__.update(_ledger=ledger, _attributes=Attributes(ledger, new))
        return new

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_got_first_request":  # Flask sets it with each request.
            self.__dict__[name] = value
            return
        adopt = self._tables.get(name)
        if adopt is not None:
            value = adopt(self, name, value)
        elif name[0] != "_" and running() is not None and is_plain(type(self), name):
            self.__dict__["_attributes"].claim(name, value)
            return
        object.__setattr__(self, name, value)

    def take_notebook_config(self) -> None:
        """Take over what the notebook configures for what its own code makes; here nothing."""

    def _check_setup_finished(self, f_name: str) -> None:
        # In a running cell nothing is ever finished: the tables take any change.
        if running() is None:
            super()._check_setup_finished(f_name)  # type: ignore[misc]
