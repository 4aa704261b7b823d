"""How each host serves the app; gunicorn reads this file in the folder that it is started in."""

import os
from pathlib import Path

# A core of a host is one worker's. The exported Dockerfile says 2.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# So many requests of a worker may wait for a database or another service at the same time.
threads = 8

# Longer than nginx keeps a quiet connection (60 s, its default): so it is nginx that closes it, and
# never gunicorn while nginx is sending a request on it.
keepalive = 75

# What is being answered when the host is to stop may take so long. Until then the socket is open,
# and nobody accepts: new visitors wait as well, and are sent to another host when it closes. So no
# longer than the app's slowest page. Whoever stops the host waits longer: systemd's
# TimeoutStopSec, Kubernetes' terminationGracePeriodSeconds.
graceful_timeout = 10
# A worker that says nothing for so long is taken for stuck, and another one starts.
timeout = 30
# Workers note there that they are alive: in memory, as on a slow disk they would be taken for dead.
memory = Path("/dev/shm")
if memory.is_dir():
    worker_tmp_dir = str(memory)

# Since gunicorn 25.1 a socket in the home folder takes commands. Two servers of one user would
# share it, and nobody uses it here.
control_socket_disable = True
