"""A browser is given a HAR in place of the server, and shows what the app had answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nbflask.exchanges.har import format_har
from tests.browser import chromium
from tests.exchanges.recorded import record_everything

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

_FETCH = """async (url) => {
    const response = await fetch(url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return [response.status, Array.from(bytes)];
}"""


def test_a_page_gets_from_a_har_what_the_app_answered(tmp_path: Path) -> None:
    exchanges = [
        each
        for each in record_everything()
        if each.request.method == "GET"
        and each.response is not None
        and each.response.status_code < 300
        # Decoded contents are compared elsewhere; those that are cut cannot be the same.
        and not each.response.content.encoding
        and not each.response.content.is_truncated
    ]
    first = {each.request.url: each for each in reversed(exchanges)}
    path = tmp_path / "run.har"
    path.write_text(format_har(list(first.values())))
    with chromium() as browser:
        context = browser.new_context()
        # What is not in the HAR is refused: nothing is asked of any server.
        context.route_from_har(path, not_found="abort")
        page = context.new_page()
        page.goto("http://localhost/")
        found = {url: page.evaluate(_FETCH, url) for url in first}
        assert "Hello, wörld!" in page.inner_text("p")
        context.close()
    assert len(first) >= 12
    assert found == {
        url: [each.response.status_code, list(each.response.content.data)]
        for url, each in first.items()
        if each.response is not None
    }
