"""What passes between server and app, noted on its way and never held back.

Rule 1: each method of the stream that the app reads is written out here. Werkzeug takes
``readinto`` wherever it finds one, so one that were passed on would go unseen.

Rule 2: a server may call ``next()`` and ``close()`` in any context; the app's code below finds the
exchange that it belongs to.
"""

from __future__ import annotations

import io
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, TypeGuard

from nbflask.exchanges.exchange import State

from .current import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .kept import Kept
    from .trace import Trace


_COMPLETE = State.COMPLETE


class InputTee:
    """``wsgi.input``, as the app reads it."""

    def __init__(self, stream: Any, kept: Kept) -> None:
        self._stream = stream
        self._readinto = getattr(stream, "readinto", None)
        self._kept = kept
        self._is_over = False

    def end(self, most: int) -> None:
        """Note no more; but first what the app has left unread, where it is in memory already.

        A test client's content is. Nothing is read for it: the app may go on to do so.

        :param most: Bytes; of more than these nothing is noted.
        """
        self._is_over, stream = True, self._stream
        if type(stream) is not io.BytesIO or stream.closed:
            return
        size, promised = self._kept.size, self._kept.promised
        # To look into a stream of 1 MB takes 1 ms: it may have to copy it.
        if promised is not None and not 0 < promised - size <= most:
            return
        # Otherwise somebody has been here before, or the app went back.
        if stream.tell() != size:
            return
        with stream.getbuffer() as data:
            if 0 < len(data) - size <= most:
                self._kept.take(bytes(data[size:]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, *size: Any) -> Any:
        return self._note(self._stream.read(*size))

    def readline(self, *size: Any) -> Any:
        return self._note(self._stream.readline(*size))

    def readlines(self, *hint: Any) -> list[bytes]:
        lines: list[bytes] = self._stream.readlines(*hint)
        for line in lines:
            self._note(line)
        return lines

    def readinto(self, buffer: Any) -> int | None:
        if self._readinto is None:
            view = memoryview(buffer).cast("B")
            block = self._stream.read(len(view))
            view[: len(block)] = block
            size: int | None = len(block)
        else:
            size = self._readinto(buffer)
        if not size or self._is_over:
            return size
        if self._kept.is_full:
            self._kept.size += size
        else:
            self._kept.take_view(memoryview(buffer).cast("B")[:size])
        return size

    def read1(self, *size: Any) -> Any:
        return self._note(self._stream.read1(*size))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> Any:
        return self._note(next(self._stream))

    def _note(self, block: Any) -> Any:
        if type(block) is bytes and block and not self._is_over:
            self._kept.take(block)
        return block


class OutputTee:
    """What the app gives, block by block."""

    def __init__(self, trace: Trace, blocks: Iterable[bytes]) -> None:
        self._trace = trace
        self._blocks = blocks
        self._next: Callable[[], bytes] | None = None
        self._is_over = False

    def __iter__(self) -> Iterator[bytes]:
        """Pass the blocks on; a generator takes a third of the time of a method."""
        trace, set_current, reset_current = self._trace, current.set, current.reset
        while True:
            token = set_current(trace)
            try:
                if self._next is None:
                    self._next = iter(self._blocks).__next__
                block = self._next()
            except StopIteration:
                self._end(None)
                return
            except BaseException as error:
                self._end(error)
                raise
            finally:
                reset_current(token)
            note_block(trace, block)
            yield block

    def __next__(self) -> bytes:
        return next(iter(self))

    def close(self) -> None:
        """Close what the app gave; without it, an end that was not reached is the client's."""
        trace = self._trace
        token = current.set(trace)
        error: BaseException | None = None
        try:
            close = getattr(self._blocks, "close", None)
            if close is not None:
                close()
        except BaseException as raised:
            error = raised
            raise
        finally:
            current.reset(token)
            if error is None and self._is_over and trace.is_over:
                trace.at_ns, trace.version = perf_counter_ns(), object()
            else:
                trace.tape.note_closed(trace, error, was_read=self._is_over)

    def _end(self, error: BaseException | None) -> None:
        if self._is_over:
            return
        self._is_over, trace = True, self._trace
        if error is None and trace.state is _COMPLETE:
            # All that was promised was read; now the end is seen, too.
            trace.at_ns, trace.version = perf_counter_ns(), object()
        else:
            trace.tape.note_end(trace, error)


class SizedOutputTee(OutputTee):
    """What the app gives in a container: a server may look at how many blocks there are."""

    def __len__(self) -> int:
        return len(self._blocks)  # type: ignore[arg-type]


def is_all_bytes(blocks: Any) -> TypeGuard[list[bytes]]:
    """Whether a response is there whole, and to look at it changes nothing."""
    return type(blocks) in (list, tuple) and all(type(block) is bytes for block in blocks)


def tee_output(trace: Trace, blocks: Iterable[bytes]) -> OutputTee:
    """Give the same blocks, noted as they pass."""
    return (SizedOutputTee if hasattr(blocks, "__len__") else OutputTee)(trace, blocks)


def note_block(trace: Trace, block: Any) -> None:
    """Note a block of the response."""
    now = trace.at_ns = perf_counter_ns()
    if trace.unread is not None:
        # It may have been looked at; one that is still on its way is made anew each time.
        trace.version = object()
    if type(block) is not bytes:
        # The server refuses it, or takes it for what it is.
        block = bytes(block) if isinstance(block, bytearray | memoryview) else b""
    sent = trace.sent
    trace.chunk_count = count = trace.chunk_count + 1
    if count == 1:
        trace.tape.note_first_block(trace, now)
        trace.chunks = chunks = []
    else:
        chunks = trace.chunks
    if count <= trace.tape.bounds.chunks:
        chunks.append((now, len(block)))
    if sent.is_full:
        sent.size += len(block)
    else:
        sent.take(block)
    if sent.size == trace.promised_bytes:
        # Many a client reads what was promised, and asks for no end.
        trace.tape.note_end(trace, None)
    elif now - trace.notified_ns > NOTIFY_NS:
        trace.tape.tell_updated(trace)


#: A stream that grows is told of four times a second.
NOTIFY_NS = 250_000_000
