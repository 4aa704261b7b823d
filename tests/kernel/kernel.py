"""A real kernel, driven as JupyterLab drives it: cells with ids, and deleted cells named."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

# A kernel starts in about 1 s here; twenty times that covers a loaded machine.
START_TIMEOUT_S = 60.0
CELL_TIMEOUT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Execution:
    """What a cell answered.

    ``outputs`` are the contents of the messages that a front end shows below the cell, each with
    its message type under ``"output_type"``; ``late`` are those of other parents that arrived
    meanwhile.
    """

    outputs: tuple[dict[str, Any], ...]
    error: tuple[str, str] | None
    late: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def stdout(self) -> str:
        """What was printed."""
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        """What was written to the error stream."""
        return self._stream("stderr")

    @property
    def texts(self) -> tuple[str, ...]:
        """The plain text of each displayed object and of the result."""
        return tuple(each["data"].get("text/plain", "") for each in self._displays())

    @property
    def htmls(self) -> tuple[str, ...]:
        """The HTML of each displayed object and of the result, where it has one."""
        found = (each["data"].get("text/html") for each in self._displays())
        return tuple(each for each in found if each)

    def _displays(self) -> list[dict[str, Any]]:
        kinds = ("display_data", "execute_result")
        return [each for each in self.outputs if each["output_type"] in kinds]

    def _stream(self, name: str) -> str:
        return "".join(
            each["text"]
            for each in self.outputs
            if each["output_type"] == "stream" and each["name"] == name
        )


class Kernel:
    """One kernel of the environment that runs the tests.

    :param environment: Variables to set for the kernel, over those of this process.
    :param cwd: Its working directory.
    :param connection_file: That of a kernel that runs already; it is another's to end.
    """

    def __init__(
        self,
        *,
        environment: dict[str, str] | None = None,
        cwd: str | None = None,
        connection_file: str = "",
    ) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.connection_file = connection_file
        self.environment, self.cwd = environment, cwd
        self.client: BlockingKernelClient | None = None

    def start(self) -> None:
        """Start the kernel and wait until it answers."""
        if self.connection_file:
            self._connect()
            return
        env = {**os.environ, **(self.environment or {})}
        self.manager.start_kernel(env=env, **({"cwd": self.cwd} if self.cwd else {}))
        self._connect()

    def restart(self) -> None:
        """Restart it, as the front end's button does."""
        self._disconnect()
        self.manager.restart_kernel(now=False)
        self._connect()

    def stop(self) -> None:
        """End the kernel. May be called twice."""
        self._disconnect()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)

    def interrupt(self) -> None:
        """Interrupt the running cell."""
        self.manager.interrupt_kernel()

    def send(
        self, source: str, *, cell_id: str | None = None, deleted_cells: Sequence[str] = ()
    ) -> str:
        """Ask for a cell to be run, and return the request's id."""
        client = self._require_client()
        metadata: dict[str, Any] = {"deletedCells": list(deleted_cells)}
        if cell_id is not None:
            metadata["cellId"] = cell_id
        message = client.session.msg(
            "execute_request",
            {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
            metadata=metadata,
        )
        client.shell_channel.send(message)
        request: str = message["header"]["msg_id"]
        return request

    def execute(
        self,
        source: str,
        *,
        cell_id: str | None = None,
        deleted_cells: Sequence[str] = (),
        timeout_s: float = CELL_TIMEOUT_S,
    ) -> Execution:
        """Run a cell and wait until the kernel is idle again.

        :raises TimeoutError: The cell has not ended in time.
        """
        return self.collect(
            self.send(source, cell_id=cell_id, deleted_cells=deleted_cells), timeout_s=timeout_s
        )

    def collect(self, request: str, *, timeout_s: float = CELL_TIMEOUT_S) -> Execution:
        """Gather what the request's cell shows until the kernel is idle."""
        own: list[dict[str, Any]] = []
        late: list[dict[str, Any]] = []
        deadline_at = time.monotonic() + timeout_s
        while True:
            message = self._next_message(deadline_at)
            content, kind = message["content"], message["msg_type"]
            is_own = message["parent_header"].get("msg_id") == request
            if is_own and kind == "status" and content["execution_state"] == "idle":
                break
            if kind in ("stream", "display_data", "update_display_data", "execute_result", "error"):
                (own if is_own else late).append({"output_type": kind, **content})
        faults = [each for each in own if each["output_type"] == "error"]
        error = (faults[-1]["ename"], faults[-1]["evalue"]) if faults else None
        return Execution(outputs=tuple(own), error=error, late=tuple(late))

    def wait_for_output(
        self, request: str, text: str, *, timeout_s: float = CELL_TIMEOUT_S
    ) -> None:
        """Wait until the request's cell, which still runs, has printed the text.

        :raises TimeoutError: It has not in time.
        """
        deadline_at = time.monotonic() + timeout_s
        while True:
            message = self._next_message(deadline_at)
            is_own = message["parent_header"].get("msg_id") == request
            if is_own and text in message["content"].get("text", ""):
                return

    def drain(self, timeout_s: float = 0.5) -> tuple[dict[str, Any], ...]:
        """Take the messages that arrive until none has come for ``timeout_s``."""
        client = self._require_client()
        found: list[dict[str, Any]] = []
        while True:
            try:
                message = client.get_iopub_msg(timeout=timeout_s)
            except Empty:
                return tuple(found)
            found.append(
                {
                    "output_type": message["msg_type"],
                    "parent": message["parent_header"].get("msg_id", ""),
                    **message["content"],
                }
            )

    def complete(self, source: str) -> list[str]:
        """Give what Tab offers at the end of the text."""
        client = self._require_client()
        reply = client.complete(source, reply=True, timeout=CELL_TIMEOUT_S)
        matches: list[str] = reply["content"]["matches"]
        return matches

    def __enter__(self) -> Kernel:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _connect(self) -> None:
        self.client = self._make_client()
        self.client.start_channels()
        try:
            if self.connection_file:
                self._wait_for_answer(self.client)
            else:
                self.client.wait_for_ready(timeout=START_TIMEOUT_S)
        except BaseException:
            self.stop()
            raise

    def _make_client(self) -> BlockingKernelClient:
        if not self.connection_file:
            return self.manager.client()
        client = BlockingKernelClient(connection_file=self.connection_file)
        client.load_connection_file()
        return client

    @staticmethod
    def _wait_for_answer(client: BlockingKernelClient) -> None:
        # wait_for_ready takes a kernel that is still starting for a dead one if it isn't its own.
        client.kernel_info(reply=True, timeout=START_TIMEOUT_S)
        deadline_at = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline_at:
            client.kernel_info()
            with contextlib.suppress(Empty):
                client.get_iopub_msg(timeout=0.2)
                return
        raise TimeoutError("The kernel's output channel does not answer.")

    def _disconnect(self) -> None:
        if self.client is not None:
            self.client.stop_channels()
            self.client = None

    def _require_client(self) -> BlockingKernelClient:
        if self.client is None:
            raise RuntimeError("The kernel is not started. Call start() first.")
        return self.client

    def _next_message(self, deadline_at: float) -> dict[str, Any]:
        try:
            message: dict[str, Any] = self._require_client().get_iopub_msg(
                timeout=max(deadline_at - time.monotonic(), 0.01)
            )
        except Empty:
            raise TimeoutError("The cell has not ended in time.") from None
        return message
