"""What stays in the notebook, though it stands among what an app needs.

::

    debug_flags, debug_values   what is on for whoever writes an app
    silence                     what keeps a log quiet
    tools                       nbflask itself, and what displays
    idle, drawing               what only looks, and what only draws
    failed                      what a cell that failed would have declared
"""
