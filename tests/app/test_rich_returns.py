"""Views return what a notebook can show, and the request's Accept chooses how."""

from __future__ import annotations

import base64
import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import altair
import flask
import flask.views
import matplotlib.figure
import numpy as np
import pandas as pd
import polars
import pytest
from IPython.display import HTML, JSON, SVG, Image, Markdown
from ipywidgets import IntSlider
from markupsafe import Markup
from matplotlib import pyplot as plt
from matplotlib.gridspec import GridSpec
from PIL import Image as Pictures

from nbflask.app import Blueprint, Flask, rich_returns
from nbflask.app.rich_returns import find_figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
CHROME_PICTURE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FIREFOX_PICTURE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"

FRAME = pd.DataFrame({"city": ["Zürich", "<b>"], "n": [1.5, None]})
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def make_app(view: Callable[..., Any]) -> Flask:
    """Make an app whose errors are raised, with a view at ``/it``."""
    app: Flask = Flask("app")
    app.testing = True
    app.add_url_rule("/it", view_func=view, endpoint="it")
    return app


def get(value: Any, accept: str | None = None, **headers: str) -> TestResponse:
    """Request what a view returns."""
    if accept is not None:
        headers["Accept"] = accept
    response: TestResponse = make_app(lambda: value).test_client().get("/it", headers=headers)
    return response


def rows(value: Any) -> Any:
    """Give a table's rows, as a client reads its JSON."""
    return json.loads(get(value, "application/json").text, parse_constant=pytest.fail)


class Shown:
    """An object that gives what it was made with, by IPython's protocol."""

    def __init__(self, **reprs: Any) -> None:
        for name, content in reprs.items():
            setattr(self, f"_repr_{name}_", lambda content=content, **_: content)


# Negotiation


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        (CHROME, "text/html; charset=utf-8"),
        (FIREFOX, "text/html; charset=utf-8"),
        ("text/*", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/html;q=0.1, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("text/html;q=0, */*", "application/json"),
        ("image/png, text/csv;q=0.1", "text/csv; charset=utf-8"),
    ],
)
def test_accept_chooses_how_a_data_frame_is_sent(accept: str | None, content_type: str) -> None:
    response = get(FRAME, accept)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert "Accept" in response.vary


def test_what_is_not_acceptable_is_refused_with_what_there_is() -> None:
    response = get(FRAME, "image/png")
    assert response.status_code == 406
    assert "This can be had as text/html, application/json, text/csv." in response.text
    assert response.headers["Vary"] == "Accept"


def test_the_app_s_own_handler_answers_what_is_not_acceptable() -> None:
    app = make_app(lambda: FRAME)
    app.register_error_handler(406, lambda error: {"available": error.description})
    response = app.test_client().get("/it", headers={"Accept": "image/png"})
    assert response.json == {
        "available": "This can be had as text/html, application/json, text/csv."
    }


def test_a_handler_that_shows_a_table_of_its_own_does_not_refuse_for_ever() -> None:
    app = make_app(lambda: FRAME)
    app.register_error_handler(406, lambda _error: FRAME)
    assert app.test_client().get("/it", headers={"Accept": "image/png"}).status_code == 406


def test_an_error_s_table_is_sent_whatever_the_client_accepts() -> None:
    response = get((FRAME, 422), "image/png")
    assert (response.status_code, response.mimetype) == (422, "text/html")


@pytest.mark.parametrize(
    "returned",
    [
        (FRAME, 201, {"X-A": "1"}),
        (FRAME, "201 Made", [("X-A", "1")]),
        (FRAME, 201, {"X-A": "1", "Vary": "Cookie"}),
    ],
    ids=["dict", "list", "vary"],
)
def test_status_and_headers_of_a_tuple_are_kept(returned: Any) -> None:
    response = get(returned, "text/csv")
    assert (response.status_code, response.headers["X-A"]) == (201, "1")
    assert response.text == "city,n\nZürich,1.5\n<b>,\n"
    assert "Accept" in response.vary


