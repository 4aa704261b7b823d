r"""Two hosts that serve one exported project, nginx in front of them, and Redis if that is wished.

::

                                visitors
                                    |
                          nginx 127.0.0.1:8080
                            /              \
        one: gunicorn 127.0.0.2          two: gunicorn 127.0.0.3
                            \              /
                            Redis 127.0.0.1

The hosts are addresses of this machine's loopback. All that they share is what hosts share: the
code, of which each has a copy, and the environment's variables.
"""

from __future__ import annotations

import errno
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal, Self

from tools.servers import NGINX, REDIS

from .processes import Process, StartError

if TYPE_CHECKING:
    from collections.abc import Mapping

Sessions = Literal["cookie", "redis"]

HERE = Path(__file__).parent
NOTEBOOK = HERE / "basket.ipynb"

FRONT = "127.0.0.1"
ADDRESSES = {"one": "127.0.0.2", "two": "127.0.0.3"}

_PRIVATE = 0o700
# What a shell may have set for another app or another server.
_FOREIGN = ("FLASK_", "GUNICORN_", "REDIS_URL", "PORT")


def export(folder: Path) -> Path:
    """Export the notebook into a folder, and give the folder.

    :raises subprocess.CalledProcessError: It cannot be exported; the command has said why.
    """
    command = [sys.executable, "-m", "nbflask", "export", str(NOTEBOOK), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


class Cluster:
    """The set-up, which runs between :meth:`start` and :meth:`stop`.

    :param project: The exported project.
    :param folder: An empty folder of its own.
    :param sessions: Where they are kept: in signed cookies or in Redis.
    :param port: Of nginx; 0 lets the system choose.
    """

    def __init__(
        self, project: Path, folder: Path, *, sessions: Sessions = "cookie", port: int = 0
    ) -> None:
        """Write down what is to run; nothing runs yet."""
        folder.chmod(_PRIVATE)
        self.folder = folder
        self._environment = build_environment()
        self.redis = self._plan_redis() if sessions == "redis" else None
        host_port = choose_port(*ADDRESSES.values())
        #: By the host's name, as the app tells it.
        self.hosts = {
            name: self._plan_host(name, f"{address}:{host_port}", project)
            for name, address in ADDRESSES.items()
        }
        self.address = f"{FRONT}:{choose_port(FRONT, wish=port)}"
        servers = {name.upper(): f"{each}:{host_port}" for name, each in ADDRESSES.items()}
        self.nginx = self._plan_nginx({"FRONT": self.address, **servers})

    @property
    def processes(self) -> tuple[Process, ...]:
        """All, in the order in which they start."""
        first = (self.redis,) if self.redis else ()
        return (*first, *self.hosts.values(), self.nginx)

    @property
    def url(self) -> str:
        """What visitors ask for."""
        return f"http://{self.address}/"

    def start(self) -> None:
        """Start all, and return when a visitor is answered.

        :raises StartError: One of them does not start; none is left.
        """
        with ExitStack() as stack:
            stack.callback(self.stop)
            for each in self.processes:
                each.start()
            stack.pop_all()

    def stop(self) -> None:
        """Stop all, nginx first: nobody comes in any more. May be called twice."""
        with ExitStack() as stack:
            for each in self.processes:
                stack.callback(each.stop)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        """Stop it, whatever happened."""
        self.stop()

    def _plan_redis(self) -> Process:
        program = REDIS.provide()
        port, password = choose_port(FRONT), secrets.token_urlsafe(24)
        # Settings that come later win. The file is this user's alone, and says the password, which
        # a command's line would show to everybody on the machine.
        own = {"bind": FRONT, "port": port, "dir": self.folder, "requirepass": password}
        lines = [f'include "{HERE / "redis.conf"}"', *(f'{k} "{v}"' for k, v in own.items())]
        path = self.folder / "redis.conf"
        path.write_text("\n".join([*lines, ""]))
        self._environment["REDIS_URL"] = f"redis://:{password}@{FRONT}:{port}/0"
        return Process(
            "redis",
            [program, str(path)],
            folder=self.folder,
            is_ready=partial(is_listening, f"{FRONT}:{port}"),
        )

    def _plan_host(self, name: str, address: str, project: Path) -> Process:
        folder = self.folder / name
        shutil.copytree(project, folder)
        return Process(
            name,
            [sys.executable, "-m", "gunicorn", "--bind", address, "wsgi:app"],
            folder=folder,
            is_ready=partial(is_healthy, address),
            environment={**self._environment, "HOST_NAME": name, "PROXY_HOPS": "1"},
        )

    def _plan_nginx(self, names: Mapping[str, str]) -> Process:
        program = NGINX.provide()
        folder = self.folder / "nginx"
        (folder / "temp").mkdir(parents=True)
        template = Template((HERE / "nginx.conf.template").read_text("utf-8"))
        (folder / "nginx.conf").write_text(template.safe_substitute(names), "utf-8")
        command = [program, "-p", str(folder), "-c", "nginx.conf"]
        if os.geteuid() == 0:
            # Its workers would be somebody else, who may not read this folder.
            command += ["-g", "user root;"]
        return Process(
            "nginx", command, folder=folder, is_ready=partial(is_healthy, names["FRONT"])
        )


def build_environment() -> dict[str, str]:
    """Give what all hosts have in common: above all the key that signs sessions."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    return {"SECRET_KEY": secrets.token_hex(32), **inherited}


def choose_port(*addresses: str, wish: int = 0) -> int:
    """Give a port that is free at all of these addresses.

    :param wish: The port that it is to be; 0 lets the system choose.
    :raises StartError: It is taken, or an address is none of this machine.
    """
    while True:
        with ExitStack() as held:
            port = wish
            try:
                for address in addresses:
                    each = held.enter_context(socket.socket())
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    each.bind((address, port))
                    port = each.getsockname()[1]
            except OSError as fault:
                if fault.errno == errno.EADDRINUSE and not wish:
                    continue
                raise StartError(_explain(address, wish, fault)) from fault
            return port


def _explain(address: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRNOTAVAIL:
        remedy = f"On macOS: sudo ifconfig lo0 alias {address}"
        return f"{address} is no address of this machine. {remedy}"
    return f"Port {port} of {address} cannot be opened: {fault.strerror}. Choose one by --port."


def is_healthy(address: str) -> bool:
    """Whether the app behind an address says that it is well."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_listening(address: str) -> bool:
    """Whether a connection to an address is accepted."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except OSError:
        return False
    return True
