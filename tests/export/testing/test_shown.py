"""What of a long page shows the values that were sent."""

from __future__ import annotations

import pytest

from nbflask.export.testing.shown import find_sent_values, find_shown
from nbflask.values.request_spec import RequestSpec
from tests.export.testing.stored import LOAD, page, write_test_module

LINES = "\n".join(f"<p>line {number}</p>" for number in range(12))
GUESTS = f"<title>Guests</title>\n{LINES}\n<p>Thank you, Ada &amp; Bob.</p>\n<li>Cleo</li>"


def test_a_long_page_is_searched_for_what_was_sent() -> None:
    text = write_test_module(
        LOAD,
        "%%template guests.html\n<title>Guests</title>{{ names }}",
        "%%route /guests/<room> POST\nrender_template('guests.html', names=request.form['names'])",
        ("%flask_post /guests/Cleo -d 'names=Ada %26 Bob&size=12'", page(GUESTS)),
    )
    assert 'assert "<p>Thank you, Ada &amp; Bob.</p>" in response.text\n' in text
    assert 'assert "<li>Cleo</li>" in response.text' in text
    assert "line 1" not in text


def test_what_changes_from_run_to_run_is_not_searched_for() -> None:
    text = write_test_module(
        LOAD,
        "import time",
        "%%route /guests POST\nreturn f'<p>{request.form[\"name\"]} at {time.time()}</p>'",
        ("%flask_post /guests -d name=Cleo", page(GUESTS)),
    )
    assert "Cleo" in text
    assert "<li>" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<li>Ada</li><li>Ada</li>", ["<li>Ada</li>"]),
        ("<td><b>Ada</b> 3</td>", ["<b>Ada</b>"]),
        ("<p>\n  Ada, 3 seats\n</p>", ["Ada"]),
        ("<p>Adam</p>", []),
        ('<p><input value="Ada"></p>', []),
        ("<script>name = 'Ada'</script><!-- <p>Ada</p> -->", []),
        ("<p>Ada at …</p>", ["Ada"]),
    ],
)
def test_a_value_is_shown_by_an_element_or_in_a_text(text: str, shown: list[str]) -> None:
    assert list(find_shown(text, ["Ada"])) == shown


def test_a_value_is_looked_for_as_jinja_writes_it() -> None:
    text = "<p>&#34;Ada&#39;s&#34; &amp; &lt;b&gt;</p>"
    assert list(find_shown(text, ['"Ada\'s" & <b>'])) == [text]


def test_what_is_short_secret_or_of_a_rule_is_not_looked_for() -> None:
    spec = RequestSpec(
        method="POST",
        target="/teas/Assam?page=2&sort=price",
        headers=(("Content-Type", "application/json"),),
        content=b'{"note": "fine", "password": "open-sesame", "to": [{"city": "Quito"}]}',
    )
    code = '@app.post("/teas/<name>")'
    assert find_sent_values(spec, code) == ("Assam", "price", "fine", "Quito")