def test_headers_alone_make_a_tuple_too() -> None:
    assert get((FRAME, {"X-A": "1"})).headers["X-A"] == "1"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("text/csv", "city,n\nZürich,1.5\n<b>,\n"),
        ("TEXT/CSV; charset=latin-1", "city,n\nZürich,1.5\n<b>,\n"),
    ],
)
def test_the_view_s_own_content_type_chooses_before_accept(given: str, text: str) -> None:
    response = get((FRAME, {"content-type": given}), "application/json")
    assert response.content_type == given
    assert response.data.decode("latin-1" if "latin" in given else "utf-8") == text
    assert "Vary" not in response.headers


def test_a_content_type_built_upon_json_has_json() -> None:
    response = get((FRAME, {"Content-Type": "application/vnd.cities+json"}))
    assert response.content_type == "application/vnd.cities+json"
    assert json.loads(response.text)[0] == {"city": "Zürich", "n": 1.5}


def test_a_content_type_that_an_object_has_not_is_an_error() -> None:
    with pytest.raises(
        TypeError,
        match=r"^The view gave the Content-Type 'image/png', and what it returned can be had as "
        r"text/html, application/json, text/csv\. Give one of these, or return a str or bytes\.$",
    ):
        get((FRAME, {"Content-Type": "image/png"}))


def test_head_has_the_headers_of_get_and_no_content() -> None:
    client = make_app(lambda: FRAME).test_client()
    asked = {"Accept": "text/csv"}
    head, full = client.head("/it", headers=asked), client.get("/it", headers=asked)
    assert head.data == b""
    assert head.headers == full.headers
    assert head.content_length == len(full.data)


def test_a_fragment_becomes_a_page_unless_a_script_asks() -> None:
    shown = Shown(html="<p>&auml;</p>")
    page = get(shown)
    assert page.text.startswith("<!doctype html>\n")
    assert '<meta charset="utf-8">' in page.text
    assert "<body>\n<p>&auml;</p>\n</body>" in page.text
    assert get(shown, **{"Sec-Fetch-Dest": "document"}).text == page.text
    assert get(shown, **{"Sec-Fetch-Dest": "empty"}).text == "<p>&auml;</p>"
    assert page.headers["Vary"] == "Accept, Sec-Fetch-Dest"


@pytest.mark.parametrize("html", ["<!DOCTYPE html><p>", "\n<html><p>"])
def test_a_whole_page_stays_as_it_is(html: str) -> None:
    assert get(Shown(html=html)).text == html


def test_the_page_s_title_is_the_path_escaped() -> None:
    app = Flask("app")
    app.add_url_rule("/<name>", view_func=lambda name: Shown(html="x"), endpoint="it")  # noqa: ARG005
    page = app.test_client().get("/%3Cb%3E").text
    assert "<title>/&lt;b&gt;</title>" in page


# What Flask accepts


class HtmlList(list[int]):
    def _repr_html_(self) -> str:
        return "<ol>"


class HtmlStream:
    def _repr_html_(self) -> str:
        return "<p>"

    def __iter__(self) -> HtmlStream:
        return self

    def __next__(self) -> str:
        raise StopIteration


