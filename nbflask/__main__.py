"""``python -m nbflask``: the command, where scripts are not on the path."""

import sys

from nbflask.cli import main

sys.exit(main())
