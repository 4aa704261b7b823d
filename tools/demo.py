"""Open the quickstart in JupyterLab.

Options are JupyterLab's own: with ``--no-browser`` it prints the URL instead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NOTEBOOK = "quickstart.ipynb"


def main(options: list[str]) -> None:
    """Become JupyterLab with the notebook in it.

    :raises SystemExit: The notebook is missing.
    """
    if not (NOTEBOOKS / NOTEBOOK).exists():
        raise SystemExit(f"{NOTEBOOKS / NOTEBOOK} is missing. Restore it: git checkout notebooks")
    command = [sys.executable, "-m", "jupyterlab"]
    # Whoever reaches the server runs code as its user, so it listens to this machine alone.
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={NOTEBOOKS}"]
    command += [f"--LabApp.default_url=/lab/tree/{NOTEBOOK}"]
    if os.geteuid() == 0:
        # Jupyter refuses root without being told; in a container there is no other user.
        command += ["--allow-root"]
    # The kernel is the one of this environment, which has nbflask, and no "python3" elsewhere.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.execv(sys.executable, [*command, *options])  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