class HtmlWsgi:
    def _repr_html_(self) -> str:
        return "<p>"

    def __call__(self, _environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/x-wsgi")])
        return [b"wsgi"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: "text",
        lambda: b"bytes",
        lambda: Markup("<b>bold</b>"),
        lambda: {"a": 1},
        lambda: [1, 2],
        lambda: HtmlList([1, 2]),
        HtmlStream,
        HtmlWsgi,
        lambda: iter(["a", "b"]),
        lambda: flask.Response("own", 201),
        lambda: ("text", 404, {"X-A": "1"}),
    ],
)
def test_what_flask_accepts_is_what_flask_makes_of_it(make: Callable[[], Any]) -> None:
    plain = flask.Flask("app")
    plain.add_url_rule("/it", view_func=make, endpoint="it")
    asked = {"Accept": "application/json"}
    expected = plain.test_client().get("/it", headers=asked)
    response = get(make(), "application/json")
    assert (response.status, response.headers, response.data) == (
        expected.status,
        expected.headers,
        expected.data,
    )


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (
            42,
            " A notebook cannot show a value of type 'int' either: it has no _repr_html_,"
            " _repr_mimebundle_ or the"
            " like. Return str(value) as text, or {'value': value} as JSON.",
        ),
        (
            {1, 2},
            " A notebook cannot show a value of type 'set' either: it has no _repr_html_,"
            " _repr_mimebundle_ or the"
            " like. Return list(value) as JSON.",
        ),
        (
            np.arange(3),
            " A notebook cannot show a value of type 'ndarray' either: it has no _repr_html_,"
            " _repr_mimebundle_ or the like. Return value.tolist() as JSON.",
        ),
        (
            object(),
            " A notebook cannot show a value of type 'object' either: it has no _repr_html_,"
            " _repr_mimebundle_"
            " or the like. Return str(value) as text, a dict as JSON, or give object a method"
            " _repr_html_.",
        ),
        (
            dict,
            " A notebook cannot show a value of type 'type' either: it has no _repr_html_,"
            " _repr_mimebundle_"
            " or the like. It is the class dict itself: return an instance.",
        ),
    ],
    ids=["int", "set", "array", "object", "class"],
)
@pytest.mark.parametrize("status", [None, 201])
def test_what_nothing_shows_is_flask_s_error_with_a_hint(
    value: Any, hint: str, status: int | None
) -> None:
    plain = flask.Flask("app")
    with plain.test_request_context(), pytest.raises(TypeError) as expected:
        plain.make_response(value)
    with pytest.raises(TypeError) as caught:
        get(value if status is None else (value, status))
    assert str(caught.value) == str(expected.value) + hint


@pytest.mark.parametrize("value", [None, (1, 2, 3, 4), {"a": {1}}, [{1}], (None, 404)], ids=repr)
def test_other_refusals_of_flask_s_are_its_own(value: Any) -> None:
    plain = flask.Flask("app")
    plain.add_url_rule("/it", view_func=lambda: value, endpoint="it")
    plain.testing = True
    with pytest.raises(TypeError) as expected:
        plain.test_client().get("/it")
    with pytest.raises(TypeError) as caught:
        get(value)
    assert str(caught.value) == str(expected.value)


def test_a_column_s_name_is_text_in_a_page() -> None:
    for frame in (pd.DataFrame({"<i>": [1]}), polars.DataFrame({"<i>": [1]})):
        page = get(frame).text
        assert ("<th>&lt;i&gt;</th>" in page, "<i>" in page) == (True, False)


def test_one_figure_is_drawn_at_a_time() -> None:
    locked: list[bool] = []

    class Watched(matplotlib.figure.Figure):
        def savefig(self, *args: Any, **options: Any) -> None:
            locked.append(rich_returns.drawing.locked())
            super().savefig(*args, **options)

    assert get(Watched()).status_code == 200
    assert (locked, rich_returns.drawing.locked()) == ([True], False)


def test_an_object_whose_lookup_fails_is_flask_s_refusal() -> None:
    class Settings:
        def __getattr__(self, name: str) -> Any:
            return {"a": 1}[name]

    with pytest.raises(TypeError, match="did not return a valid response"):
        get(Settings())


def test_an_error_of_the_object_s_own_is_an_ordinary_error_of_the_view() -> None:
    class Broken:
        def _repr_html_(self) -> str:
            raise LookupError("no rows")

    with pytest.raises(LookupError, match="no rows") as caught:
        get(Broken())
    assert caught.value.__context__ is None
    app = make_app(Broken)
    app.testing = False
    assert app.test_client().get("/it").status_code == 500


# Where views are


