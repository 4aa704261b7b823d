"""What runs a project in a container, and what is kept out of it and of version control."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Rules that by custom say whether an app is well.
_HEALTH = re.compile(r"/(?:_?health(?:z|[_-]?check)?(?:/\w+)?|livez|readyz|ping|up|status)/?")

_DOCKERFILE = """\
FROM python:{python}-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

RUN useradd --create-home --uid 1000 app
WORKDIR /home/app

# Installed before the code is copied: a changed view installs nothing anew.
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY --chown=app . .
{data}# By its number: Kubernetes cannot tell that a name is not root's.
USER 1000

# gunicorn's number of workers.{why}
ENV WEB_CONCURRENCY={workers}
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \\
    CMD ["python", "-c", "{check}"]
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--threads=8", "--worker-tmp-dir=/dev/shm", \\
    "--access-logfile=-", "wsgi:app"]
"""
# A volume that is mounted where there is no folder is root's.
_DATA = "RUN mkdir -p instance && chown app instance\n"
_ONE_WORKER = " One, as requests share what the app keeps in its process."
# Any answer but a fault of the server's says that a worker is there.
_CHECK = (
    "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4);"
    " c.request('GET', '{path}'); raise SystemExit(c.getresponse().status >= 500)"
)

_GITIGNORE = """\
__pycache__/
*.py[cod]
.pytest_cache/
.ruff_cache/
.venv/
venv/
.env
instance/
*.db
*.sqlite
*.sqlite3
"""
_DOCKERIGNORE = """\
.git
.gitignore
.dockerignore
Dockerfile
README.md
.nbflask-export.json
.env
.venv
venv
**/__pycache__
.pytest_cache
.ruff_cache
instance
**/*.db
**/*.sqlite
**/*.sqlite3
tests
pytest.ini
requirements-dev.txt
"""
_DATABASE = re.compile(r"\.(?:db|sqlite3?)\Z")


def write_ignored(names: Iterable[str] = ()) -> dict[str, str]:
    """Write what is kept out of version control, and out of the container.

    :param names: Files that belong to the app; a database among them is kept out of neither.
    """
    kept = "".join(f"!{each}\n" for each in names if _DATABASE.search(each))
    return {".dockerignore": f"{_DOCKERIGNORE}{kept}", ".gitignore": f"{_GITIGNORE}{kept}"}


def write_dockerfile(rules: Iterable[str] = (), *, has_data: bool = False, workers: int = 2) -> str:
    """Write the Dockerfile, for the Python that is running.

    :param rules: Of the app; one that says whether the app is well is asked by the health check.
    :param has_data: The app keeps data in its instance folder.
    """
    path = next(filter(_HEALTH.fullmatch, rules), "/")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _DOCKERFILE.format(
        python=python,
        check=_CHECK.format(path=path),
        data=_DATA if has_data else "",
        workers=workers,
        why=_ONE_WORKER if workers == 1 else "",
    )
