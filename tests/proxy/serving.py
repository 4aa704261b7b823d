"""Plays the kernel: a process that serves the sample app as a notebook's server would.

The real server, gateway and registration run in it; only IPython is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tests.jupyter import JupyterServer

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What the process says about itself when it serves."""

    mount: str
    socket: str | None
    port: int | None
    registration: str
    link: str


class ServingProcess:
    """The sample app in a process of its own, until :meth:`stop` or :meth:`kill`."""

    def __init__(
        self,
        jupyter: JupyterServer,
        *,
        kernel_id: str = "aaaa-1111",
        app_name: str = "app",
        tcp: bool = False,
    ) -> None:
        """Start it, and return when it serves."""
        command = [sys.executable, "-m", "tests.proxy.serving", kernel_id, app_name]
        self.process = subprocess.Popen(
            [*command, *(["--tcp"] if tcp else [])],
            cwd=ROOT,
            env=jupyter.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.kill()
            raise RuntimeError("The process did not come to serve.")
        self.ready = Ready(**json.loads(line))
        self.url = jupyter.url + self.ready.mount

    @property
    def pid(self) -> int:
        """The process's number."""
        return self.process.pid

    def stop(self) -> None:
        """End it as a kernel that is shut down. It may be called twice."""
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(20)
        self._close()

    def kill(self) -> None:
        """End it as the system does when memory runs out."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        """Give the serving process."""
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Stop it, whatever happened."""
        self.stop()


def serve(kernel_id: str, app_name: str, *, tcp: bool) -> None:
    """Serve the sample app until standard input ends."""
    from nbflask.runtime.processes import read_start_ticks
    from nbflask.server.addresses import TcpAddress, UnixAddress, choose_local_address
    from nbflask.server.gateway import Gateway
    from nbflask.server.life import AppServer
    from nbflask.server.registry import register, unregister
    from nbflask.values.registration import Registration
    from tests.proxy.sample import create_app

    secret = secrets.token_urlsafe(32)
    mount = f"nbflask/{kernel_id}/{app_name}/"
    gateway = Gateway(create_app(app_name), secret=secret, mount=mount, allow_link=tcp)
    wanted = TcpAddress() if tcp else choose_local_address()
    with AppServer(gateway, address=wanted) as server:
        address: Any = server.address
        registration = Registration(
            kernel_id=kernel_id,
            app_name=app_name,
            notebook="folder/note.ipynb",
            pid=os.getpid(),
            started_ticks=read_start_ticks(os.getpid()),
            host=gethostname(),
            socket=address.path if isinstance(address, UnixAddress) else None,
            port=address.port if isinstance(address, TcpAddress) else None,
            secret=secret,
        )
        path = register(registration)
        ready = {
            "mount": mount,
            "socket": registration.socket,
            "port": registration.port,
            "registration": str(path),
            "link": gateway.ticket.query,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        unregister(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("kernel_id")
    parser.add_argument("app_name")
    parser.add_argument("--tcp", action="store_true")
    options = parser.parse_args()
    serve(options.kernel_id, options.app_name, tcp=options.tcp)
