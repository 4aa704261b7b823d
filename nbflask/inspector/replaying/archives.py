"""HAR files: exchanges are written to them, and what they hold is sent to an app.

Rule 1: a file is there whole or not at all, and nothing but a HAR is overwritten unasked.
Rule 2: what a file holds goes to the app that is named, whatever its URLs say.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from flask.testing import FlaskClient

from nbflask.client import Responses, send
from nbflask.errors import HarError, OptionError
from nbflask.exchanges.har import HarRequest, format_har, parse_har

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from nbflask.client import ShownResponse
    from nbflask.exchanges.exchange import Exchange


class ArchivedRequest:
    """A request of a HAR file.

    Its fields are those of :class:`~nbflask.exchanges.har.HarRequest`.
    """

    def __init__(self, request: HarRequest) -> None:
        """Keep the request."""
        self.request = request

    def replay(self, app: Flask | FlaskClient) -> ShownResponse:
        """Send it to an app, with the cookies that it has in the file and those of the client.

        :param app: The app, which is asked by a new client, or a client of it.
        :raises HarError: It cannot be sent as it was.
        """
        client = app if isinstance(app, FlaskClient) else app.test_client()
        return send(client, self.request.build())

    def __repr__(self) -> str:
        """Name the method and the path."""
        return f"<ArchivedRequest {self.request.entry}: {self.request.method} {self._path}>"

    @property
    def _path(self) -> str:
        return ascii(self.request.target.partition("?")[0])[1:-1]


class ArchivedRequests(Sequence[ArchivedRequest]):
    """The requests of a HAR file, in their order."""

    def __init__(self, requests: Iterable[HarRequest]) -> None:
        """Keep the requests."""
        self._all = tuple(ArchivedRequest(each) for each in requests)

    @overload
    def __getitem__(self, index: int) -> ArchivedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ArchivedRequest, ...]: ...
    def __getitem__(self, index: int | slice) -> ArchivedRequest | tuple[ArchivedRequest, ...]:
        """Give the request at a place; the first is 0."""
        return self._all[index]

    def __len__(self) -> int:
        """Give their number."""
        return len(self._all)

    def replay(self, app: Flask | FlaskClient) -> Responses:
        """Send them one after the other, by one client: a login holds for what follows it.

        :raises HarError: One of them cannot be sent; nothing was sent.
        """
        for each in self._all:
            each.request.build()
        client = app if isinstance(app, FlaskClient) else app.test_client()
        return Responses(each.replay(client) for each in self._all)

    def __repr__(self) -> str:
        """Name each, a line each."""
        lines = (f"{it.request.entry:>4}  {it.request.method} {it._path}" for it in self._all)
        return "\n".join([f"{len(self)} requests of a HAR file", *lines])


def read_har(path: str | Path) -> ArchivedRequests:
    """Read the requests of a HAR file.

    :raises HarError: It is none.
    :raises OptionError: It cannot be read.
    """
    try:
        data = Path(path).expanduser().read_bytes()
    except OSError as fault:
        raise OptionError(
            f"The file {str(path)!r} cannot be read: {fault.strerror}. Name one that is there."
        ) from None
    return ArchivedRequests(parse_har(data))


def write_har(exchanges: Sequence[Exchange], path: str | Path, *, force: bool = False) -> Path:
    """Write exchanges, which the caller has redacted, into a file, and give its path.

    :param force: Whether to overwrite what is no HAR.
    :raises OptionError: The file is something else, or cannot be written. It is unchanged.
    """
    target = Path(path).expanduser()
    if not force and _is_other(target):
        raise OptionError(
            f"{str(path)!r} is there, and is no HAR file. Choose another name, or add --force."
        )
    # In the same directory, so that replacing is one step; the number keeps two kernels apart.
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(format_har(exchanges), encoding="utf-8")
        draft.replace(target)
    except OSError as fault:
        raise OptionError(
            f"{str(path)!r} cannot be written: {fault.strerror}. Choose another name."
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    return target


def _is_other(path: Path) -> bool:
    if path.is_dir():
        return True
    if not path.exists():
        return False
    try:
        parse_har(path.read_bytes())
    except (HarError, OSError):
        return True
    return False