def test_each_kind_of_view_may_return_it() -> None:
    app = Flask("app")

    class Class(flask.views.View):
        def dispatch_request(self) -> Any:
            return FRAME

    async def coroutine() -> Any:
        return FRAME

    blueprint = Blueprint("part", "part", url_prefix="/part")
    blueprint.add_url_rule("/", view_func=lambda: FRAME, endpoint="index")
    app.register_blueprint(blueprint)
    app.add_url_rule("/class", view_func=Class.as_view("class"))
    app.add_url_rule("/async", view_func=coroutine, endpoint="async")
    app.add_url_rule("/made", view_func=lambda: flask.make_response(FRAME, 201), endpoint="made")
    app.register_error_handler(404, lambda _error: (FRAME, 404))
    app.before_request(lambda: FRAME if flask.request.path == "/before" else None)
    client = app.test_client()
    answers = {
        path: client.get(path, headers={"Accept": "text/csv"})
        for path in ("/part/", "/class", "/async", "/made", "/nowhere", "/before")
    }
    assert {path: each.status_code for path, each in answers.items()} == {
        "/part/": 200,
        "/class": 200,
        "/async": 200,
        "/made": 201,
        "/nowhere": 404,
        "/before": 200,
    }
    assert {each.text for each in answers.values()} == {"city,n\nZürich,1.5\n<b>,\n"}


# IPython's protocol


@pytest.mark.parametrize(
    ("value", "media_type", "content"),
    [
        (Shown(html="<p>"), "text/html", None),
        (Shown(svg="<svg/>"), "image/svg+xml", b"<svg/>"),
        (Shown(png=PNG), "image/png", PNG),
        (Shown(png=base64.b64encode(PNG).decode()), "image/png", PNG),
        (Shown(png=(PNG, {"width": 1})), "image/png", PNG),
        (Shown(jpeg=b"\xff\xd8"), "image/jpeg", b"\xff\xd8"),
        (Shown(pdf=b"%PDF"), "application/pdf", b"%PDF"),
        (Shown(json={"b": 1}), "application/json", b'{"b":1}\n'),
        (Shown(json=[1, {"a": 2}]), "application/json", b'[1,{"a":2}]\n'),
        (Shown(markdown="# ä"), "text/markdown", "# ä".encode()),
        (Shown(latex="$x$"), "text/latex", b"$x$"),
        (Shown(html=None, markdown="x"), "text/markdown", b"x"),
        (Shown(mimebundle={"image/png": base64.b64encode(PNG).decode()}), "image/png", PNG),
        (Shown(mimebundle=({"text/latex": "x"}, {"a": 1})), "text/latex", b"x"),
        (Shown(mimebundle={"text/plain": "x"}), "text/plain", b"x"),
        (Shown(mimebundle={"text/plain": "x", "text/markdown": "y"}), "text/markdown", b"y"),
        (Shown(mimebundle={"audio/wav": "AAE="}), "audio/wav", b"\0\1"),
        (Shown(mimebundle={"application/vnd.x+json": {"a": 1}}), "application/json", b'{"a":1}\n'),
        (Shown(mimebundle=None, latex="x"), "text/latex", b"x"),
        (Shown(mimebundle={"text/latex": "bundle"}, latex="method"), "text/latex", b"bundle"),
        (HTML("<p>"), "text/html", None),
        (Markdown("# x"), "text/markdown", b"# x"),
        (JSON({"a": 1}), "application/json", b'{"a":1}\n'),
        (SVG("<svg xmlns='x'/>"), "image/svg+xml", b'<svg xmlns="x"/>'),
        (Image(PNG), "image/png", PNG),
        (Image(PNG, width=5), "image/png", PNG),
    ],
)
def test_what_ipython_shows_is_sent(value: Any, media_type: str, content: bytes | None) -> None:
    response = get(value)
    assert response.mimetype == media_type
    assert content is None or response.data == content


def test_a_bundle_is_asked_for_all_and_gives_its_own_media_types() -> None:
    class Chart:
        def _repr_mimebundle_(self, include: Any, exclude: Any) -> dict[str, Any]:
            assert (include, exclude) == (None, None)
            return {"application/vnd.x.v1+json": {"a": 1}, "text/html": "<p>"}

    assert get(Chart()).mimetype == "text/html"
    assert get(Chart(), "application/json").json == {"a": 1}
    assert get(Chart(), "application/vnd.x.v1+json").mimetype == "application/vnd.x.v1+json"


