"""curl, which the tests of what is exported run; a machine without it is given it."""

from __future__ import annotations

import os
import shutil
import subprocess

REMEDY = (
    "These tests run what is exported to curl, and there is no curl here. Install it (on Debian, "
    "as root: apt-get update && apt-get install curl), and run them again."
)


def require_curl() -> str:
    """Give curl's path, and install it where that can be done: on Debian, as root.

    :raises RuntimeError: There is none, with what to do.
    """
    if shutil.which("curl") is None and shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "curl"]):
            subprocess.run(["apt-get", *command], env=environment, check=False, timeout=300)
    found = shutil.which("curl")
    if found is None:
        raise RuntimeError(REMEDY)
    return found
