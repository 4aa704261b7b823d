"""Which process a number means: numbers are used again, so the start time counts as well."""

from __future__ import annotations

import os
from pathlib import Path

#: Where state and start time stand in ``/proc/PID/stat``, counted after the name (proc(5)).
_STATE_FIELD = 0
_START_FIELD = 19
#: A zombie answers signals, but its sockets and files are gone.
_DEAD_STATES = frozenset("ZXx")


def read_start_ticks(pid: int) -> int:
    """Give the clock ticks from the system's start to the process's; 0 where nothing says so."""
    fields = _read_stat(pid)
    return int(fields[_START_FIELD]) if fields else 0


def is_alive(pid: int, started_ticks: int) -> bool:
    """Say whether the process that began at ``started_ticks`` still runs.

    :param started_ticks: What :func:`read_start_ticks` gave; 0 means that it is not known.
    """
    if pid <= 0:
        return False
    fields = _read_stat(pid)
    if fields:
        started = int(fields[_START_FIELD])
        return fields[_STATE_FIELD] not in _DEAD_STATES and started_ticks in (0, started)
    return _answers_signals(pid)


def _read_stat(pid: int) -> list[str]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    # The name may hold spaces and parentheses: what counts follows the last one.
    return stat.rpartition(")")[2].split()


def _answers_signals(pid: int) -> bool:
    if os.name != "posix":
        # On Windows os.kill(pid, 0) would interrupt the process. A refused connection tells, too.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
