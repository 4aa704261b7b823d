"""An exported project that runs, in processes of its own or in Flask's command.

::

    temporary      a notebook becomes a project in a folder that is gone afterwards
    variables      what the project reads of the environment
    listening      the socket that is served
    program        what runs in the processes: gunicorn, or Werkzeug's server
    process        such processes, from their start to their end
    serving        ``nbflask serve``: one project after the other
    flask_command  ``flask --app shop.ipynb run``
"""
