"""Secrets and paths of one's own machine stay out of a project.

::

    looks, named_values     what looks like a secret; what is called like one
    placeholders            what only holds a secret's place
    secret_values, local_paths      those that stand in code
    secrets                 code reads them from the environment
    outputs, hiding         stored answers and written files without them
    withheld                what whoever runs the project here is given
"""