@pytest.mark.parametrize(
    "value",
    [
        Shown(html=None),
        Shown(mimebundle=None),
        Shown(mimebundle={}),
        Shown,
        IntSlider(),
        type("Mock", (), {"__getattr__": lambda _self, _name: lambda **_: "<p>"})(),
    ],
    ids=["nothing", "no bundle", "empty bundle", "class", "widget", "any name"],
)
def test_what_shows_as_nothing_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="did not return a valid response"):
        get(value)


def test_a_method_that_is_not_implemented_counts_as_absent() -> None:
    class Abstract:
        def _repr_html_(self) -> str:
            raise NotImplementedError

        def _repr_latex_(self) -> str:
            return "x"

    assert get(Abstract()).mimetype == "text/latex"


def test_what_is_no_text_is_an_error_that_says_so() -> None:
    with pytest.raises(TypeError, match=r"^The object gave a int as text/html, no str or bytes\.$"):
        get(Shown(html=3))


def test_altair_s_chart_is_a_page_or_its_specification() -> None:
    chart = altair.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x")
    page = get(chart, CHROME)
    assert page.text.startswith("<!DOCTYPE html>")
    assert "vegaEmbed" in page.text
    specification = get(chart, "application/json").json
    assert specification is not None
    assert specification["mark"]["type"] == "point"


# Data frames


def test_a_table_is_escaped_and_whole() -> None:
    frame = pd.DataFrame({"text": ["<script>"] * 70 + ["x" * 300]})
    page = get(frame).text
    assert page.count("<td>&lt;script&gt;</td>") == 70
    assert "x" * 300 in page


def test_a_table_of_very_many_cells_says_what_it_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rich_returns, "MAX_TABLE_CELLS", 2400)
    frame = pd.DataFrame({"a": range(1201), "b": 0})
    page = get(frame).text
    assert page.count("<td>") == 2400
    assert "<p>The first 1,200 of 1,201 rows. CSV and JSON have them all.</p>" in page
    assert get(frame, "text/csv").text.count("\n") == 1202


def test_json_has_null_for_what_is_missing_and_dates_in_iso_8601() -> None:
    frame = pd.DataFrame(
        {
            "float": [0.1 + 0.2, float("nan"), float("inf")],
            "when": [pd.Timestamp("2024-01-02 03:04:05.123456"), pd.NaT, pd.Timestamp(0)],
            "zoned": [datetime(2024, 1, 1, tzinfo=UTC), None, None],
            "date": [date(2024, 1, 2), None, None],
            "int": pd.array([1, None, 2**53 + 1], dtype="Int64"),
            "bool": [np.True_, False, True],
            "lasts": [pd.Timedelta(seconds=90), pd.NaT, pd.NaT],
            "kind": pd.Categorical(["ä", None, "b"]),
            "any": [Decimal("1.50"), (1, np.float64("nan")), {"a": np.int64(1)}],
        }
    )
    assert rows(frame) == [
        {
            "float": 0.1 + 0.2,
            "when": "2024-01-02T03:04:05.123456",
            "zoned": "2024-01-01T00:00:00+00:00",
            "date": "2024-01-02",
            "int": 1,
            "bool": True,
            "lasts": "P0DT0H1M30S",
            "kind": "ä",
            "any": "1.50",
        },
        dict.fromkeys(frame.columns) | {"bool": False, "any": [1, None]},
        dict.fromkeys(frame.columns)
        | {
            "when": "1970-01-01T00:00:00",
            "int": 2**53 + 1,
            "bool": True,
            "kind": "b",
            "any": {"a": 1},
        },
    ]


NAMED = pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="key"))
LEVELS = pd.DataFrame(
    [[1, 2]],
    columns=pd.MultiIndex.from_tuples([("n", "mean"), ("n", "")]),
    index=pd.MultiIndex.from_tuples([("a", 1)], names=["key", None]),
)


