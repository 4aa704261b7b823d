"""A browser's request to Jupyter, as the app is to see it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nbflask.proxy.fields import Credentials, Voucher, build_request_fields

if TYPE_CHECKING:
    from nbflask.values.mount import Fields
    from nbflask.values.registration import Registration


def build_target(handler: Any, registration: Registration) -> str:
    """Give path and query in the app, as they were sent but for Jupyter's token.

    :param handler: A handler that has let the request in, below the app's mount.
    """
    target = handler.request.uri[len(_build_prefix(handler, registration)) :]
    return _read_credentials(handler).strip_target(target)


def build_fields(handler: Any, registration: Registration) -> Fields:
    """Give the fields for the app, and for the gateway before it.

    :param handler: A handler that has let the request in.
    """
    request = handler.request
    voucher = Voucher(
        secret=registration.secret,
        prefix=_build_prefix(handler, registration),
        client=request.remote_ip or "",
        scheme=_read_scheme(request),
        host=request.host,
    )
    return build_request_fields(request.headers.get_all(), _read_credentials(handler), voucher)


def _build_prefix(handler: Any, registration: Registration) -> str:
    return f"{handler.base_url}{registration.mount}".rstrip("/")


def _read_scheme(request: Any) -> str:
    """Give the browser's scheme: the Hub's proxy in front says it, else the connection does."""
    said = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip()
    is_behind_hub = "JUPYTERHUB_SERVICE_PREFIX" in os.environ
    return str(said if is_behind_hub and said in ("http", "https") else request.protocol)


def _read_credentials(handler: Any) -> Credentials:
    provider = handler.identity_provider
    tokens = {str(getattr(provider, "token", "") or "")}
    if handler.token_authenticated:
        tokens.add(handler.get_query_argument("token", ""))
    return Credentials(
        tokens=frozenset(tokens - {""}),
        login_cookie=provider.get_cookie_name(handler),
        by_token=handler.token_authenticated,
    )
