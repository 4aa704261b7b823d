"""Exchanges as what other tools read: commands, scripts, tests, cells.

An export takes an exchange as it is given: who shows it redacts it first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.errors import OptionError
from nbflask.values.words import did_you_mean

from .client_cell import to_client, write_client
from .curl import to_curl, write_curl
from .http_file import to_http, write_http
from .httpie import to_httpie, write_httpie
from .httpx_script import to_httpx, write_httpx
from .pytest_module import to_pytest, write_pytest
from .raw import to_raw, write_raw, write_request, write_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange

__all__ = [
    "KINDS",
    "export",
    "to_client",
    "to_curl",
    "to_http",
    "to_httpie",
    "to_httpx",
    "to_pytest",
    "to_raw",
    "write_request",
    "write_response",
]

#: What an exchange can be exported as, and who writes several of them.
KINDS = {
    "curl": write_curl,
    "httpie": write_httpie,
    "httpx": write_httpx,
    "http": write_http,
    "pytest": write_pytest,
    "client": write_client,
    "raw": write_raw,
}


def export(exchanges: Sequence[Exchange], kind: str, *, base_url: str = "") -> str:
    """Give one or several exchanges as one text: a script, a module, blocks of a file.

    :param kind: One of :data:`KINDS`.
    :param base_url: Where to send them instead of where they were sent.
    :raises OptionError: The kind is not known.
    """
    write = KINDS.get(kind)
    if write is None:
        raise OptionError(f"{kind!r} is nothing to export to.{did_you_mean(kind, KINDS)}")
    return write(exchanges, base_url=base_url)
