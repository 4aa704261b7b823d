"""``%flask_get`` and its family, and ``%%http``: requests without a server or a port."""

from __future__ import annotations

from pathlib import Path

from IPython.core.magic import cell_magic, line_cell_magic, line_magic, magics_class

from nbflask.client import Responses, ShownResponse, send
from nbflask.errors import OptionError
from nbflask.magics.arguments import Namespace, arguments
from nbflask.magics.base import NotebookMagics
from nbflask.values.http_text import parse_http_text
from nbflask.values.lines import HTTP, REQUEST_LINES, read_request_options
from nbflask.values.request_spec import build_request, build_text_request


@magics_class
class ClientMagics(NotebookMagics):
    """Ask the app, as its own test client does."""

    @line_magic
    @arguments(REQUEST_LINES["flask_get"])
    def flask_get(self, options: Namespace) -> ShownResponse:
        """Send a GET request to the app and give its response."""
        return self._ask("GET", options)

    @line_magic
    @arguments(REQUEST_LINES["flask_head"])
    def flask_head(self, options: Namespace) -> ShownResponse:
        """Send a HEAD request to the app and give its response."""
        return self._ask("HEAD", options)

    @line_magic
    @arguments(REQUEST_LINES["flask_options"])
    def flask_options(self, options: Namespace) -> ShownResponse:
        """Send an OPTIONS request to the app and give its response."""
        return self._ask("OPTIONS", options)

    @line_cell_magic
    @arguments(REQUEST_LINES["flask_post"])
    def flask_post(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a POST request to the app and give its response; a cell's text is the body."""
        return self._ask("POST", options, cell)

    @line_cell_magic
    @arguments(REQUEST_LINES["flask_put"])
    def flask_put(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a PUT request to the app and give its response; a cell's text is the body."""
        return self._ask("PUT", options, cell)

    @line_cell_magic
    @arguments(REQUEST_LINES["flask_patch"])
    def flask_patch(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a PATCH request to the app and give its response; a cell's text is the body."""
        return self._ask("PATCH", options, cell)

    @line_cell_magic
    @arguments(REQUEST_LINES["flask_delete"])
    def flask_delete(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a DELETE request to the app and give its response; a cell's text is the body."""
        return self._ask("DELETE", options, cell)

    @cell_magic
    @arguments(HTTP)
    def http(self, options: Namespace, cell: str) -> ShownResponse | Responses:
        """Send the requests that the cell writes as HTTP does, divided by ``###``."""
        client = self.notebook.client(options.app)
        specs = [
            each.build(_read_file, follow=options.follow)
            for each in parse_http_text(cell, first_line=2)
        ]
        responses = Responses(send(client, each) for each in specs)
        return responses[0] if len(responses) == 1 else responses

    def _ask(self, method: str, options: Namespace, cell: str | None = None) -> ShownResponse:
        given = read_request_options(options)
        if cell is None:
            spec = build_request(method, options.path, given, _read_file)
        else:
            spec = build_text_request(method, options.path, cell, given)
        return send(self.notebook.client(options.app), spec)


def _read_file(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as fault:
        raise OptionError(
            f"The file {path!r} cannot be read: {fault.strerror}. Name one that is there."
        ) from None
