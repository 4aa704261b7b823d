"""Threads that are kept a while, since starting one costs as much as a small request."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable

Job = Callable[[], None]


class Workers:
    """Daemon threads, as many as there is work for at once; an idle one ends after a while.

    :param idle_s: Seconds without work after which a thread ends.
    """

    def __init__(self, *, name: str, idle_s: float) -> None:
        self._name = name
        self._idle_s = idle_s
        self._lock = threading.Lock()
        # Jobs are put under the lock, and only as many as there are idle threads to take them.
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = 0
        self._threads: set[threading.Thread] = set()
        self._numbers = itertools.count(1)
        self._is_stopped = False

    def submit(self, job: Job) -> bool:
        """Have a thread do the job at once; ``False`` if stopped or out of threads."""
        with self._lock:
            if self._is_stopped:
                return False
            if self._idle:
                self._idle -= 1
                self._jobs.put(job)
                return True
        return self._start_thread(job)

    def stop(self, timeout_s: float) -> int:
        """Let idle threads end and wait for the others; give the number that still works."""
        with self._lock:
            self._is_stopped = True
            for _ in range(self._idle):
                self._jobs.put(None)
            self._idle = 0
            threads = self._threads - {threading.current_thread()}
        give_up_at = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, give_up_at - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)

    def _start_thread(self, job: Job) -> bool:
        thread = threading.Thread(
            target=self._work, args=(job,), name=f"{self._name}-{next(self._numbers)}", daemon=True
        )
        with self._lock:
            self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                self._threads.discard(thread)
            return False
        return True

    def _work(self, first: Job) -> None:
        job: Job | None = first
        try:
            while job is not None:
                job()
                job = self._wait_for_job()
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _wait_for_job(self) -> Job | None:
        with self._lock:
            if self._is_stopped:
                return None
            self._idle += 1
        try:
            return self._jobs.get(timeout=self._idle_s)
        except queue.Empty:
            pass
        with self._lock:
            # A job may have been put since the wait ended; it was counted for this thread.
            try:
                return self._jobs.get_nowait()
            except queue.Empty:
                self._idle -= 1
                return None
