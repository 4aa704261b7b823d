"""Find nginx and Redis for the example of several hosts, and install them where there are none.

As a command it prints the path of one that runs::

    python -m tools.servers nginx
    python -m tools.servers redis
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial

from tools.programs import Program, install_by_apt, is_answering

#: Debian keeps servers where the PATH of most users does not lead.
_MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin")


def find_in_folders(*names: str) -> list[str]:
    """Give the paths of programs of these names."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_MORE_FOLDERS])
    return [found for name in names if (found := shutil.which(name, path=path))]


def _write_remedy(name: str, package: str, variable: str) -> str:
    return (
        f"The example of several hosts needs {name}, and none was found or could be installed. "
        f"Install it (on Debian, as root: apt-get update && apt-get install {package}), or name "
        f"one that is there: {variable}=/path/to/it"
    )


NGINX = Program(
    kind="nginx",
    variable="NBFLASK_NGINX",
    candidates=partial(find_in_folders, "nginx"),
    is_running=lambda path: is_answering(path, "-v"),
    installers=(partial(install_by_apt, "nginx"),),
    remedy=_write_remedy("nginx", "nginx", "NBFLASK_NGINX"),
)
REDIS = Program(
    kind="Redis",
    variable="NBFLASK_REDIS",
    # Valkey is what Redis was before its licence changed, and takes the same configuration.
    candidates=partial(find_in_folders, "redis-server", "valkey-server"),
    is_running=lambda path: is_answering(path, "--version"),
    installers=(partial(install_by_apt, "redis-server"),),
    remedy=_write_remedy("Redis", "redis-server", "NBFLASK_REDIS"),
)
PROGRAMS = {"nginx": NGINX, "redis": REDIS}


if __name__ == "__main__":
    print(PROGRAMS[sys.argv[1]].provide())
