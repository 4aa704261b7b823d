"""Flask's own tests, from its source distribution on PyPI."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class SourceError(Exception):
    """Flask's source distribution can't be had, so its tests can't be run."""


def unpack_flask_source(cache: Path, target: Path) -> Path:
    """Give the top folder of the installed Flask's source, with its ``tests/``.

    :param cache: Where archives are kept from one run to the next.
    :param target: Where to unpack.
    :raises SourceError: PyPI has no such version or can't be reached.
    """
    version = importlib.metadata.version("flask")
    archive = cache / f"flask-{version}.tar.gz"
    if not archive.exists():
        download(version, cache)
    if not archive.exists():
        found = sorted(path.name for path in cache.iterdir())
        raise SourceError(f"pip left no {archive.name} in {cache}, but {found}.")
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / f"flask-{version}"


def download(version: str, cache: Path) -> None:
    """Have pip put Flask's source distribution into ``cache``.

    pip asks the archive for its metadata, so it also fetches Flask's small build
    backend into an environment of its own: 8 s in all.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "flask", "--dest", str(cache), f"flask=={version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SourceError(
            f"Flask {version}'s own tests are not at hand, and pip could not download them from "
            f"PyPI. Connect to the network, or put flask-{version}.tar.gz into {cache}.\n"
            f"{done.stderr}"
        )
