"""Stored outputs of request cells, read back: what the app has answered.

An output is the text that a response shows itself by: the redirects that were followed, the
status, the header fields, an empty line, the content, and a view's exception. What differs from
run to run stands there as an ellipsis.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbflask.values.request_spec import RequestSpec

    from ..notebooks import SourceCell

#: What stands for what differs from run to run, and for what was cut off.
MASK = "…"
_STATUS = re.compile(r"(\d{3})(?: [A-Z][A-Z '-]*)?")
_PASSED = re.compile(r"(\d{3}) [A-Z ]+ -> (.*)")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?(.*)")
_CUT = re.compile(r"\n… [\d,]+ more characters$")
_BINARY = re.compile(r"<[^<>]*, [\d,]+ bytes>")
_ESCAPED = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[rt])")
_RAISED = re.compile(r"^([A-Za-z_][\w.]*)(?:: .*)?$")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response as the notebook has stored it.

    :param headers: By their names in lower case; where a name is repeated, the last.
    :param text: The content, without line ends at its end; JSON is indented.
    :param raised: The name of the class of the view's exception, or ``""``.
    :param passed: Where redirects that were followed have led to, in order.
    """

    status: int
    headers: Mapping[str, str]
    text: str = ""
    raised: str = ""
    passed: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """The media type, without its settings."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the content says that it is JSON."""
        return self.media_type.endswith("json")

    @cached_property
    def document(self) -> Any:
        """The content read as JSON.

        :raises ValueError: It is not JSON, or was cut off.
        """
        return json.loads(self.text)

    @property
    def is_whole(self) -> bool:
        """Whether the text is all of a content that is text, as it was sent."""
        return not (
            _CUT.search(self.text) or _BINARY.fullmatch(self.text) or _ESCAPED.search(self.text)
        )

    @property
    def line_ends(self) -> int | None:
        """How many line ends the content had at its end; ``None`` where nobody can tell."""
        length = self.headers.get("content-length", "")
        if not length.isdecimal():
            return None
        more = int(length) - len(self.text.encode())
        return more if 0 <= more <= 2 else None


def read_answers(cell: SourceCell, requests: Sequence[RequestSpec]) -> tuple[Answer | None, ...]:
    """Give what is stored below a cell, an answer a request; ``None`` for what cannot be read."""
    nothing: tuple[Answer | None, ...] = (None,) * len(requests)
    shown = [each for each in cell.outputs if each.get("output_type") == "execute_result"]
    if len(shown) != 1:
        return nothing
    text = _plain_text(shown[0])
    is_divided = cell.source.lstrip().startswith("%%http")
    # One alone has no title.
    blocks = (_divide(text, requests) if is_divided else []) or [text]
    if len(blocks) != len(requests):
        return nothing
    return tuple(parse_answer(each) for each in blocks)


def parse_answer(text: str) -> Answer | None:
    """Read one response's text; ``None`` if it is not one."""
    lines = text.split("\n")
    passed: list[str] = []
    while lines and (redirect := _PASSED.fullmatch(lines[0])):
        passed.append(redirect[2])
        lines.pop(0)
    found = _STATUS.fullmatch(lines[0]) if lines else None
    if found is None:
        return None
    headers: dict[str, str] = {}
    at = 1
    while at < len(lines) and (field := _FIELD.fullmatch(lines[at])):
        headers[field[1].lower()] = field[2]
        at += 1
    if lines[at : at + 1] not in ([], [""]):
        return None
    content, raised = _divide_failure("\n".join(lines[at + 1 :]), int(found[1]))
    return Answer(
        status=int(found[1]), headers=headers, text=content, raised=raised, passed=tuple(passed)
    )


def _plain_text(output: Mapping[str, Any]) -> str:
    data = output.get("data")
    text = data.get("text/plain", "") if isinstance(data, dict) else ""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def _divide(text: str, requests: Sequence[RequestSpec]) -> list[str]:
    """Divide the responses of a cell at their titles, such as ``GET /a``."""
    blocks: list[list[str]] = []
    methods = tuple({each.method for each in requests})
    lines = text.split("\n")
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        is_title = line.partition(" ")[0] in methods and (
            _STATUS.fullmatch(after) or _PASSED.fullmatch(after)
        )
        if is_title and (not blocks or lines[at - 1] == ""):
            blocks.append([])
        elif blocks:
            blocks[-1].append(line)
    return ["\n".join(each).rstrip("\n") for each in blocks]


def _divide_failure(text: str, status: int) -> tuple[str, str]:
    """Give the content without the traceback below it, and the name of what was raised."""
    if status < 500:
        return text, ""
    above, mark, below = text.rpartition("\n\nTraceback (most recent call last):\n")
    if mark:
        names = [found[1] for line in below.split("\n") if (found := _RAISED.match(line))]
        return above, names[-1] if names else "Exception"
    # Where no line of the notebook was on the way, the exception stands alone.
    above, _, last = text.rpartition("\n\n")
    found = re.match(r"([A-Z]\w*(?:Error|Exception|Exit)): ", last)
    return (above, found[1]) if found else (text, "")
