"""HAR files are written whole or not at all, and sent to the app that is named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

import nbflask
from nbflask.errors import HarError, OptionError
from nbflask.inspector.replaying.archives import write_har
from tests.inspector.replaying.sites import open_site

if TYPE_CHECKING:
    from pathlib import Path


def test_a_har_that_was_written_is_sent_again(tmp_path: Path) -> None:
    with open_site() as site:
        client = site.client
        client.get("/count?user=ann")
        client.post("/echo", json={"a": 1})
        path = write_har(site.recorder.exchanges(), tmp_path / "run.har")
        requests = nbflask.read_har(path)
        assert repr(requests) == "2 requests of a HAR file\n   1  GET /count\n   2  POST /echo"
        assert [each.text for each in (requests[0].replay(site.app),)] == ["1"]
        both = requests.replay(site.app)
        assert [each.status_code for each in both] == [200, 200]
        assert bytes.fromhex(both[1].get_json()["data"]) == b'{"a": 1}'


def test_requests_of_a_har_go_to_the_app_that_is_named(tmp_path: Path) -> None:
    entry = {"request": {"method": "GET", "url": "http://evil.example/count?user=x", "headers": []}}
    path = tmp_path / "other.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    with open_site() as site:
        assert nbflask.read_har(path)[0].replay(site.client).text == "1"
        assert site.seen[0]["HTTP_HOST"] == "localhost"


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_site() as site:
        site.client.get("/")
        path = write_har(site.recorder.exchanges(), tmp_path / "run.har")
        before = path.read_text()

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pathlib.Path.replace", fail)
        with pytest.raises(OptionError, match="cannot be written: No space left on device"):
            write_har([], path)
    assert (path.read_text(), [each.name for each in tmp_path.iterdir()]) == (before, ["run.har"])


@pytest.mark.parametrize("name", ["notes.txt", "directory"])
def test_nothing_but_a_har_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_bytes(b"\xff")
    (tmp_path / "directory").mkdir()
    with pytest.raises(OptionError, match=re.escape("is there, and is no HAR file")):
        write_har([], tmp_path / name)


def test_a_directory_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be written"):
        write_har([], tmp_path, force=True)


def test_what_is_no_har_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be read: No such file"):
        nbflask.read_har(tmp_path / "none.har")
    (tmp_path / "x.har").write_text("[]")
    with pytest.raises(HarError):
        nbflask.read_har(tmp_path / "x.har")
