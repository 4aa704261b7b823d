"""A request as a block of a ``.http`` file, for ``%%http`` and for editors.

The format is for text that a person would write. Each block is read back before it is given away;
where that is another request, the content is left to a file, or a comment says what is the matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from nbflask.errors import CellError, NbflaskError
from nbflask.values.http_text import HttpRequest, format_http_text, parse_http_text

from .outgoing import Outgoing, build_outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange


def to_http(exchange: Exchange, *, base_url: str = "") -> str:
    """Give the block of a ``.http`` file that sends the request again.

    :param base_url: Where to send it; without it, the target is the app's own, as ``%%http`` takes.
    """
    return write_http([exchange], base_url=base_url)


def write_http(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give a block for each, divided by ``###``."""
    requests = [build_outgoing(each, base_url=base_url) for each in exchanges]
    return "\n".join(_write(each, is_absolute=bool(base_url)) for each in requests)


def _write(request: Outgoing, *, is_absolute: bool) -> str:
    target = request.url if is_absolute else request.app_url
    warnings = list(request.warnings)
    try:
        if request.content_file:
            block = _write_block(request, target, f"< ./{request.content_file}")
        elif (body := _write_body(request)) is not None:
            block = _write_block(request, target, body)
        else:
            warnings.append(f"Its content is not plain text. Put it into {request.content_name}.")
            block = _write_block(request, target, f"< ./{request.content_name}")
    except NbflaskError as fault:
        warnings.append(f"It cannot be written here, use curl: {str(fault).splitlines()[0]}")
        block = ""
    comments = [f"# {line}" for line in warnings]
    return "\n".join([f"### {request.title}", *comments, block])


def _write_block(request: Outgoing, target: str, body: str) -> str:
    """Write the request, and read it back to see that it is the same.

    :raises NbflaskError: It is not, or there is no way to write it.
    """
    fields = tuple((name, value.strip()) for name, value in request.fields)
    written = HttpRequest(method=request.method, target=target, headers=fields, body=body)
    text = format_http_text([written])
    if list(parse_http_text(text)) != [written]:
        raise CellError("It would be read as another request.")
    written.build(lambda _: b"")
    return text


def _write_body(request: Outgoing) -> str | None:
    """Give the text that is read as the content; ``None`` if there is none."""
    fields = tuple(pair for pair in request.fields if pair[0].lower() == "content-type")
    try:
        body = request.content.decode()
        text = format_http_text([HttpRequest(method="POST", target="/", headers=fields, body=body)])
        (found,) = parse_http_text(text)
        return body if found.build(_refuse_file).content == request.content else None
    except (UnicodeDecodeError, NbflaskError):
        return None


def _refuse_file(path: str) -> NoReturn:
    raise CellError(f"The line '< {path}' would stand for a file.")
