"""The lines of the magics that send requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.values.request_spec import DataOption, RequestOptions

from .options import APP_OPTION
from .parser import MagicLine, argument

if TYPE_CHECKING:
    from collections.abc import Callable

    from .parser import Argument, Namespace


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

_JSON = '%flask_{} {} --json \'{{"name": "Ada"}}\''

_EXAMPLES = {
    "get": "%flask_get /hello/Ada",
    "head": "%flask_head /hello/Ada",
    "options": "%flask_options /hello/Ada",
    "post": _JSON.format("post", "/items"),
    "put": _JSON.format("put", "/items/1"),
    "patch": _JSON.format("patch", "/items/1"),
    "delete": "%flask_delete /items/1",
}

#: By the magic's name, which ends in the method.
REQUEST_LINES = {
    f"flask_{method}": MagicLine(f"%flask_{method}", REQUEST, example=example)
    for method, example in _EXAMPLES.items()
}

HTTP = MagicLine(
    "%%http",
    (
        argument("-L", "--follow", action="store_true", help="follow redirects within the app"),
        APP_OPTION,
    ),
    example="%%http\nGET /hello/Ada",
)


def read_request_options(options: Namespace) -> RequestOptions:
    """Give the options of a request's line by the names that they have elsewhere."""
    return RequestOptions(
        headers=options.headers or (),
        data=options.data or (),
        form=options.form or (),
        cookies=options.cookies or (),
        user=options.user,
        query=options.query,
        follow=options.follow,
    )
