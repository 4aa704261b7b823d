"""``%flask_get`` and its family, and ``%%http``: requests without a server or a port."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.magic import cell_magic, line_cell_magic, line_magic, magics_class

from nbflask.client import Responses, ShownResponse, send
from nbflask.errors import OptionError
from nbflask.magics.arguments import Argument, Namespace, argument, arguments
from nbflask.magics.base import APP_OPTION, NotebookMagics
from nbflask.values.http_text import parse_http_text
from nbflask.values.request_spec import (
    DataOption,
    RequestOptions,
    build_request,
    build_text_request,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _data(kind: Any) -> Callable[[str], DataOption]:
    def read(text: str) -> DataOption:
        return DataOption(kind, text)

    # What argparse calls the value in its messages.
    read.__name__ = "data"
    return read


def _data_option(*names: str, kind: str, metavar: str, text: str) -> Argument:
    """Declare one of the options that together are the body, in the order of the line."""
    return argument(
        *names, dest="data", action="append", type=_data(kind), metavar=metavar, help=text
    )


# The words are curl's, and so is what they mean.
REQUEST = (
    argument("path", metavar="PATH", completes="rules", help="what to ask for, such as /hello/Ada"),
    argument(
        "-H",
        "--header",
        dest="headers",
        action="append",
        metavar="'NAME: VALUE'",
        help="a header field; 'NAME:' leaves one out; may be repeated",
    ),
    _data_option(
        "-d", "--data", kind="data", metavar="DATA", text="a form's text, or @FILE; joined by '&'"
    ),
    _data_option("--data-raw", kind="raw", metavar="DATA", text="like -d, and '@' means nothing"),
    _data_option("--data-binary", kind="binary", metavar="DATA", text="like -d, @FILE as it is"),
    _data_option(
        "--data-urlencode", kind="urlencode", metavar="NAME=VALUE", text="like -d, encoded"
    ),
    _data_option("--json", kind="json", metavar="JSON", text="a JSON text, or @FILE"),
    argument(
        "-F",
        "--form",
        dest="form",
        action="append",
        metavar="NAME=VALUE",
        help="a field of a multipart form, or a file: NAME=@FILE[;type=TYPE][;filename=NAME]",
    ),
    argument(
        "-b",
        "--cookie",
        dest="cookies",
        action="append",
        metavar="'NAME=VALUE; ...'",
        help="cookies of this request alone",
    ),
    argument("-u", "--user", default="", metavar="USER:PASSWORD", help="Basic authentication"),
    argument("-G", "--get", dest="query", action="store_true", help="send the data as a query"),
    argument("-L", "--follow", action="store_true", help="follow redirects within the app"),
    APP_OPTION,
)


@magics_class
class ClientMagics(NotebookMagics):
    """Ask the app, as its own test client does."""

    @line_magic
    @arguments(*REQUEST, example="%flask_get /hello/Ada")
    def flask_get(self, options: Namespace) -> ShownResponse:
        """Send a GET request to the app and give its response."""
        return self._ask("GET", options)

    @line_magic
    @arguments(*REQUEST, example="%flask_head /hello/Ada")
    def flask_head(self, options: Namespace) -> ShownResponse:
        """Send a HEAD request to the app and give its response."""
        return self._ask("HEAD", options)

    @line_magic
    @arguments(*REQUEST, example="%flask_options /hello/Ada")
    def flask_options(self, options: Namespace) -> ShownResponse:
        """Send an OPTIONS request to the app and give its response."""
        return self._ask("OPTIONS", options)

    @line_cell_magic
    @arguments(*REQUEST, example='%flask_post /items --json \'{"name": "Ada"}\'')
    def flask_post(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a POST request to the app and give its response; a cell's text is the body."""
        return self._ask("POST", options, cell)

    @line_cell_magic
    @arguments(*REQUEST, example='%flask_put /items/1 --json \'{"name": "Ada"}\'')
    def flask_put(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a PUT request to the app and give its response; a cell's text is the body."""
        return self._ask("PUT", options, cell)

    @line_cell_magic
    @arguments(*REQUEST, example='%flask_patch /items/1 --json \'{"name": "Ada"}\'')
    def flask_patch(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a PATCH request to the app and give its response; a cell's text is the body."""
        return self._ask("PATCH", options, cell)

    @line_cell_magic
    @arguments(*REQUEST, example="%flask_delete /items/1")
    def flask_delete(self, options: Namespace, cell: str | None = None) -> ShownResponse:
        """Send a DELETE request to the app and give its response; a cell's text is the body."""
        return self._ask("DELETE", options, cell)

    @cell_magic
    @arguments(
        argument("-L", "--follow", action="store_true", help="follow redirects within the app"),
        APP_OPTION,
        example="%%http\nGET /hello/Ada",
    )
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
        given = RequestOptions(
            headers=options.headers or (),
            data=options.data or (),
            form=options.form or (),
            cookies=options.cookies or (),
            user=options.user,
            query=options.query,
            follow=options.follow,
        )
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
