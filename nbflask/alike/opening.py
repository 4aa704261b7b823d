"""The other app, made ready to be asked: what is no app yet is served for as long as it takes."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from nbflask.errors import OptionError, ServerError
from nbflask.export import read_notebook
from nbflask.export.secrecy.withheld import find_secrets
from nbflask.hosting.listening import listen, write_url
from nbflask.hosting.process import Failed, ServingProcess, find_server
from nbflask.hosting.temporary import Exports
from nbflask.hosting.variables import SECRET_KEY

from .asking import Called, Reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask

    from .asking import Other

# A variable in a project's text.
_LOOKED_UP = re.compile(r"""\b(?:environ(?:\.get\(|\[)|getenv\()\s*["'](\w+)["']""")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOCAL = "127.0.0.1"


@contextmanager
def open_other(
    other: Any, app: Flask, *, timeout_s: float, changes: bool | None
) -> Iterator[Other]:
    """Give what can be asked, and end what was started for it."""
    if callable(other):
        yield Called(app=other, timeout_s=timeout_s, takes_all=changes is not False)
    elif isinstance(other, str) and (scheme := _SCHEME.match(other)):
        _refuse_url(other, scheme[1])
        yield Reached.at(other, timeout_s=timeout_s, takes_all=changes)
    elif isinstance(other, str | os.PathLike):
        with _served(os.fspath(other), app) as url:
            yield Reached(
                url=url, timeout_s=timeout_s, takes_all=changes is not False, is_ours=True
            )
    else:
        raise OptionError(
            f"{other!r} is no app: give a WSGI app, a URL, a project's folder or a notebook's file."
        )


def _refuse_url(url: str, scheme: str) -> None:
    """Raise where nothing could be asked at a URL."""
    remedy = "Write the URL of an app's root, such as 'http://127.0.0.1:8000/'."
    if scheme.lower() not in ("http", "https"):
        raise OptionError(f"{url!r} is a URL of {scheme!r}, by which no app is asked. {remedy}")
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise OptionError(f"{url!r} names no host and port that could be asked. {remedy}")


@contextmanager
def _served(other: str, app: Flask) -> Iterator[str]:
    """Serve a project's folder, or a notebook's project; give its URL."""
    path = Path(other)
    if path.suffix == ".ipynb":
        with serve_export(path, app) as url:
            yield url
    elif other and (path / "wsgi.py").is_file():
        with _running(path.absolute(), app) as url:
            yield url
    else:
        raise OptionError(
            f"{other!r} is neither a notebook's file nor the folder of an exported project, "
            "which has a file wsgi.py."
        )


@contextmanager
def serve_export(path: Path, app: Flask, name: str | None = None) -> Iterator[str]:
    """Serve a notebook's project, with the secrets that its cells hold; give its URL."""
    secrets = find_secrets(read_notebook(path), name)
    with (
        Exports(path, name, is_apart=True) as exports,
        _running(exports.export().folder, app, secrets) as url,
    ):
        yield url


@contextmanager
def _running(folder: Path, app: Flask, secrets: Mapping[str, str] | None = None) -> Iterator[str]:
    with listen(_LOCAL, 0) as listener:
        process = ServingProcess(
            folder,
            listener,
            server=find_server(),
            work_folder=folder,
            environment={**find_settings(app, folder), **os.environ, **(secrets or {})},
        )
        try:
            match process.read_start():
                case Failed(reason=reason):
                    raise ServerError(
                        f"The other app does not start: {reason or 'its process has ended'}."
                    )
            yield write_url(_LOCAL, listener)
        finally:
            process.stop()


def find_settings(app: Flask, folder: Path) -> dict[str, str]:
    """Give what a project looks up and the live app has: it has signed with it, or been told it."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    names = {SECRET_KEY, *(name for text in texts for name in _LOOKED_UP.findall(text))}
    found = {name: app.config.get(name) for name in names}
    if isinstance(key := found[SECRET_KEY], bytes):
        found[SECRET_KEY] = key.decode("latin-1")
    own = {name: value for name, value in found.items() if isinstance(value, str)}
    return {SECRET_KEY: "parity", **own}
