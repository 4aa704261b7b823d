"""An exchange: one request, its response, and what the app did in between.

Values only: what a recorder has seen, once and for all. They are raw, secrets included, and never
leave the kernel as they are: whatever shows, sends or saves one takes :func:`.redaction.redact`'s.
Each ``repr`` names counts and names, and no value that came with the request.

Times of one exchange are microseconds since it began, on one monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .fields import NO_FIELDS, Fields

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """How far an exchange has come."""

    #: The app has it, and has not begun to respond.
    HANDLING = "handling"
    #: The response's head is known, its content is on the way.
    RESPONDING = "responding"
    #: The response was given whole.
    COMPLETE = "complete"
    #: The app is done, and nobody has read the content: a test client that looked at the status.
    UNREAD = "unread"
    #: The client left before the end.
    ABORTED = "aborted"
    #: The app gave no response, or its content broke off by an error.
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen but that an unread content is read."""
        return self not in (State.HANDLING, State.RESPONDING)


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a request or response, as far as it was kept.

    :param size: Bytes that passed, all of them counted.
    :param data: The first of them, at most as many as the recorder keeps.
    :param sha256: Of all that passed, in hexadecimal; ``""`` while it is under way.
    :param media_type: As in the field ``Content-Type``, with its parameters.
    :param encoding: As in ``Content-Encoding``; the data are still encoded.
    :param is_unread: A request's content that the app has not read to its end, nor anybody else.
    :param is_evicted: The data were dropped later, to keep the kernel's memory bounded.
    :param stands_for: How many of the bytes that passed the data stand for; ``None`` for as many
        as there are. A redacted text has another length than what it was made of.
    """

    size: int = 0
    data: bytes = field(default=b"", repr=False)
    sha256: str = field(default="", repr=False)
    media_type: str = ""
    encoding: str = ""
    is_unread: bool = False
    is_evicted: bool = False
    stands_for: int | None = None

    @property
    def kept(self) -> int:
        """How many of the bytes that passed are here, redacted or not."""
        return len(self.data) if self.stands_for is None else self.stands_for

    @property
    def is_truncated(self) -> bool:
        """Whether more passed than is kept."""
        return self.size > self.kept


@dataclass(frozen=True, kw_only=True)
class FormFile:
    """A file that a form sent; its content is in the request's.

    :param name: The form's field.
    :param size: Bytes.
    """

    name: str
    filename: str = field(repr=False)
    content_type: str = ""
    size: int = 0
    sha256: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the client asked.

    :param target: Path and query as they were sent, percent-encoded, with the app's prefix.
    :param script_name: The prefix under which the app is mounted; ``""`` at the root.
    :param path: Decoded, without the prefix.
    :param headers_source: ``"wire"`` for field lines as sent; ``"environ"`` where only WSGI's are
        known, which join duplicates and lose the case of names.
    :param form: What the app itself has parsed; ``None`` if it has not.
    """

    method: str
    scheme: str = "http"
    host: str = field(default="localhost", repr=False)
    target: str = field(default="/", repr=False)
    script_name: str = field(default="", repr=False)
    path: str = field(default="/", repr=False)
    query_string: str = field(default="", repr=False)
    http_version: str = "HTTP/1.1"
    headers: Fields = NO_FIELDS
    headers_source: str = "environ"
    content: Content = Content()
    form: Fields | None = None
    files: tuple[FormFile, ...] = ()

    @property
    def url(self) -> str:
        """The absolute URL, without a fragment."""
        return f"{self.scheme}://{self.host}{self.target}"

    @property
    def app_target(self) -> str:
        """Path and query without the app's prefix: what a test client would be given."""
        if self.script_name and self.target.startswith(self.script_name):
            rest = self.target[len(self.script_name) :]
            return rest if rest.startswith("/") else f"/{rest}"
        return self.target


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """One block that the app gave.

    :param at_us: When it passed.
    :param size: Bytes.
    """

    at_us: float
    size: int


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the app answered.

    :param reason: The words behind the status code.
    :param headers: As the app gave them; the server's own (``Date``, ``Server``) are not the app's.
    :param chunks: The first blocks; ``chunk_count`` counts all.
    """

    status_code: int
    reason: str = field(default="", repr=False)
    http_version: str = "HTTP/1.1"
    headers: Fields = NO_FIELDS
    content: Content = Content()
    chunks: tuple[Chunk, ...] = ()
    chunk_count: int = 0

    @property
    def location(self) -> str:
        """Where a redirect leads; ``""`` for what is none."""
        return self.headers.get("Location", "")


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who asked.

    :param address: The IP address, or ``""`` for a test client.
    """

    address: str = ""
    port: int | None = field(default=None, repr=False)
    user_agent: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Route:
    """What the URL was matched to.

    :param view: The function's module and qualified name.
    :param cell: The first line of the cell that declared it; ``""`` for none.
    :param line: The line in that cell, or in ``file``.
    :param view_args: What the rule's variables stood for, written out.
    """

    rule: str
    endpoint: str
    blueprint: str = ""
    methods: tuple[str, ...] = ()
    view: str = ""
    file: str = ""
    line: int | None = None
    cell: str = field(default="", repr=False)
    view_args: Fields = NO_FIELDS


