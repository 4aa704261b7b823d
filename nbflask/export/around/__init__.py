"""The files around a project's code, and those that lie beside the notebook.

::

    companions          all of them together
    readme, commands    what the project is, and how it is run
    requirements        what has to be installed
    container           what runs it in a container, and what is kept out of that
    server_settings     what gunicorn does before it has workers
    database_files      where the app's databases are
    beside              files that no cell can hold
"""
