"""An exchange and its parts are printed without what came with the request."""

from __future__ import annotations

import pprint
from typing import TYPE_CHECKING, Any

import pytest
from IPython.lib.pretty import pretty

from nbflask.exchanges.exchange import (
    Client,
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    FormFile,
    Frame,
    Initiator,
    LogRecord,
    Output,
    Request,
    Response,
    Route,
    SessionChange,
    Span,
    Stage,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "hunter2Xq9"
FRAME = Frame(file="app.py", line=1, function="f", code=VALUE, cell=VALUE)
PARTS = (
    Request(
        method="GET",
        host=VALUE,
        target=f"/{VALUE}?token={VALUE}",
        script_name=f"/{VALUE}",
        path=f"/{VALUE}",
        query_string=VALUE,
        headers=Fields([("Cookie", VALUE)]),
        content=Content(size=10, data=VALUE.encode(), sha256=VALUE),
        form=Fields([("password", VALUE)]),
        files=(FormFile(name="a", filename=VALUE, sha256=VALUE),),
    ),
    Response(status_code=200, reason=VALUE, headers=Fields([("Set-Cookie", VALUE)])),
    Client(user_agent=VALUE),
    Route(rule="/<a>", endpoint="a", view_args=Fields([("a", VALUE)]), cell=VALUE),
    Span(stage=Stage.VIEW, name="a", start_us=0, duration_us=1, cell=VALUE),
    SessionChange(before={"a": VALUE}, after={"a": VALUE}),
    TemplateRender(
        name="a.html", context=(Summary(name="a", type="str", text=VALUE),), error=VALUE
    ),
    LogRecord(at_us=1, level="INFO", logger="app", message=VALUE, exception=VALUE),
    Output(at_us=1, stream="stdout", text=VALUE),
    ErrorRecord(
        kind=ErrorKind.UNHANDLED, type="KeyError", message=VALUE, text=VALUE, frames=(FRAME,)
    ),
    Initiator(cell=VALUE, referer=VALUE),
    Exchange(id=1, request=Request(method="GET", target=f"/{VALUE}"), note=VALUE, tags=(VALUE,)),
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("write", [repr, str, pretty, pprint.pformat])
def test_what_is_printed_of_a_part_is_none_of_its_values(
    part: object, write: Callable[[Any], str]
) -> None:
    assert type(part).__name__ in write(part)
    assert VALUE not in write(part)
