"""Mounts the proxy and its pages on a Jupyter server, when that starts."""

from __future__ import annotations

import os
import re
from typing import Any

from jupyter_server.utils import url_path_join
from tornado import web

from nbflask.proxy.handler import AppHandler
from nbflask.proxy.pages import IndexHandler, ProbeHandler, SlashHandler
from nbflask.proxy.upstream import Upstreams
from nbflask.runtime.registrations import RegistrationDirectory
from nbflask.values.base_url import EXTENSION_PID_VARIABLE, EXTENSION_VARIABLE
from nbflask.values.registration import APP_NAME_PATTERN, KERNEL_ID_PATTERN, MOUNT_ROOT

Rule = tuple[str, type[web.RequestHandler], dict[str, Any]]


def load(serverapp: Any) -> None:
    """Mount the extension on a ``ServerApp``, and clear up after kernels that were killed."""
    base_url = serverapp.web_app.settings["base_url"]
    directory = RegistrationDirectory(serverapp.runtime_dir)
    count = directory.collect_dead()
    # Kernels inherit these. The pid tells a server from one that was started in its terminal.
    os.environ[EXTENSION_VARIABLE] = base_url
    os.environ[EXTENSION_PID_VARIABLE] = str(os.getpid())
    serverapp.web_app.add_handlers(".*$", build_rules(base_url, directory, Upstreams()))
    serverapp.log.info("nbflask | apps are at %s", url_path_join(base_url, MOUNT_ROOT, "/"))
    if count:
        serverapp.log.info("nbflask | removed what %d apps of killed kernels left behind", count)


def build_rules(
    base_url: str, directory: RegistrationDirectory, upstreams: Upstreams
) -> list[Rule]:
    """Give every route of the extension."""
    root = re.escape(url_path_join(base_url, MOUNT_ROOT))
    names = rf"(?P<kernel_id>{KERNEL_ID_PATTERN})/(?P<app_name>{APP_NAME_PATTERN})"
    shared = {"directory": directory}
    return [
        (root, SlashHandler, {}),
        (rf"{root}/", IndexHandler, shared),
        (rf"{root}/__probe__(?:/{names})?", ProbeHandler, shared),
        (rf"{root}/{names}", SlashHandler, {}),
        # The path in the app is not captured: Tornado would decode it, and %2F would be a slash.
        (rf"{root}/{names}/.*", AppHandler, {**shared, "upstreams": upstreams}),
    ]