@dataclass(frozen=True, kw_only=True)
class NoRoute:
    """Why the URL was matched to nothing.

    :param status_code: 404, 405, or 308 for the URL with a slash.
    :param allowed: For a 405, what the URL takes.
    :param nearest: For a 404, rules that look alike, the nearest first.
    """

    status_code: int
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


class Stage(StrEnum):
    """The steps of Flask that a span belongs to, in their order."""

    ACCEPT = "accept"
    SESSION_OPEN = "session_open"
    ROUTING = "routing"
    BEFORE = "before"
    VIEW = "view"
    CONTEXT_PROCESSOR = "context_processor"
    TEMPLATE = "template"
    ERROR_HANDLER = "error_handler"
    AFTER = "after"
    SESSION_SAVE = "session_save"
    #: From the head of the response to its last byte.
    STREAM = "stream"
    TEARDOWN = "teardown"
    #: Any other callable of the user's that Flask called.
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the request's way through Flask.

    :param name: The function's qualified name, the template's, or the stage's.
    :param depth: How many spans of user code it is inside of.
    :param error: The type of the exception that left it; ``""`` for none.
    :param cell: The first line of the cell of a function; ``""`` for none.
    """

    stage: Stage
    name: str
    start_us: float
    duration_us: float
    depth: int = 0
    error: str = ""
    cell: str = field(default="", repr=False)
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class SessionChange:
    """The session before and after.

    :param before: As it was opened; values are plain data, others are written out.
    :param after: As it was saved; ``None`` if it was not come to.
    :param backend: The interface's class, as ``SecureCookieSessionInterface``.
    :param cookie_name: Of the session's cookie.
    :param cookie_bytes: The length of the ``Set-Cookie`` value that was sent; 0 for none.
    :param cookie_flags: Its attributes, as ``HttpOnly`` and ``Path=/``.
    """

    before: Mapping[str, Any] = field(default_factory=dict, repr=False)
    after: Mapping[str, Any] | None = field(default=None, repr=False)
    is_new: bool = False
    is_accessed: bool = False
    is_modified: bool = False
    is_permanent: bool = False
    backend: str = ""
    cookie_name: str = "session"
    cookie_bytes: int = 0
    cookie_flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A value, written out in a few words.

    :param type: Its class.
    :param text: Its ``repr`` where that is a builtin's, else what it is.
    :param is_exact: Whether the text is the whole value.
    """

    name: str
    type: str
    text: str = field(repr=False)
    is_exact: bool = True


