"""One request, sent many times and several at once, to see what the app does under load."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from nbflask.errors import OptionError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbflask.inspector.replaying.sending import Answer

#: More would measure the threads that send, and not the app.
MAX_CONCURRENCY = 64
MAX_TIMES = 100_000


@dataclass(frozen=True, kw_only=True)
class Load:
    """What a request came to that was sent many times.

    :param of: The exchange that was sent.
    :param times: How often it was to be sent.
    :param answers: In the order in which they came; those without exchange did not reach the app.
    :param durations_ms: Of each answer, on the sender's clock.
    """

    of: int
    times: int
    concurrency: int = 1
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    durations_ms: tuple[float, ...] = field(default=(), repr=False)

    @property
    def ids(self) -> tuple[int, ...]:
        """The new exchanges; the recorder may have dropped the oldest."""
        return tuple(it.exchange_id for it in self.answers if it.exchange_id is not None)

    @property
    def statuses(self) -> Mapping[int | None, int]:
        """How many there are of each status code; ``None`` for no response."""
        return Counter(each.status_code for each in self.answers)

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return len(self.answers) < self.times

    def __repr__(self) -> str:
        """Count the responses by their status."""
        count = len(self.answers)
        end = f" Stopped after {count:,}." if self.is_stopped else ""
        at_once = f", {self.concurrency} at once" if self.concurrency > 1 else ""
        lines = [f"Exchange {self.of} was sent again {self.times:,} times{at_once}.{end}"]
        found = sorted(self.statuses.items(), key=lambda pair: pair[0] or 0)
        lines += [f"{number:>7,}  {_name_status(code)}" for code, number in found]
        return "\n".join(lines)


def check_load(times: int, concurrency: int) -> None:
    """Refuse what is no load.

    :raises OptionError: A number is too small or too large.
    """
    if not 1 <= times <= MAX_TIMES:
        raise OptionError(f"{times} is not how often. Write a number from 1 to {MAX_TIMES:,}.")
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise OptionError(
            f"{concurrency} is not how many at once. Write a number from 1 to {MAX_CONCURRENCY}."
        )


def run_load(
    send: Callable[[], Answer],
    *,
    of: int,
    times: int,
    concurrency: int,
    stopped: threading.Event,
    clock: Callable[[], float] = time.perf_counter,
) -> Load:
    """Send from several threads until it is enough, or stopped; an interrupt stops it, too.

    :raises ServerError: The app's server does not answer; the first that was told.
    """
    check_load(times, concurrency)
    numbers = itertools.count()
    answers: list[tuple[Answer, float]] = []
    faults: list[ServerError] = []

    def work() -> None:
        # next() of a count is one step for the interpreter, so no number is given twice.
        while next(numbers) < times and not stopped.is_set():
            began = clock()
            try:
                answer = send()
            except ServerError as fault:
                faults.append(fault)
                stopped.set()
                return
            answers.append((answer, (clock() - began) * 1000))

    threads = [
        threading.Thread(target=work, name="nbflask-load", daemon=True)
        for _ in range(min(times, concurrency))
    ]
    try:
        _run(threads)
    except KeyboardInterrupt:
        stopped.set()
    if faults:
        raise faults[0]
    found = list(answers)
    return Load(
        of=of,
        times=times,
        concurrency=concurrency,
        answers=tuple(answer for answer, _ in found),
        durations_ms=tuple(duration_ms for _, duration_ms in found),
    )


def _run(threads: list[threading.Thread]) -> None:
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _name_status(code: int | None) -> str:
    if code is None:
        return "no response"
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)