@pytest.mark.parametrize(
    ("table", "records"),
    [
        (pd.DataFrame({"n": [1, 2]}), [{"n": 1}, {"n": 2}]),
        (pd.DataFrame({"n": [1, 2]}).iloc[1:], [{"n": 2}]),
        (NAMED, [{"key": "a", "n": 1}]),
        (pd.DataFrame({"n": [1]}, index=["a"]), [{"index": "a", "n": 1}]),
        (LEVELS, [{"key": "a", "level_1": 1, "n_mean": 1, "n": 2}]),
        (pd.DataFrame([[1, 2]], columns=["n", "n"]), [{"n": 1, "n.1": 2}]),
        (pd.DataFrame({"key": [1]}, index=NAMED.index), [{"key": "a", "key.1": 1}]),
        (pd.DataFrame([[1, 2]], columns=pd.Index([0, None], dtype=object)), [{"0": 1, "None": 2}]),
        (pd.DataFrame({pd.Timestamp("2024-01-02"): [1]}), [{"2024-01-02T00:00:00": 1}]),
        (pd.Series([1, 2]), [{"value": 1}, {"value": 2}]),
        (pd.Series(["a", "a"], name=0).value_counts(), [{"0": "a", "count": 2}]),
        (pd.Series({"columns": 1}), [{"index": "columns", "value": 1}]),
        (pd.DataFrame(), []),
        (pd.DataFrame({"n": []}), []),
    ],
)
def test_json_and_csv_have_the_same_rows_with_the_index_that_is_data(
    table: Any, records: list[dict[str, Any]]
) -> None:
    before = table.copy()
    assert rows(table) == records
    text = get(table, "text/csv").text
    read = list(csv.DictReader(io.StringIO(text)))
    assert read == [{key: str(value) for key, value in each.items()} for each in records]
    assert table.equals(before)
    assert table.axes[-1].equals(before.axes[-1])


def test_an_empty_table_has_the_columns_that_a_full_one_has() -> None:
    assert get(NAMED.iloc[:0], "text/csv").text == "key,n\n"
    assert get(pd.DataFrame(columns=["n"]), "text/csv").text == "n\n"


def test_an_empty_table_says_so() -> None:
    page = get(pd.DataFrame({"n": []})).text
    assert "<th>n</th>" in page
    assert "<p>No rows.</p>" in page


POLARS = polars.DataFrame(
    {"city": ["Zürich", "<b>"], "n": [1.5, None], "when": [date(2024, 1, 2), None]}
)


@pytest.mark.parametrize("table", [POLARS, POLARS.lazy()], ids=["eager", "lazy"])
def test_a_frame_of_polars_is_sent_like_one_of_pandas(table: Any) -> None:
    page = get(table).text
    assert "<th>city</th><th>n</th><th>when</th>" in page
    assert "<tr><td>&lt;b&gt;</td><td>null</td><td>null</td></tr>" in page
    assert rows(table) == [
        {"city": "Zürich", "n": 1.5, "when": "2024-01-02"},
        {"city": "<b>", "n": None, "when": None},
    ]
    assert get(table, "text/csv").text == "city,n,when\nZürich,1.5,2024-01-02\n<b>,,\n"


def test_a_frame_of_polars_is_whole() -> None:
    assert get(polars.DataFrame({"n": range(300)})).text.count("<td>") == 300
    assert rows(polars.Series("n", [1])) == [{"n": 1}]


# Figures and pictures


def draw() -> matplotlib.figure.Figure:
    """Make a figure without pyplot."""
    figure = matplotlib.figure.Figure()
    figure.subplots().plot([1, 2])
    return figure


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "image/svg+xml"),
        (CHROME, "image/svg+xml"),
        (CHROME_PICTURE, "image/svg+xml"),
        (FIREFOX_PICTURE, "image/svg+xml"),
        ("image/png", "image/png"),
        ("image/svg+xml;q=0.5, image/png", "image/png"),
        ("application/pdf", "application/pdf"),
    ],
)
def test_accept_chooses_how_a_figure_is_drawn(accept: str | None, media_type: str) -> None:
    response = get(draw(), accept)
    assert response.mimetype == media_type
    beginning = {"image/png": b"\x89PNG", "application/pdf": b"%PDF", "image/svg+xml": b"<?xml"}
    assert response.data.startswith(beginning[media_type])
    if media_type == "image/svg+xml":
        assert response.content_type == "image/svg+xml; charset=utf-8"
        assert ET.fromstring(response.data).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


