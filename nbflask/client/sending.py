"""A request value goes through an app's own test client."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import got_request_exception
from flask.logging import default_handler
from flask.testing import EnvironBuilder
from werkzeug.datastructures import Headers
from werkzeug.exceptions import InternalServerError

from nbflask.client.failures import without_foreign_frames
from nbflask.client.responses import ShownResponse

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from nbflask.values.request_spec import RequestSpec


def send(client: FlaskClient, spec: RequestSpec) -> ShownResponse:
    """Send a request and give its response, read to its end.

    An exception in the view becomes the app's error page, as for a browser, and is kept as the
    response's ``exception``. Where ``TESTING`` or ``PROPAGATE_EXCEPTIONS`` says that exceptions
    leave the app, it is raised, without Flask's frames. Debug mode alone is not taken for that:
    it is on in every tutorial, and there the page that a server would send is given.

    A response that the user interrupts is what has arrived of it. An interrupted view, of which
    nothing has, raises the ``KeyboardInterrupt`` without Flask's frames.

    :param client: Any of Flask's; cookies are kept in it.
    """
    __tracebackhide__ = True  # IPython then leaves this frame out of the view's traceback.
    app = client.application
    client.response_wrapper = _shown(client.response_wrapper)
    with _extra_cookies(client, spec), _watched(app) as failures:
        try:
            response = client.open(**_open_settings(spec))
            is_interrupted = _read(response)
        except (Exception, KeyboardInterrupt) as error:
            is_interrupted = False
            if not (failures and _is_debug_only(app) and isinstance(error, Exception)):
                error.__traceback__ = without_foreign_frames(error.__traceback__)
                raise
            response = _server_error(client, spec)
    shown = cast("ShownResponse", response)
    shown.is_interrupted = is_interrupted
    shown.exception = failures[-1] if failures else None
    shown.session_cookie_name = app.config["SESSION_COOKIE_NAME"]
    return shown


def _open_settings(spec: RequestSpec) -> dict[str, Any]:
    return {
        "path": spec.target,
        "method": spec.method,
        "headers": Headers(list(spec.headers)),
        "data": spec.content or None,
        "follow_redirects": spec.follow,
    }


def _read(response: TestResponse) -> bool:
    """Read the content, and say whether the user interrupted that."""
    blocks: list[bytes] = []
    try:
        # Werkzeug's buffering would lose the blocks that came before an interrupt.
        blocks.extend(response.response)  # type: ignore[arg-type]
    except KeyboardInterrupt:
        return True
    finally:
        response.close()
        response.response = blocks
    return False


def _is_debug_only(app: Flask) -> bool:
    return app.debug and not app.testing and app.config["PROPAGATE_EXCEPTIONS"] is None


def _server_error(client: FlaskClient, spec: RequestSpec) -> TestResponse:
    """Give the page that a server sends when an exception leaves the app."""
    builder = EnvironBuilder(client.application, spec.target, method=spec.method)
    request = builder.get_request()
    page = InternalServerError().get_response()
    return client.response_wrapper([page.get_data()], page.status, page.headers, request)


def _shown(wrapper: type[TestResponse]) -> type[TestResponse]:
    """Give the client's class of responses, made to show itself."""
    if issubclass(wrapper, ShownResponse):
        return wrapper
    return type("Response", (ShownResponse, wrapper), {})


@contextmanager
def _extra_cookies(client: FlaskClient, spec: RequestSpec) -> Iterator[None]:
    """Let the client have the request's own cookies while it lasts.

    The client replaces a ``Cookie`` field by what it keeps, so they must be kept for a while. One
    that the response sets anew stays.
    """
    domain = urlsplit(spec.target).hostname or "localhost"
    before = {name: client.get_cookie(name, domain) for name, _ in spec.cookies}
    for name, value in spec.cookies:
        client.set_cookie(name, value, domain=domain)
    ours = {name: client.get_cookie(name, domain) for name in before}
    try:
        yield
    finally:
        for name, cookie in before.items():
            if client.get_cookie(name, domain) is not ours[name]:
                continue
            client.delete_cookie(name, domain=domain)
            if cookie is not None:
                client.set_cookie(name, cookie.value, domain=domain)


@contextmanager
def _watched(app: Flask) -> Iterator[list[BaseException]]:
    """Give the exceptions that the app turns into error pages in this thread.

    They are shown with the response, so Flask's default handler does not log them too; handlers
    that the app was given do.
    """
    caught: list[BaseException] = []
    thread = threading.get_ident()

    def note(_sender: Any, exception: BaseException, **_: Any) -> None:
        if threading.get_ident() == thread:
            caught.append(exception)

    def is_news(record: logging.LogRecord) -> bool:
        return not record.exc_info or record.exc_info[1] not in caught

    default_handler.addFilter(is_news)
    try:
        with got_request_exception.connected_to(note, app):
            yield caught
    finally:
        default_handler.removeFilter(is_news)
