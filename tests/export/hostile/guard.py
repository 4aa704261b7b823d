"""What a call does to the machine, seen by an audit hook.

Rule 1: nothing is written but below the folder that is given for it.

Rule 2: nothing is read but below that folder and where code is installed.

Rule 3: no code is run but that of installed files; nothing is fetched, no process is started.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
_INSTALLED = tuple(
    {
        *(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")),
        *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
        str(ROOT / "nbflask"),
        # Tables of encodings, types of files, time zones.
        *("/proc/", "/dev/null", "/dev/urandom", "/etc/", "/usr/share/", "/usr/lib/"),
    }
)
# Modules of the standard library that make classes by running a text of their own.
_MAKING_CLASSES = ("dataclasses.py", "__init__.py", "enum.py", "typing.py")
_FORBIDDEN = (
    *("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork"),
    *("pty.", "urllib.", "http.client.", "ftplib.", "smtplib.", "webbrowser.", "os.putenv"),
    *("os.chdir", "os.kill", "signal.", "ctypes.dlopen", "pickle."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Notes what breaks the rules while a call is watched.

    An audit hook stays as long as the process, so there is one guard in a process.
    """

    def __init__(self) -> None:
        """Begin to listen, and note nothing yet."""
        self._folder = ""
        self._found: list[str] | None = None
        self._writers: dict[str, Callable[..., Iterator[str]]] = {
            "os.rename": _two_paths,
            "os.link": _two_paths,
            **dict.fromkeys(
                ("os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.utime"),
                _one_path,
            ),
            "os.symlink": lambda _, path, fd=-1: iter((_resolve(path, fd),)),
            "os.truncate": lambda path, *_: iter((_resolve(path),)),
        }
        sys.addaudithook(self._hear)

    @contextmanager
    def watch(self, folder: Path) -> Iterator[list[str]]:
        """Watch the calls within; the list fills with what breaks a rule.

        :param folder: What they may read and write.
        """
        found: list[str] = []
        self._folder, self._found = str(folder), found
        try:
            yield found
        finally:
            self._found = None

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        found = self._found
        if found is None:
            return
        # What is asked here is heard, too.
        self._found = None
        try:
            found.extend(self._judge(event, arguments))
        finally:
            self._found = found

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
        if event == "open":
            yield from self._judge_open(*arguments)
        elif event == "exec":
            yield from _judge_exec(arguments[0])
        elif event in self._writers:
            for path in self._writers[event](*arguments):
                if not self._is_inside(path):
                    yield f"{event} {path}"
        elif event.startswith(_FORBIDDEN):
            yield f"{event} {arguments!r:.200}"

    def _judge_open(self, path: Any, mode: str | None, flags: int) -> Iterator[str]:
        # What is opened below an open folder, to remove it, has no whole path here.
        if isinstance(path, int) or sys._getframe(3).f_code.co_filename.endswith("shutil.py"):
            return
        where = _resolve(path)
        writes = bool(set(mode or "") & set("wxa+")) or bool((flags or 0) & _WRITING)
        if writes and not self._is_inside(where):
            yield f"writes {where}"
        elif not (writes or self._is_inside(where) or _is_harmless(where)):
            yield f"reads {where}"

    def _is_inside(self, path: str) -> bool:
        return path == self._folder or path.startswith(f"{self._folder}{os.sep}")


def _is_harmless(path: str) -> bool:
    """Say whether a file is installed, or one that Python takes a text of code to be from."""
    name = os.path.basename(path)
    return path.startswith(_INSTALLED) or (name[:1], name[-1:]) == ("<", ">")


def _judge_exec(code: Any) -> Iterator[str]:
    name = code.co_filename
    # Werkzeug compiles what builds a rule's URLs, with the rule's parts as constants.
    if name.startswith(("<frozen ", "<werkzeug routing>", *_INSTALLED)):
        return
    caller = sys._getframe(1)
    while caller.f_code.co_filename == __file__:
        caller = caller.f_back  # type: ignore[assignment]
    asking = caller.f_code.co_filename
    if asking.startswith(_INSTALLED) and asking.endswith(_MAKING_CLASSES) and name == "<string>":
        return
    # It raises a fault of a template anew, as if from the template's line.
    if asking.endswith("/jinja2/debug.py"):
        return
    yield f"runs {name} for {asking}"


def _one_path(path: Any, *rest: Any) -> Iterator[str]:
    yield _resolve(path, rest[-1] if rest else -1)


def _two_paths(source: Any, target: Any, source_fd: int = -1, target_fd: int = -1) -> Iterator[str]:
    yield _resolve(source, source_fd)
    yield _resolve(target, target_fd)


def _resolve(path: Any, folder_fd: Any = -1) -> str:
    """Give where a path leads; symbolic links in its folders are followed, itself is not."""
    if isinstance(path, int):
        return os.readlink(f"/proc/self/fd/{path}")
    text = os.fsdecode(path)
    if isinstance(folder_fd, int) and folder_fd >= 0:
        text = os.path.join(os.readlink(f"/proc/self/fd/{folder_fd}"), text)
    above, name = os.path.split(os.path.abspath(text))
    return os.path.join(os.path.realpath(above), name)
