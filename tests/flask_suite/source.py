"""Flask's own tests, and those of other projects, from their source distributions on PyPI."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


class SourceError(Exception):
    """A project's source distribution can't be had, so its tests can't be run."""


def unpack_flask_source(cache: Path, target: Path) -> Path:
    """Give the top folder of the installed Flask's source, with its ``tests/``.

    :param cache: Where archives are kept from one run to the next.
    :param target: Where to unpack.
    :raises SourceError: PyPI has no such version or can't be reached.
    """
    return unpack_source("flask", importlib.metadata.version("flask"), cache, target)


def unpack_source(project: str, version: str, cache: Path, target: Path) -> Path:
    """Give the top folder of a project's source.

    :param cache: Where archives are kept from one run to the next.
    :param target: Where to unpack.
    :raises SourceError: PyPI has no such version or can't be reached.
    """
    archive = cache / f"{project}-{version}.tar.gz"
    if not archive.exists():
        download(project, version, cache)
    if not archive.exists():
        found = sorted(path.name for path in cache.iterdir())
        raise SourceError(f"pip left no {archive.name} in {cache}, but {found}.")
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / f"{project}-{version}"


def download(project: str, version: str, cache: Path) -> None:
    """Have pip put a source distribution into ``cache``.

    pip asks the archive for its metadata, so it also fetches the project's build
    backend into an environment of its own: 8 s in all for Flask.
    """
    # Two processes of a run may want the same archive: it comes whole or not at all.
    with tempfile.TemporaryDirectory(dir=cache) as draft:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", project, "--dest", draft, f"{project}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SourceError(
                f"The own tests of {project} {version} are not at hand, and pip could not download "
                "them from PyPI. Connect to the network, or put "
                f"{project}-{version}.tar.gz into {cache}.\n{done.stderr}"
            )
        for path in Path(draft).iterdir():
            path.replace(cache / path.name)