@pytest.mark.parametrize("accept", ["image/svg+xml", "image/png", "application/pdf"])
def test_the_same_figure_is_the_same_bytes(accept: str) -> None:
    figure = draw()
    assert get(figure, accept).data == get(figure, accept).data


@pytest.mark.parametrize(
    "plot",
    [
        lambda: plt.gcf(),
        lambda: plt.gca(),
        lambda: plt.plot([1, 2]),
        lambda: plt.title("A title"),
        lambda: plt.bar([1, 2], [3, 4]),
        lambda: plt.bar([1, 2, 3], [3, 4, 5]),
        lambda: plt.hist([1, 2, 2]),
        lambda: plt.pie([1, 2]),
        lambda: plt.boxplot([1, 2, 2]),
        lambda: plt.subplots(2, 2),
        lambda: plt.gcf().subplots(2, 2),
        lambda: FRAME.plot(),
        lambda: FRAME.hist(),
        lambda: plt.figure().add_subfigure(GridSpec(1, 1)[0]).subplots(),
    ],
)
def test_what_pyplot_gives_is_the_figure_that_it_drew_on(plot: Callable[[], Any]) -> None:
    try:
        assert find_figure(plot()) is plt.gcf()
    finally:
        plt.close("all")


def test_a_figure_that_was_sent_is_closed() -> None:
    app = make_app(lambda: (plt.figure(), 201, {"X-A": "1"}))
    still_open: list[int] = []

    @app.after_request
    def look(response: flask.Response) -> flask.Response:
        still_open.extend(plt.get_fignums())
        return response

    response = app.test_client().get("/it")
    assert (response.status_code, response.mimetype) == (201, "image/svg+xml")
    assert still_open == []


@pytest.mark.parametrize("value", [np.array(5), np.zeros(0), (np.zeros(2), 200)])
def test_an_array_is_no_figure(value: Any) -> None:
    with pytest.raises(TypeError, match=r"Return value\.tolist\(\) as JSON\.$"):
        get(value)


def picture(mode: str = "RGBA") -> Pictures.Image:
    """Make a picture of two pixels, one of them transparent if it can be."""
    image = Pictures.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    return Pictures.new(mode, (2, 1)) if mode in ("F", "I;16") else image.convert(mode)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "image/png"),
        ("image/*", "image/png"),
        (FIREFOX, "image/png"),
        (FIREFOX_PICTURE, "image/png"),
        (CHROME_PICTURE, "image/webp"),
        ("image/jpeg", "image/jpeg"),
        ("image/webp", "image/webp"),
    ],
)
def test_a_picture_is_sent_in_the_format_that_is_asked_for(
    accept: str | None, media_type: str
) -> None:
    response = get(picture(), accept)
    assert response.content_type == media_type
    read = Pictures.open(io.BytesIO(response.data))
    assert read.get_format_mimetype() == media_type
    pixels = [read.convert("RGBA").getpixel((x, 0)) for x in range(2)]
    if media_type != "image/jpeg":
        assert pixels == [(255, 0, 0, 255), (0, 0, 0, 0)], "nothing is lost"


def test_what_is_transparent_is_white_in_a_jpeg() -> None:
    clear = Pictures.new("RGBA", (8, 8), (0, 0, 0, 0))
    read = Pictures.open(io.BytesIO(get(clear, "image/jpeg").data))
    assert read.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"]
)
@pytest.mark.parametrize("accept", ["image/png", "image/jpeg", "image/webp"])
def test_pictures_of_every_mode_can_be_sent(mode: str, accept: str) -> None:
    read = Pictures.open(io.BytesIO(get(picture(mode), accept).data))
    assert read.size == (2, 1)
