"""What of a notebook will not survive leaving its kernel: read from its text, nothing is run.

::

    finding         one thing that was found: how bad it is, where, what to do
    subject         what is looked at: the notebook's steps, and the units of the app's module
    examination     asks all of the below
    names           names that no cell gives, or too late, or that hide others
    magics          what a module cannot hold, and what `app.run()` was told
    packages        imports that are not installed here
    state           what requests change, and other workers don't see
      serving, changes, makings     what requests run; what it changes; what that is made by
      standing, instances, closures     other names of it; classes; what no name has
      process           what a whole process has one of
    references      templates and endpoints that are named, and not there
      endpoints         those that are
      filters           filters and tests of templates
    settings        secrets in cells, debug, settings for tests
    workers         threads, chance, databases in memory; async views, websockets
      folders           temporary folders that are only read
    starts          tables that are dropped whenever the app is loaded
    files, paths    paths of this machine, files that stay beside the notebook
    statements      what is Python by its grammar alone
    runs            outputs that are not of one run
    declarations    apps, blueprints, views and rules that are not what they seem
      parameters        views that no request can call
      calls             the calls in the app's code
    report          findings as text for people, and as data for programs

Rule 1: an error means that the project fails, or a part of it. What goes wrong only with a second
worker or on another machine is a warning; what is good to know is an info.

Rule 2: what the app does not need is not looked at: only what is exported is reported.
"""

from __future__ import annotations

from .examination import count_workers, describe_errors, examine
from .finding import Finding
from .report import write_data, write_fault, write_text

__all__ = [
    "Finding",
    "count_workers",
    "describe_errors",
    "examine",
    "write_data",
    "write_fault",
    "write_text",
]
