"""Answers of notebooks' apps, live and exported, in processes of their own.

::

    python -m tests.export.replaying live    of notebooks on stdin: what is asked, what is answered
    python replaying.py exported             of projects on stdin: what they answer to that

A notebook is run twice in shells of its own: once to see what it asks; then its test clients are
answered from that, so that the app is as it was made, and answers all of it in order. The exported
app is asked the same, where nobody can import nbflask. Each of them runs in a fork, so that a
process imports IPython, or Flask, once for all. Only the standard library is imported by this
module itself.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback
from base64 import b64decode, b64encode
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tools.check_exports_requests import Asked, Notes

# What the notebooks' apps import, and takes long: it is imported once, before there are forks.
_PACKAGES = ("flask_login", "flask_sqlalchemy", "flask_wtf", "matplotlib.figure", "pandas")
_OF_CONNECTION = frozenset({"host", "connection", "cookie"})


def ask_live(notebook: Path, app: str) -> dict[str, Any]:
    """Give what a notebook asks of its app with what the app, when it is new, answers."""
    from tests.magics.shell import Shell
    from tools.check_exports_requests import Listening, derive_requests

    cells = _read_cells(notebook)

    def run(notes: Notes | None) -> tuple[Any, Notes]:
        shell = Shell()
        with Listening(find_app=lambda: shell.names.get(app), notes=notes) as listening:
            for cell_id, source in cells:
                shell.run(source, cell_id=cell_id)
        return shell.names[app], listening.taken

    def answer() -> dict[str, Any]:
        target, _ = run(notes)
        requests = [*asked, *(_write(each, ()) for each in derive_requests(target))]
        return {"requests": requests, "answers": answer_all(target, requests)}

    notes = _in_fork(lambda: run(None)[1])
    if isinstance(notes, dict):
        return notes
    asked = list(_write_all(notes))
    found: dict[str, Any] = _in_fork(answer)
    return found


def ask_exported(folder: Path, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what an exported project answers where nobody can import nbflask."""

    def answer() -> list[dict[str, Any]]:
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        return answer_all(importlib.import_module("wsgi").app, requests)

    found: list[dict[str, Any]] = _in_fork(answer)
    return found


def answer_all(app: Any, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ask an app in order; each of the notebook's clients keeps its own cookies."""
    # A form's token is of the session in which the form was asked for; TESTING is a test's own.
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=False)
    clients: dict[int, Any] = {}
    versions: dict[str, str] = {}
    answers = []
    for asked in requests:
        asked["headers"] = [(name, versions.get(value, value)) for name, value in asked["headers"]]
        client = clients.setdefault(asked["client"], app.test_client())
        for name, value in asked["cookies"].items():
            if client.get_cookie(name) is None:
                client.set_cookie(name, value)
        answers.append(_answer(client, asked))
        versions[asked["version"]] = answers[-1]["headers"].get("etag", "")
    return answers


def _answer(client: Any, asked: dict[str, Any]) -> dict[str, Any]:
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            response = client.open(
                asked["url"],
                method=asked["method"],
                headers=asked["headers"],
                data=b64decode(asked["content"]),
            )
            content = _read(response)
            response.close()
    except Exception as fault:  # noqa: BLE001
        return {"status": 0, "headers": {}, "text": f"{type(fault).__name__}: {fault}"}
    headers = {name.lower(): value for name, value in response.headers.items()}
    headers |= {"allow": sorted(response.allow)} if "allow" in headers else {}
    text = content.decode("utf-8", "backslashreplace")
    return {"status": response.status_code, "headers": headers, "text": text}


def _read(response: Any) -> bytes:
    """Give the content; of a stream of events the first, as the stream may have no end."""
    if response.mimetype == "text/event-stream":
        return bytes(next(iter(response.response), b""))
    return bytes(response.get_data())


def _write_all(notes: Notes) -> Iterable[dict[str, Any]]:
    """Give requests as plain data; a cookie that the app has sent is the client's to keep."""
    sent_by_app: set[str] = set()
    for asked, answered in notes.pairs:
        yield _write(asked, sent_by_app) | {"version": dict(answered.headers).get("ETag", "")}
        lines = (value for name, value in answered.headers if name.lower() == "set-cookie")
        sent_by_app.update(each.partition("=")[0] for each in lines)


def _write(asked: Asked, sent_by_app: Iterable[str]) -> dict[str, Any]:
    from werkzeug.sansio.http import parse_cookie

    known = {name.lower(): value for name, value in asked.headers}
    cookies = parse_cookie(known.get("cookie", ""))
    return {
        "client": asked.client,
        "method": asked.method,
        "url": f"{asked.scheme}://{known.get('host', 'localhost')}{asked.target}",
        "headers": [each for each in asked.headers if each[0].lower() not in _OF_CONNECTION],
        "cookies": {name: value for name, value in cookies.items() if name not in sent_by_app},
        "content": b64encode(asked.content).decode(),
        "version": "",
    }


def _read_cells(notebook: Path) -> list[tuple[str, str]]:
    document = json.loads(notebook.read_text())
    return [
        (each["id"], "".join(each["source"]))
        for each in document["cells"]
        if each["cell_type"] == "code"
    ]


def _in_fork(call: Callable[[], Any]) -> Any:
    """Give what a function returns in a copy of this process, or the error that it ended with."""
    receiver, sender = Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        os.chdir(os.environ["TMPDIR"])
        try:
            sender.send(call())
        except BaseException:  # noqa: BLE001
            sender.send({"error": traceback.format_exc()})
        os._exit(0)
    sender.close()
    try:
        return receiver.recv()
    finally:
        os.waitpid(process, 0)


def _main() -> None:
    given = json.load(sys.stdin)
    found: dict[str, Any]
    for name in _PACKAGES:
        importlib.import_module(name)
    if sys.argv[1:] == ["live"]:
        importlib.import_module("tests.magics.shell")
        found = {name: ask_live(Path(name), app) for name, app in given.items()}
    else:
        sys.modules["nbflask"] = None  # type: ignore[assignment]
        found = {name: ask_exported(Path(name), asked) for name, asked in given.items()}
    # Below whatever an app has printed.
    sys.stdout.write(f"\n{json.dumps(found)}\n")


if __name__ == "__main__":
    _main()
