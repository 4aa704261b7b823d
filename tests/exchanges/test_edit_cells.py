"""A request that is written into a cell is sent as it was until somebody edits it."""

from __future__ import annotations

import pytest

from nbflask.errors import CellError
from nbflask.exchanges.drafts import Draft
from nbflask.exchanges.edit_cells import read_edit_cell, write_edit_cell
from nbflask.exchanges.edits import edit_draft, restore
from nbflask.exchanges.fields import Fields


def draft(content: bytes, media_type: str = "application/json", token: str = "s1") -> Draft:  # noqa: S107
    headers = [("Content-Type", media_type), ("X-Empty", ""), ("Authorization", f"Bearer {token}")]
    return Draft(
        method="POST", target=f"/items?key={token}", headers=Fields(headers), content=content
    )


def read_file(path: str) -> bytes:
    return f"file {path}".encode()


def sent(cell: str, recorded: Draft, shown: Draft) -> Draft:
    body = cell.partition("\n")[2]
    return edit_draft(recorded, restore(read_edit_cell(body, recorded, read_file), recorded, shown))


RECORDED = draft(b'{"name":"Ada","pin":"1"}')
SHOWN = draft(b'{"name":"Ada","pin":"REDACTED"}', token="REDACTED")


def test_a_cell_holds_the_request_and_no_secret() -> None:
    assert write_edit_cell(SHOWN, "%%flask_replay 41") == (
        "%%flask_replay 41\n"
        "# REDACTED stands for what was recorded.\n"
        "POST /items?key=REDACTED\n"
        "Content-Type: application/json\n"
        "X-Empty:\n"
        "Authorization: Bearer REDACTED\n"
        "\n"
        "{\n"
        '  "name": "Ada",\n'
        '  "pin": "REDACTED"\n'
        "}"
    )


def test_an_edited_cell_is_sent_with_what_was_recorded() -> None:
    cell = write_edit_cell(SHOWN, "%%flask_replay 41").replace("Ada", "Bob")
    assert sent(cell, RECORDED, SHOWN) == draft(b'{"name": "Bob", "pin": "1"}')


@pytest.mark.parametrize(
    ("content", "media_type", "has_text"),
    [
        (b'{"a": [1, 1.0, true, null]}\n', "application/json", True),
        (b"{broken", "application/json", True),
        (b"a=1&b=%20+&c", "application/x-www-form-urlencoded", True),
        (b"one\ntwo\n\nfour\n", "text/plain", True),
        (b"\n\nblank lines at its ends", "text/plain", False),
        (b"{{ variable }}", "text/plain", False),
        (b"### no divider\n", "text/plain", False),
        (b"one\r\ntwo", "text/plain", False),
        (b"\x00\xff", "application/octet-stream", False),
        (b"x" * 30_000, "text/plain", False),
        (b"< file.txt", "text/plain", False),
        (b"", "text/plain", True),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            True,
        ),
    ],
)
def test_an_unedited_cell_sends_the_same_bytes(
    content: bytes, media_type: str, has_text: bool
) -> None:
    recorded, shown = draft(content, media_type), draft(content, media_type, token="REDACTED")
    cell = write_edit_cell(shown, "%%flask_replay 1")
    assert cell.endswith("\n< recorded") is not has_text
    assert sent(cell, recorded, shown) == recorded


def test_a_type_that_is_edited_is_not_taken_for_the_same() -> None:
    recorded = draft(b'{"a": 1}')
    cell = write_edit_cell(recorded, "%%flask_replay 1").replace('"a": 1', '"a": true')
    assert sent(cell, recorded, recorded).content == b'{\n  "a": true\n}'


def test_a_file_can_be_the_content() -> None:
    cell = "%%flask_replay 1\nPUT /x\n\n< data.bin"
    assert sent(cell, RECORDED, SHOWN).content == b"file data.bin"


def test_a_cell_of_two_requests_is_refused() -> None:
    with pytest.raises(CellError, match="The cell has 2 requests, and sends one again"):
        read_edit_cell("GET /\n###\nGET /", RECORDED, read_file)


def test_a_note_stands_above_the_request() -> None:
    cell = write_edit_cell(RECORDED, "%%flask_replay 1", note="It was cut.")
    assert cell.startswith("%%flask_replay 1\n# It was cut.\nPOST ")
