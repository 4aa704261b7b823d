"""A real JupyterHub in processes of its own: its proxy, its login page, a server for each user.

As with :mod:`tests.jupyter` nothing of the machine's Jupyter is seen or touched, and all of it
listens on this machine alone.

What a real deployment has instead: an authenticator that asks somebody (PAM, OAuth), not one
password for all; a spawner that starts each server as a system user, container or pod of its own.
Here all users are one to the system, and only the Hub keeps them apart. So what is refused here
is refused by the Hub, its proxy and the single-user server, without the system's help.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tests.jupyter import LAB_OPTIONS, SETTINGS, STOP_TIMEOUT_S
from tools.hub_proxy import HUB_PROXY, build_environment

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "test-password"

#: Seconds. The Hub and its proxy need 4, and three times that on a machine that is busy.
START_TIMEOUT_S = 60
#: Another program may take a port between our asking for it and the Hub's.
MAX_ATTEMPTS = 3


#: Of the users' servers: JupyterLab without what is installed beside it, which starts sooner.
SERVER_OPTIONS = (
    "--allow-root",
    *(option for option in LAB_OPTIONS if "JupyterNotebookApp" not in option),
    *(
        f"--ServerApp.jpserver_extensions={name}=False"
        for name in ("notebook", "jupyter_lsp", "voila.server_extension")
    ),
)


@dataclass(frozen=True, kw_only=True)
class HubUser:
    """Somebody with a server of their own behind a Hub, as :class:`OpenNotebook` wants it.

    :param url: Of the user's server; ends in a slash.
    :param root: The folder of their notebooks, which is their home.
    """

    name: str
    url: str
    root: Path
    #: A page of theirs has logged in by the Hub's form, and needs none.
    token: str = ""


class Hub:
    """A JupyterHub whose users may log in with :data:`PASSWORD`, running until :meth:`stop`."""

    #: ``http://127.0.0.1:<port>`` + the base URL; ends in a slash.
    url: str
    process: subprocess.Popen[bytes]

    def __init__(self, tmp_path: Path, *names: str, base_url: str = "/") -> None:
        """Start it, and return when its login page answers.

        :param tmp_path: An empty directory of the test's own.
        :param names: Users who may log in.
        :param base_url: Where the Hub is mounted, as ``/`` or ``/jh/``.
        """
        self.base_url = base_url
        self.tmp_path = tmp_path
        self.log_path = tmp_path / "hub.log"
        self._names = names
        for name in names:
            self._make_home(name)
        for _ in range(MAX_ATTEMPTS):
            self._start()
            try:
                self._wait_until_ready()
            except BaseException:
                self.stop()
                if "EADDRINUSE" not in self.log and "Address already in use" not in self.log:
                    raise
            else:
                return
        raise RuntimeError(f"The Hub found no free ports:\n{self.log}")

    def user(self, name: str) -> HubUser:
        """Give a user's server, which starts when they log in."""
        return HubUser(name=name, url=f"{self.url}user/{name}/", root=self._home(name))

    def create_token(self, name: str) -> str:
        """Give a token with which a program may do what a user may."""
        login = {"auth": {"username": name, "password": PASSWORD}}
        request = urllib.request.Request(  # noqa: S310  (always http, to ourselves)
            f"{self.url}hub/api/users/{name}/tokens", json.dumps(login).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return str(json.loads(response.read())["token"])

    def _home(self, name: str) -> Path:
        return self.tmp_path / "home" / name

    def _make_home(self, name: str) -> None:
        overrides = self._home(name) / ".jupyter" / "labconfig" / "default_setting_overrides.json"
        overrides.parent.mkdir(parents=True)
        overrides.write_text(json.dumps(SETTINGS))

    def _start(self) -> None:
        port, hub_port, api_port = choose_ports(3)
        self.url = f"http://127.0.0.1:{port}{self.base_url}"
        options = {
            "JupyterHub.bind_url": self.url,
            "JupyterHub.hub_bind_url": f"http://127.0.0.1:{hub_port}",
            "JupyterHub.db_url": f"sqlite:///{self.tmp_path}/hub.sqlite",
            "JupyterHub.cookie_secret_file": f"{self.tmp_path}/cookie_secret",
            "JupyterHub.authenticator_class": "shared-password",
            "SharedPasswordAuthenticator.user_password": PASSWORD,
            "Authenticator.allowed_users": repr(set(self._names)),
            "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{api_port}",
            "JupyterHub.spawner_class": "simple",
            "SimpleLocalProcessSpawner.home_dir_template": f"{self.tmp_path}/home/{{username}}",
            "Spawner.ip": "127.0.0.1",
            # A list of the running apps is a lighter page to arrive at than JupyterLab.
            "Spawner.default_url": "/nbflask/",
            # Off by itself since JupyterHub 5. On, a token in a URL is one more way in.
            "Spawner.environment": "JUPYTERHUB_ALLOW_TOKEN_IN_URL=1",
        }
        lists = {
            "ConfigurableHTTPProxy.command": [find_proxy()],
            "Spawner.cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
        }
        command = [sys.executable, "-m", "jupyterhub"]
        command += [f"--{name}={value}" for name, value in options.items()]
        for name, words in lists.items():
            command += [f"--{name}={word}" for word in tie(words)]
        command += [f"--Spawner.args={word}" for word in SERVER_OPTIONS]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                tie(command),
                cwd=self.tmp_path,
                env=self._build_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _build_environment(self) -> dict[str, str]:
        # A test run inside a notebook would hand down the variables of that notebook's server.
        foreign = ("JPY_", "NBFLASK_", "JUPYTER", "CONFIGPROXY_")
        inherited = {k: v for k, v in build_environment().items() if not k.startswith(foreign)}
        return {**inherited, "HOME": str(self.tmp_path)}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}hub/login", timeout=10).close()  # noqa: S310
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"The Hub did not start:\n{self.log}")

    @property
    def log(self) -> str:
        """What the Hub, its proxy and the users' servers wrote so far."""
        return self.log_path.read_text(errors="replace")

    def stop(self) -> None:
        """End the Hub, its proxy, the users' servers and their kernels. It may be called twice."""
        if self.process.poll() is None:
            self.process.terminate()  # SIGTERM: it ends what it has started, too.
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        """Give the running Hub."""
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Stop it, whatever happened."""
        self.stop()


def find_proxy() -> str:
    """Give the path of the Hub's proxy.

    :raises RuntimeError: There is none. ``make test`` installs it.
    """
    found = HUB_PROXY.find()
    if found is None:
        raise RuntimeError(HUB_PROXY.remedy)
    return found


def tie(command: list[str]) -> list[str]:
    """Give a command that ends with the process that starts it, where the system can do that."""
    if shutil.which("setpriv"):  # A killed test run leaves nothing behind.
        return ["setpriv", "--pdeathsig", "TERM", *command]
    return command


def choose_ports(count: int) -> list[int]:
    """Give ports that are free, and different as they are held at the same time."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
