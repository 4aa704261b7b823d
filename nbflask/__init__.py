"""Build, run, look into and ship Flask apps from a Jupyter notebook.

Three processes import this package: the kernel (Flask, IPython), the Jupyter
server (Tornado) and the shell. ``import nbflask`` alone pulls in none of their
libraries; each name below is imported when it is first used.
"""

from __future__ import annotations

__version__ = "0.1.0"
