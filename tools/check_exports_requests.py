"""What a notebook asks of its app, so that other apps can be asked the same.

Rule 1: a notebook runs twice. In the first run it is noted what its test clients ask and what is
answered; in the second they are answered from those notes, and the app is as its cells have made
it: complete, and asked by nobody.

Rule 2: beyond that each rule is asked, rightly and wrongly.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import werkzeug.test
from werkzeug.datastructures import EnvironHeaders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# Of each converter, a value that its rule matches.
_SAMPLES = {"int": "1", "float": "0.5", "uuid": "00000000-0000-0000-0000-000000000001"}
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request.

    :param target: Path and query, percent-encoded.
    :param headers: With the cookies; without the content's length.
    :param client: The number of the client that sent it; -1 where no notebook did.
    """

    method: str
    target: str
    scheme: str = "http"
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    client: int = -1


@dataclass(kw_only=True)
class Answered:
    """What came back of it, as far as somebody has read it.

    :param raised: What went on to the client in the place of an answer.
    :param is_whole: It was read to its end.
    """

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    raised: Exception | None = None
    is_whole: bool = False


@dataclass(kw_only=True)
class Notes:
    """Requests to one app, in order, each with its answer."""

    pairs: list[tuple[Asked, Answered]] = field(default_factory=list)

    def take(self, asked: Asked) -> Answered | None:
        """Give the next answer to a request, if it was ever sent.

        What was signed or drawn anew makes another content: then the path has to do.
        """
        path = asked.target.partition("?")[0]
        alike: tuple[Callable[[Asked], bool], ...] = (
            lambda it: (it.target, it.content) == (asked.target, asked.content),
            lambda it: it.target.partition("?")[0] == path,
        )
        for is_alike in alike:
            for at, (former, answered) in enumerate(self.pairs):
                if former.method == asked.method and is_alike(former):
                    del self.pairs[at]
                    return answered
        return None


@dataclass(kw_only=True)
class Listening:
    """Stands between the test clients of this process and one app.

    :param find_app: Gives the app; another one may be made under its name.
    :param notes: What was noted before, to answer from; ``None`` lets the app answer.
    """

    find_app: Callable[[], Any]
    notes: Notes | None = None
    taken: Notes = field(default_factory=Notes)
    _clients: list[Any] = field(default_factory=list)
    _originals: tuple[Any, Any] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen from now on."""
        client_class: Any = werkzeug.test.Client
        run, call = self._originals = (client_class.run_wsgi_app, werkzeug.test.run_wsgi_app)

        def run_wsgi_app(client: Any, environ: Any, buffered: bool = False) -> Any:
            if client not in self._clients:
                self._clients.append(client)
            environ["tools.client"] = self._clients.index(client)
            return run(client, environ, buffered)

        def call_app(app: Any, environ: Any, buffered: bool = False) -> Any:
            if app is not self.find_app():
                return call(app, environ, buffered)
            asked = _read(environ)
            known = self.notes.take(asked) if self.notes is not None else None
            return _say_again(known) if known else self._note(asked, call, app, environ, buffered)

        client_class.run_wsgi_app = run_wsgi_app
        werkzeug.test.run_wsgi_app = call_app

    def stop(self) -> None:
        """Let the clients alone again. May be called twice."""
        if self._originals is not None:
            run, call = self._originals
            werkzeug.test.Client.run_wsgi_app = run  # type: ignore[method-assign]
            werkzeug.test.run_wsgi_app = call
            self._originals = None

    def _note(self, asked: Asked, call: Any, app: Any, environ: Any, buffered: bool) -> Any:
        answered = Answered()
        self.taken.pairs.append((asked, answered))
        try:
            blocks, status, headers = call(app, environ, buffered)
        except Exception as fault:
            answered.raised = _without_frames(fault)
            raise
        answered.status, answered.headers = status, list(headers)
        return _Teed(blocks, answered), status, headers


class _Teed:
    """An answer's blocks, noted while they are read."""

    def __init__(self, blocks: Any, answered: Answered) -> None:
        self._blocks = blocks
        self._answered = answered

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self._answered.blocks.append(bytes(block))
            yield block
        self._answered.is_whole = True

    def close(self) -> None:
        getattr(self._blocks, "close", lambda: None)()


def _say_again(answered: Answered) -> Any:
    from werkzeug.datastructures import Headers

    if answered.raised is not None:
        raise answered.raised
    return iter(answered.blocks), answered.status, Headers(answered.headers)


def _without_frames(fault: Exception) -> Exception:
    """Give an exception that another process can raise: of a notebook's own class it cannot."""
    if type(fault).__module__ == "__main__":
        return RuntimeError(f"{type(fault).__name__}: {fault}")
    return type(fault)(*fault.args) if _is_plain(fault) else RuntimeError(str(fault))


def _is_plain(fault: Exception) -> bool:
    is_builtin = type(fault).__module__ == "builtins"
    return is_builtin and all(isinstance(each, str | int | float) for each in fault.args)


def _read(environ: Any) -> Asked:
    content = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(content)
    headers = EnvironHeaders(environ).items()
    query = environ.get("QUERY_STRING", "")
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    return Asked(
        method=environ["REQUEST_METHOD"],
        target=f"{path}?{query}" if query else path,
        scheme=environ["wsgi.url_scheme"],
        headers=tuple((name, value) for name, value in headers if _is_sent(name, value)),
        content=content,
        client=environ.get("tools.client", -1),
    )


def _is_sent(name: str, value: str) -> bool:
    return name.lower() != "content-length" and bool(value or name.lower() != "content-type")


def derive_requests(app: Any) -> Iterator[Asked]:
    """Give requests to each rule, right and wrong ones, and one to none."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        if rule.endpoint == "static" or rule.websocket:
            continue
        path = re.sub(r"<(?:(\w+)(?:\(.*?\))?:)?\w+>", _sample, rule.rule)
        yield from (Asked(method=method, target=path) for method in _METHODS)
    yield Asked(method="GET", target="/nowhere/at/all")


def _sample(found: re.Match[str]) -> str:
    return _SAMPLES.get(found[1] or "", "sample")


def count_read(answered: Answered) -> int | None:
    """Give the bytes after which an answer was left; ``None`` for one that has an end."""
    if answered.is_whole or not is_event_stream(answered):
        return None
    return sum(map(len, answered.blocks)) or 1


def is_event_stream(answered: Answered) -> bool:
    """Whether it is one that may have no end."""
    return dict(answered.headers).get("Content-Type", "").startswith("text/event-stream")


def sizes_of_streams(pairs: Iterable[tuple[Asked, Answered]]) -> dict[str, int]:
    """Give for each path that streams events how long the first of them is."""
    return {
        asked.target: len(answered.blocks[0])
        for asked, answered in pairs
        if is_event_stream(answered) and answered.blocks
    }
