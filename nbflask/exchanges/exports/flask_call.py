"""The statement that sends a request to an app by Flask's test client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .python import write_call, write_content, write_literal

if TYPE_CHECKING:
    from .outgoing import Outgoing


def write_open(request: Outgoing, client: str, depth: int = 0) -> str:
    """Give the statement that sends a request by a client of the app's."""
    target = request.app_url
    # Two slashes at its beginning would be read as a host.
    target = f"http://localhost{target}" if target.startswith("//") else target
    arguments = [write_literal(target)]
    if request.method != "GET":
        arguments.append(f"method={write_literal(request.method)}")
    if fields := needed_fields(request):
        arguments.append(f"headers={write_literal(fields, depth + 1)}")
    if request.has_content:
        arguments.append(f"data={write_content(request)}")
    return "    " * depth + write_call(f"response = {client}.open", arguments, depth)


def needed_fields(request: Outgoing) -> list[tuple[str, str]]:
    """Give the fields without the one that the test client sends by itself."""
    return [
        (name, value)
        for name, value in request.fields
        if not (name.lower() == "user-agent" and value.startswith("Werkzeug/"))
    ]
