"""Answers of notebooks' apps, live and exported, in processes of their own.

::

    python -m tests.export.replaying live    of notebooks on stdin: what is asked, what is answered
    python replaying.py exported             of projects on stdin: what they answer to that

A notebook is run twice in shells of its own: once as it is, to see what it asks; then without what
asks, so that the app is as it was made, and answers all of it in order. The exported app is asked
the same, where nobody can import nbflask. Each of them runs in a fork, so that a process imports
IPython, or Flask, once for all. Only the standard library is imported by this module itself.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import sys
import traceback
from base64 import b64decode, b64encode
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What a notebook asks, shows or tries; everything else makes the app.
_ASKING = re.compile(
    r"^ *(?:\w+ *= *)?%%?(?:http|flask_(?:get|post|put|patch|delete|head|options|replay|run|preview"
    r"|inspect|session|templates|requests))\b|\btest_client\(|^ *(?:import|from) nbflask\b"
)
# Of each rule, what its variables may be given.
_SAMPLES = {"int": 1, "float": 0.5, "uuid": "00000000-0000-0000-0000-000000000001"}
_LEFT_OUT = frozenset({"host", "connection", "content-length", "cookie"})


def ask_live(notebook: Path, app: str) -> dict[str, Any]:
    """Give what a notebook asks of its app with what the app, when it is new, answers."""
    cells = _read_cells(notebook)
    asked = _in_fork(lambda: _record(cells, app))
    quiet = [each for each in cells if not _asks(each[1])]

    def answer() -> dict[str, Any]:
        from tests.magics.shell import Shell

        shell = Shell()
        failed = _run(shell, quiet)
        target = shell.names[app]
        requests = [*asked, *_derive(target)]
        return {"requests": requests, "answers": answer_all(target, requests), "failed": failed}

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
    # A form's token is of the session in which the form was asked for.
    app.config["WTF_CSRF_ENABLED"] = False
    clients: dict[int, Any] = {}
    answers = []
    for asked in requests:
        client = clients.setdefault(asked["client"], app.test_client())
        for name, value in asked["cookies"].items():
            if client.get_cookie(name) is None:
                client.set_cookie(name, value)
        answers.append(_answer(client, asked))
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


def _record(cells: list[tuple[str, str]], app: str) -> list[dict[str, Any]]:
    """Run a notebook as it is, and give what its test clients ask of one app."""
    from werkzeug.test import Client

    from tests.magics.shell import Shell

    shell = Shell()
    asked: list[dict[str, Any]] = []
    clients: list[Any] = []
    sent_by_app: set[str] = set()
    original = Client.run_wsgi_app

    def run_wsgi_app(self: Any, environ: Any, buffered: bool = False) -> Any:
        if self.application is shell.names.get(app):
            if self not in clients:
                clients.append(self)
            content = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(content)
            asked.append(_describe(environ, content, clients.index(self), sent_by_app))
        answer = original(self, environ, buffered)
        sent_by_app.update(each.partition("=")[0] for each in answer[2].getlist("Set-Cookie"))
        return answer

    Client.run_wsgi_app = run_wsgi_app  # type: ignore[method-assign]
    _run(shell, cells)
    return asked


def _describe(environ: Any, content: bytes, client: int, own: set[str]) -> dict[str, Any]:
    from werkzeug.datastructures import EnvironHeaders
    from werkzeug.sansio.http import parse_cookie
    from werkzeug.wsgi import get_current_url

    headers = [
        [name, value]
        for name, value in EnvironHeaders(environ).items()
        if name.lower() not in _LEFT_OUT and (value or name.lower() != "content-type")
    ]
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    return {
        "client": client,
        "method": environ["REQUEST_METHOD"],
        "url": get_current_url(environ),
        "headers": headers,
        "cookies": {name: value for name, value in cookies.items() if name not in own},
        "content": b64encode(content).decode(),
    }


def _derive(app: Any) -> Iterator[dict[str, Any]]:
    """Give requests to each rule, right and wrong ones."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        if rule.websocket or rule.endpoint == "static":
            continue
        path = re.sub(r"<(?:(\w+)(?:\(.*?\))?:)?\w+>", _sample, rule.rule)
        for method in ("GET", "OPTIONS", "POST", "PUT"):
            yield _plain(method, path)
    yield _plain("GET", "/nowhere/at/all")


def _sample(found: re.Match[str]) -> str:
    return str(_SAMPLES.get(found[1] or "", "sample"))


def _plain(method: str, path: str) -> dict[str, Any]:
    return {
        "client": -1,
        "method": method,
        "url": f"http://localhost{path}",
        "headers": [],
        "cookies": {},
        "content": "",
    }


def _read_cells(notebook: Path) -> list[tuple[str, str]]:
    document = json.loads(notebook.read_text())
    return [
        (each["id"], "".join(each["source"]))
        for each in document["cells"]
        if each["cell_type"] == "code"
    ]


def _asks(source: str) -> bool:
    return any(_ASKING.search(line) for line in source.splitlines())


def _run(shell: Any, cells: list[tuple[str, str]]) -> list[str]:
    failed = []
    for cell_id, source in cells:
        ran = shell.run(source, cell_id=cell_id)
        if ran.error:
            failed.append(f"{source.strip().splitlines()[0]}: {ran.error}")
    return failed


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
    if sys.argv[1:] == ["live"]:
        importlib.import_module("tests.magics.shell")
        found = {name: ask_live(Path(name), app) for name, app in given.items()}
    else:
        sys.modules["nbflask"] = None  # type: ignore[assignment]
        importlib.import_module("flask")
        found = {name: ask_exported(Path(name), asked) for name, asked in given.items()}
    # Below whatever an app has printed.
    sys.stdout.write(f"\n{json.dumps(found)}\n")


if __name__ == "__main__":
    _main()
