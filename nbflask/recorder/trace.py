"""What is noted of one exchange while it is under way: raw values, nothing written out.

It is made into an :class:`~nbflask.exchanges.exchange.Exchange` when somebody asks
(:mod:`.building`). All times are nanoseconds of :func:`time.perf_counter_ns`.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from nbflask.exchanges.exchange import Stage, State

from .kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from traceback import TracebackException
    from types import CodeType

    from nbflask.exchanges.exchange import Exchange

    from .asking import Asking
    from .faults import Fault
    from .printed import Printed
    from .rendering import Render
    from .sessions import SessionNotes
    from .tape import Tape
    from .tees import InputTee


#: Where a server of ours puts the field lines as they were sent, but for what it took off.
FIELD_LINES = "nbflask.field_lines"
#: Where it asks who wants what the app has left unread.
REST = "nbflask.rest"


# What is noted often is a bare tuple until somebody asks: to make one with named fields takes
# 1.4 us, one without 0.1.

#: A function of the user's, without what it holds: its name, code and module.
Place: TypeAlias = "tuple[str, CodeType | None, str]"
#: The fields of a :class:`Stretch`.
RawStretch: TypeAlias = "tuple[Stage, Place, int, int, int, str]"
#: What the URL was matched to: rule, endpoint, methods, view and its arguments.
Routed: TypeAlias = "tuple[str, str, Iterable[str], Place, tuple[tuple[str, Any], ...]]"
#: The fields of a :class:`Logged`.
RawLogged: TypeAlias = "tuple[int, str, str, str, str, int, TracebackException | None]"


class Stretch(NamedTuple):
    """A span, raw."""

    stage: Stage
    place: Place
    start_ns: int
    end_ns: int
    depth: int
    error: str


class Unrouted(NamedTuple):
    """Why the URL was matched to nothing."""

    status_code: int
    allowed: tuple[str, ...]


class Logged(NamedTuple):
    """A record of logging."""

    at_ns: int
    level: str
    logger: str
    message: str
    file: str
    line: int
    exception: TracebackException | None


# An enumeration's member takes 0.2 us to find, a name of ours none.
_HANDLING, _RESPONDING, _OTHER = State.HANDLING, State.RESPONDING, Stage.OTHER

#: Stands for a list that is made when it is needed; nothing is put into it.
_NONE: Any = ()
#: Held while a list of a trace is made, for its first item.
_making_list = threading.Lock()


class Trace:
    """The raw notes of one exchange; any thread of it may add to them.

    The lists that most exchanges have nothing for are empty tuples until :meth:`append` makes
    them: the garbage collector looks at each list of all that is remembered.
    """

    __slots__ = (
        "asking",
        "at_ns",
        "began_ns",
        "blocks",
        "built",
        "chunk_count",
        "chunks",
        "depth",
        "environ",
        "fault_causes",
        "faults",
        "files",
        "first_byte_ns",
        "flashes",
        "form",
        "headers",
        "id",
        "input",
        "is_pinned",
        "is_private",
        "leaving",
        "lines",
        "logs",
        "no_route",
        "note",
        "notified_ns",
        "omitted",
        "opened_ns",
        "output",
        "overhead_ns",
        "promised_bytes",
        "received",
        "renders",
        "replay_of",
        "request",
        "route",
        "sent",
        "session",
        "spans",
        "stage",
        "started_at",
        "state",
        "status",
        "summary_ns",
        "tags",
        "tape",
        "thread_id",
        "unread",
        "unread_bytes",
        "version",
        "weight",
    )  # fmt: skip

    def __init__(self, tape: Tape, number: int, environ: dict[str, Any]) -> None:
        self.began_ns = self.at_ns = self.notified_ns = time.perf_counter_ns()
        self.started_at = time.time()
        self.tape = tape
        self.id = number
        #: What of WSGI's environ is text, as the app was given it.
        self.environ = {key: value for key, value in environ.items() if type(value) is str}
        self.lines: tuple[tuple[str, str], ...] | None = environ.get(FIELD_LINES) or None
        self.replay_of: int | None = None
        self.asking: Asking | None = None
        self.thread_id = threading.get_ident()
        self.state: State = _HANDLING
        self.status = ""
        self.headers: list[tuple[str, str]] | None = None
        self.received: Kept | None = None
        #: Where the app reads its content from, until the exchange is over.
        self.input: InputTee | None = None
        self.sent = Kept(tape.bounds)
        #: What the app's response gives, while the app is called.
        self.blocks: Any = None
        #: The blocks of a response that is there whole, until they have all been read.
        self.unread: Sequence[bytes] | None = None
        self.unread_bytes = 0
        #: As the response's head tells.
        self.promised_bytes: int | None = None
        #: When each came, and its bytes.
        self.chunks: list[tuple[int, int]] = _NONE
        self.chunk_count = 0
        self.first_byte_ns: int | None = None
        #: The request while the app is called, to see afterwards what it has parsed.
        self.request: Any = None
        self.form: tuple[tuple[str, str], ...] | None = None
        #: Of each file that a form sent: field, name and media type.
        self.files: tuple[tuple[str, str, str], ...] = ()
        self.route: Routed | None = None
        self.no_route: Unrouted | None = None
        self.spans: list[RawStretch] = []
        self.depth = 0
        self.stage: Stage = _OTHER
        #: When its session was open, and routing could begin.
        self.opened_ns = self.began_ns
        self.session: SessionNotes | None = None
        self.renders: Sequence[Render] = ()
        self.summary_ns = 0
        self.flashes: Sequence[tuple[str, str]] = ()
        self.logs: Sequence[RawLogged] = ()
        self.output: Printed | None = None
        self.faults: Sequence[Fault] = ()
        #: The exceptions of :attr:`faults` while the app is called: to know them again.
        self.fault_causes: Sequence[BaseException] = ()
        #: The exception that left a callable of the user's last, until the app has answered.
        self.leaving: BaseException | None = None
        self.omitted: dict[str, int] | None = None
        self.overhead_ns = 0
        self.is_private = False
        self.is_pinned = False
        self.note = ""
        self.tags: tuple[str, ...] = ()
        #: Another object after each change, so that two threads' changes are never taken for one.
        self.version = object()
        #: What was made of it, and of which version.
        self.built: tuple[object, Exchange] | None = None
        #: Bytes, as its history counts them.
        self.weight = 0

    def omit(self, what: str, count: int = 1) -> None:
        """Count what the bounds leave out."""
        with _making_list:
            omitted = self.omitted = self.omitted or {}
            omitted[what] = omitted.get(what, 0) + count

    def append(self, name: str, item: Any) -> None:
        """Append to one of the lists."""
        items = getattr(self, name)
        if type(items) is tuple:
            with _making_list:
                items = getattr(self, name) or []
                setattr(self, name, items)
        items.append(item)

    def add_span(self, span: RawStretch) -> None:
        """Note a span that has ended."""
        if len(self.spans) < self.tape.bounds.spans:
            self.spans.append(span)
        else:
            self.omit("spans")

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen but that an unread content is read."""
        state = self.state
        return state is not _HANDLING and state is not _RESPONDING

    def touch(self) -> None:
        """Say that something came after the end."""
        if self.is_over:
            self.tape.tell_updated(self)

    def note_parsed(self) -> None:
        """Note what the app has parsed of the request, and let go of it."""
        request, self.request = self.request, None
        if request is None or self.is_private:
            return
        parsed = vars(request)
        form, files = parsed.get("form"), parsed.get("files")
        if form or files:
            self.form = tuple(form.items(multi=True)) if form else ()
        if files:
            self.files = tuple(
                (name, file.filename or "", file.content_type or "")
                for name, file in files.items(multi=True)
            )

    def note_head(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Note the head of the response."""
        self.status, self.headers = status, list(headers)
        for name, value in headers:
            if name == "Content-Length" and value.isdigit():
                self.promised_bytes = int(value)
                self.sent.expect(self.promised_bytes)

    def keep_unread(self) -> None:
        """Keep no more of an unread content than of any."""
        blocks = self.unread or ()
        self.unread_bytes = sum(map(len, blocks))
        most = self.tape.bounds.content_bytes
        if self.unread_bytes > most:
            head = bytearray()
            for block in blocks:
                head += block[: most - len(head)]
            self.unread = [bytes(head)]

    def has_all_content(self) -> bool:
        """Whether as much has passed as was told."""
        return bool(self.status) and self.promised_bytes == self.sent.size

    def weigh(self) -> int:
        """Give roughly the bytes of what can be large."""
        weight = len(self.sent.data)
        if self.received is not None:
            weight += len(self.received.data)
        if self.unread:
            weight += sum(map(len, self.unread))
        if self.logs:
            weight += sum(len(each[3]) for each in self.logs)
        return weight if self.output is None else weight + len(self.output)

    def drop_contents(self) -> None:
        """Forget the contents, to make room."""
        if self.unread:
            self.unread = []
        self.sent.drop()
        if self.received is not None:
            self.received.drop()
        self.version = object()
