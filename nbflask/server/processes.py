"""Which process a number means: numbers are used again, so the start time counts as well."""

from __future__ import annotations

import os
from pathlib import Path

#: Where in ``/proc/PID/stat`` the start time stands, counted after the name in parentheses (proc(5), field 22).
_START_FIELD = 19


def read_start_ticks(pid: int) -> int:
    """Give the clock ticks from the system's start to the process's; 0 where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    # The name may hold spaces and parentheses: what counts follows the last one.
    return int(stat.rpartition(")")[2].split()[_START_FIELD])


def is_alive(pid: int, started_ticks: int) -> bool:
    """Say whether the process that began at ``started_ticks`` still runs; 0 stands for "not known"."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    now = read_start_ticks(pid)
    return not (started_ticks and now) or now == started_ticks
