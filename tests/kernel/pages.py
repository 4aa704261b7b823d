"""A front end's half of a widget, over the kernel's own sockets."""

from __future__ import annotations

import time
from queue import Empty
from typing import TYPE_CHECKING, Any

from tests.kernel.kernel import CELL_TIMEOUT_S, Kernel

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Page:
    """What a front end sees of a kernel: every message, and those of a widget apart.

    A test that uses it reads the kernel's output by it alone.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.seen: list[Json] = []
        #: The newest widget's comm and state.
        self.comm_id = ""
        self.state: Json = {}

    @property
    def messages(self) -> list[Json]:
        """The custom messages of the newest widget, in their order."""
        return [
            each["content"]["data"]["content"]
            for each in self.seen
            if each["msg_type"] == "comm_msg"
            and each["content"]["comm_id"] == self.comm_id
            and each["content"]["data"].get("method") == "custom"
        ]

    def of_kind(self, kind: str) -> list[Json]:
        """Give the custom messages of a kind."""
        return [each for each in self.messages if each["kind"] == kind]

    def rows(self) -> dict[int, Json]:
        """Put the batches together, as a page does."""
        rows: dict[int, Json] = {}
        for batch in self.of_kind("batch"):
            if batch["reset"]:
                rows.clear()
            rows |= {each["id"]: each for each in batch["rows"]}
            for gone in batch["evicted"]:
                rows.pop(gone, None)
        return rows

    def run(self, source: str, *, cell_id: str | None = None) -> str:
        """Run a cell to its end, and give its request's id."""
        request = self.kernel.send(source, cell_id=cell_id)
        self.wait(lambda: self.is_done(request))
        return request

    def is_done(self, request: str) -> bool:
        """Say whether a request's cell has ended."""
        return any(
            each["msg_type"] == "status"
            and each["content"]["execution_state"] == "idle"
            and each["parent_header"].get("msg_id") == request
            for each in self.seen
        )

    def say(self, message: Json) -> str:
        """Send the widget a custom message, and give the request's id."""
        client = self.kernel.client
        assert client is not None
        data = {"method": "custom", "content": message}
        sent = client.session.msg("comm_msg", {"comm_id": self.comm_id, "data": data})
        client.shell_channel.send(sent)
        request: str = sent["header"]["msg_id"]
        return request

    def ask(self, message: Json, kind: str) -> Json:
        """Send a message, and give the answer of a kind."""
        count = len(self.of_kind(kind))
        self.say(message)
        self.wait(lambda: len(self.of_kind(kind)) > count)
        return self.of_kind(kind)[-1]

    def wait(self, is_there: Callable[[], bool], *, timeout_s: float = CELL_TIMEOUT_S) -> None:
        """Read what the kernel sends until something is there.

        :raises TimeoutError: It has not come in time.
        """
        deadline_at = time.monotonic() + timeout_s
        while not is_there():
            if time.monotonic() > deadline_at:
                raise TimeoutError("The kernel has not said it in time.")
            self._read(timeout_s=0.2)

    def settle(self, timeout_s: float = 1.0) -> None:
        """Read until nothing has come for a while."""
        while self._read(timeout_s=timeout_s):
            pass

    def _read(self, *, timeout_s: float) -> bool:
        client = self.kernel.client
        assert client is not None
        try:
            message = client.get_iopub_msg(timeout=timeout_s)
        except Empty:
            return False
        self.seen.append(message)
        if message["msg_type"] == "comm_open":
            state = message["content"]["data"].get("state", {})
            if "is_recording" in state:
                self.comm_id, self.state = message["content"]["comm_id"], state
        return True
