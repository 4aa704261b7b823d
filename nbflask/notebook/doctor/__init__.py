"""What is as it should be in this set-up, what is not, and how to mend it.

    finding     one thing that was looked at
    examination asks all of the below, in the order in which they are shown
    probe       what is installed in an environment; runs in the server's Python, too
    environments    the kernel's and the Jupyter server's, which may be two
    versions, front_end, widgets    what is there, and whether it is enough
    apps        how each app is reached, and what it lacks
    settings    values of a configuration that bite in a notebook
    names       variables, views and files that hide what others mean by the same name
    views       what a view names that is not there

Rule 1: a remedy is a claim that something is wrong. What merely might be is said without one.

Rule 2: to look changes nothing: no view is called, no session opened, no template rendered.
"""

from __future__ import annotations

from nbflask.notebook.doctor.examination import examine
from nbflask.notebook.doctor.finding import Finding

__all__ = ["Finding", "examine"]