@dataclass(frozen=True, kw_only=True)
class TemplateRender:
    """One template that was rendered.

    :param name: ``None`` for one from a string.
    :param file: Where its source is; ``""`` for one of a cell or a string.
    :param context: The variables; those that Flask gives to every template are left out.
    :param variable_count: How many there were.
    """

    name: str | None
    file: str = ""
    start_us: float = 0
    duration_us: float | None = None
    context: tuple[Summary, ...] = ()
    variable_count: int = 0
    error: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class LogRecord:
    """A record of :mod:`logging`.

    :param exception: Its traceback, or ``""``.
    """

    at_us: float
    level: str
    logger: str
    message: str = field(repr=False)
    file: str = ""
    line: int | None = None
    exception: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Output:
    """What was printed, in one piece.

    :param stream: ``"stdout"`` or ``"stderr"``.
    """

    at_us: float
    stream: str
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One line of a traceback, the outermost first.

    :param code: The line itself.
    :param cell: The first line of its cell; ``""`` for a file.
    :param is_library: Whether it is neither the user's cell nor the user's file.
    """

    file: str
    line: int | None
    function: str
    code: str = field(default="", repr=False)
    cell: str = field(default="", repr=False)
    is_library: bool = False


class ErrorKind(StrEnum):
    """What became of an exception."""

    ROUTING = "routing"
    #: An error handler of the app answered.
    HANDLED = "handled"
    #: It became a 500, or left the app.
    UNHANDLED = "unhandled"
    #: It broke a content off.
    STREAM = "stream"
    TEARDOWN = "teardown"


@dataclass(frozen=True, kw_only=True)
class ErrorRecord:
    """An exception.

    :param type: Its class, with the module where that is not ``builtins``.
    :param text: The traceback as Python writes it.
    :param handled_by: The qualified name of the error handler; ``""`` for none.
    :param status_code: What one of HTTP's stands for, such as ``abort(404)``'s.
    """

    kind: ErrorKind
    type: str
    message: str = field(repr=False)
    text: str = field(default="", repr=False)
    frames: tuple[Frame, ...] = ()
    handled_by: str = ""
    status_code: int | None = None

    @property
    def name(self) -> str:
        """The class, without its module."""
        return self.type.rpartition(".")[2]

    @property
    def is_answer(self) -> bool:
        """Whether the app answered by it, as with ``abort(404)``: then nothing went wrong."""
        is_http = self.status_code is not None and self.status_code < 500
        return self.kind is ErrorKind.ROUTING or (self.kind is ErrorKind.HANDLED and is_http)


class Source(StrEnum):
    """Where a request came from."""

    CELL = "cell"
    REPLAY = "replay"
    #: A browser that went to a page.
    NAVIGATION = "navigation"
    FETCH = "fetch"
    HTMX = "htmx"
    #: A browser that asked for what a page needs: a style, a script, a picture.
    SUBRESOURCE = "subresource"
    #: A program.
    EXTERNAL = "external"


@dataclass(frozen=True, kw_only=True)
class Initiator:
    """What made the client ask.

    :param cell: The first line of the cell that asked.
    :param cell_number: That cell's execution count; ``None`` where there is none.
    """

    source: Source = Source.EXTERNAL
    cell: str = field(default="", repr=False)
    cell_number: int | None = None
    referer: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its response.

    :param id: Counts up from 1 within one recorder.
    :param uuid: The same for nobody else.
    :param app_name: The app's name in the notebook.
    :param started_at: Seconds since 1970 (UTC).
    :param duration_ms: From its beginning to its last event; ``None`` while it is under way.
    :param response: ``None`` until the app has begun to respond.
    :param first_byte_us: When the response began.
    :param replay_of: The id of what was sent again.
    :param overhead_us: What recording it cost, and is part of the duration.
    :param omitted: What the bounds left out, as ``{"logs": 12}``.
    :param is_private: Whether only metadata were recorded, as the app asked.
    :param redactions: How many of its values are covered; 0 for a raw one.
    """

    id: int
    request: Request
    uuid: str = ""
    app_name: str = "app"
    state: State = State.HANDLING
    started_at: float = 0
    duration_ms: float | None = None
    first_byte_us: float | None = None
    response: Response | None = None
    client: Client = Client()
    route: Route | None = None
    no_route: NoRoute | None = None
    spans: tuple[Span, ...] = ()
    session: SessionChange | None = None
    templates: tuple[TemplateRender, ...] = ()
    flashes: Fields = NO_FIELDS
    logs: tuple[LogRecord, ...] = ()
    output: tuple[Output, ...] = ()
    errors: tuple[ErrorRecord, ...] = ()
    initiator: Initiator = Initiator()
    replay_of: int | None = None
    is_pinned: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()
    overhead_us: float = 0
    omitted: Mapping[str, int] = field(default_factory=dict)
    is_private: bool = False
    redactions: int = 0

    def __repr__(self) -> str:
        """Name method, rule and status; a path and a query may hold a secret, and are left out."""
        status = self.response.status_code if self.response else self.state
        rule = f" {ascii(self.route.rule)[1:-1]}" if self.route else ""
        method = ascii(self.request.method)[1:-1]
        return f"<Exchange {self.id}: {method}{rule} {status}>"
