#!/bin/sh
# Prints the newest Python on the PATH that nbflask runs on and that can make a virtual environment.
#
# A name alone proves nothing (pyenv's shims exist for versions that are not active, and Debian
# ships Python without ensurepip), so each candidate is asked.
for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if "$candidate" - >/dev/null 2>&1 <<'PROBE'
import sys, venv
from importlib.util import find_spec
sys.exit(sys.version_info < (3, 11) or not (find_spec("ensurepip") or find_spec("pip")))
PROBE
    then
        echo "$candidate"
        exit 0
    fi
done
echo "No Python 3.11 or later with venv and pip was found on the PATH." >&2
echo "Install one (on Debian: apt-get install python3 python3-venv), or name it:" >&2
echo "    make PYTHON=/path/to/python3.12 ..." >&2
exit 1
