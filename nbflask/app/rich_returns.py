"""Views may return what a notebook can show: tables, figures, what has ``_repr_html_``.

Rule 1: whatever Flask accepts is Flask's. Only what it would refuse is looked at.

Rule 2: an object is offered in several media types, and the request's ``Accept`` chooses
(RFC 9110 section 12.5.1); a ``Content-Type`` that the view gives chooses before it.

Rule 3: no library is imported to look at an object. If it is a data frame, pandas is there.

HTML that an object gives is the view's own and is sent as it is, just as a notebook shows it.
"""

from __future__ import annotations

import base64
import io
import json
import math
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_options_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Formats = dict[str, Callable[[], Any]]
    """How to write an object in each media type, the server's favourite first."""

# A page of this many cells has 3 MB or so, and nobody reads on; CSV and JSON are whole.
MAX_TABLE_CELLS = 100_000

REPRS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/pdf": "_repr_pdf_",
    "application/json": "_repr_json_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "text/javascript": "_repr_javascript_",
}
BINARY_TYPES = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/octet-stream",
)
# What Flask makes a response of; where it fails, the fault is inside.
FLASK_TYPES = (str, bytes, bytearray, dict, list, Iterator, Response, type(None))

PAGE = """\
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
STYLE = """\
:root { color-scheme: light dark; }
body { margin: 1.5rem; font: 0.9375rem/1.5 system-ui, sans-serif; }
table.dataframe { border-collapse: collapse; font-variant-numeric: tabular-nums; }
table.dataframe { width: max-content; }
table.dataframe :is(th, td) { padding: 0.3rem 0.75rem; text-align: right; vertical-align: top; }
table.dataframe td { max-width: 30rem; overflow-wrap: anywhere; }
table.dataframe thead { position: sticky; top: 0; background: Canvas; }
table.dataframe thead tr:last-child th { box-shadow: inset 0 -1px GrayText; }
table.dataframe tbody tr:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
"""


def make_rich_response(returned: Any, refusal: TypeError) -> Response:
    """Give the response for what a view returned and Flask refused.

    :raises TypeError: Flask's refusal, with a hint. No notebook could show it either.
    """
    body, status, headers = split_return(returned)
    formats = find_formats(body)
    if not formats:
        refusal.args = (f"{refusal}{explain(body)}",)
        raise refusal
    given = Headers(headers).get("Content-Type")
    if given is not None:
        return respond(*write_given(formats, given), status, headers)
    media_type, content = write_best(formats, is_error=is_error_status(status))
    if content is None and formats:
        return refuse(formats)
    if content is None:
        raise refusal
    response = respond(media_type, content, status, headers)
    response.vary.update(("Accept", "Sec-Fetch-Dest") if media_type == "text/html" else ("Accept",))
    return response


def respond(media_type: str, content: bytes, status: Any, headers: Any) -> Response:
    """Give the response, with the status and headers of the view."""
    response = current_app.response_class(content, mimetype=media_type)
    return current_app.make_response((response, status, headers))


def explain(body: Any) -> str:
    """Say which object Flask refused, and what to return in its place."""
    if isinstance(body, (*FLASK_TYPES, tuple)):
        return ""  # It was something in it.
    kind = type(body).__name__
    return (
        f" A notebook cannot show a value of type {kind!r} either: it has no _repr_html_,"
        " _repr_mimebundle_ or the like."
        f" {find_remedy(body)}"
    )


def find_remedy(body: Any) -> str:
    """Say what to write in place of an object that nothing shows."""
    kind = type(body).__name__
    if isinstance(body, type):
        return f"It is the class {body.__name__} itself: return an instance."
    if isinstance(body, (bool, int, float, complex)):
        return "Return str(value) as text, or {'value': value} as JSON."
    if find_method(body, "tolist") is not None:
        return "Return value.tolist() as JSON."
    if isinstance(body, (set, frozenset, range)):
        return "Return list(value) as JSON."
    return f"Return str(value) as text, a dict as JSON, or give {kind} a method _repr_html_."


def split_return(returned: Any) -> tuple[Any, Any, Any]:
    """Split what a view returned into body, status and headers, as Flask does."""
    if not isinstance(returned, tuple) or find_figure(returned) is not None:
        return returned, None, None
    match returned:
        case (body, (Headers() | dict() | tuple() | list()) as headers):
            return body, None, headers
        case (body, status):
            return body, status, None
        case (body, status, headers):
            return body, status, headers
    return returned, None, None


def is_error_status(status: Any) -> bool:
    """Whether a status that a view gave, such as ``404`` or ``"404 Not Found"``, is an error's."""
    return status is not None and str(int(status) if isinstance(status, int) else status) >= "4"


# Negotiation


def write_best(formats: Formats, *, is_error: bool) -> tuple[str, Any]:
    """Write an object in the media type that suits the request best; ``None`` if none does.

    A format that gives ``None`` is not there. It leaves the table, and the next one is tried.

    :param is_error: Whether the response tells of an error, which no ``Accept`` should hide.
    """
    while formats:
        media_type = best_match(formats) or (next(iter(formats)) if is_error else None)
        if media_type is None:
            break
        content = formats[media_type]()
        if content is not None:
            return media_type, to_content(content, media_type)
        del formats[media_type]
    return "", None


def write_given(formats: Formats, given: str) -> tuple[str, bytes]:
    """Write an object in the media type that the view has given.

    :raises TypeError: The object cannot be had in it.
    """
    media_type, options = parse_options_header(given.lower())
    is_other_json = media_type.endswith("+json") and media_type not in formats
    write = formats.get("application/json" if is_other_json else media_type)
    content = None if write is None else write()
    if content is None:
        raise TypeError(
            f"The view gave the Content-Type {given!r}, and what it returned can be had as"
            f" {', '.join(formats)}. Give one of these, or return a str or bytes."
        )
    return media_type, to_content(content, media_type, options.get("charset", "utf-8"))


def best_match(media_types: Iterable[str]) -> str | None:
    """Give the media type that the request likes best; ours for a request that has no wishes."""
    accept = request.accept_mimetypes
    if not accept:
        return next(iter(media_types))
    # "application/json; charset=utf-8" asks for JSON; ours have no parameters to compare.
    ranges = MIMEAccept([(name.partition(";")[0].strip(), quality) for name, quality in accept])
    return ranges.best_match(media_types)


def refuse(formats: Formats) -> Response:
    """Answer that there is nothing in a media type that the request accepts, and what there is."""
    error = NotAcceptable(f"This can be had as {', '.join(formats)}.")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    handler = app._find_error_handler(error, request.blueprints)
    answer = app.ensure_sync(handler)(error) if handler else error
    if find_formats(split_return(answer)[0]):
        answer = error  # It would be refused as well.
    response = app.make_response(answer)
    response.vary.add("Accept")
    return response  # type: ignore[no-any-return]


def to_content(content: Any, media_type: str, charset: str = "utf-8") -> bytes:
    """Give what an object wrote as a response's content: Jupyter has bytes in base64."""
    if media_type.endswith("json") and not isinstance(content, (str, bytes)):
        content = current_app.json.response(content).data  # type: ignore[attr-defined]
    if isinstance(content, str):
        if media_type.startswith(BINARY_TYPES) and not media_type.endswith("xml"):
            return base64.b64decode(content)
        if media_type == "text/html":
            content = to_page(content)
        return str(content).encode(charset)
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise TypeError(f"The object gave a {type(content).__name__} as {media_type}, no str or bytes.")


def to_page(html: str) -> str:
    """Make a page of a fragment, unless a script asked: that puts it into a page of its own."""
    is_page = html.lstrip()[:9].lower().startswith(("<!doctype", "<html"))
    if is_page or request.headers.get("Sec-Fetch-Dest") == "empty":
        return html
    return PAGE.format(title=escape(request.path), style=STYLE, body=html)


# What objects offer


def find_formats(value: Any) -> Formats:
    """Give the media types that an object can be had in; none for what a notebook cannot show."""
    figure = find_figure(value)
    if figure is not None:
        return figure_formats(figure)
    if isinstance(value, (*FLASK_TYPES, type)):
        return {}
    if is_a(value, "pandas", "DataFrame", "Series"):
        return pandas_formats(value)
    if is_a(value, "polars", "DataFrame", "LazyFrame", "Series"):
        return polars_formats(value)
    if is_a(value, "PIL.Image", "Image"):
        return picture_formats(value)
    if is_a(value, "altair", "TopLevelMixin"):
        return {"text/html": value.to_html, "application/json": value.to_dict}
    return repr_formats(value)


def is_a(value: Any, module: str, *names: str) -> bool:
    """Whether an object is of one of a library's classes, if the library was imported at all."""
    classes = (getattr(sys.modules.get(module), name, None) for name in names)
    return any(isinstance(value, each) for each in classes if each is not None)


def repr_formats(value: Any) -> Formats:
    """Give what an object offers by IPython's protocol: ``_repr_html_`` and its like."""
    if find_method(value, "_ipython_canary_method_should_not_exist_") is not None:
        return {}  # It has a method of any name.
    formats = {
        media_type: write_with(method)
        for media_type, name in REPRS.items()
        if (method := find_method(value, name)) is not None
    }
    bundle = read_bundle(value)
    formats |= {media_type: keep(content) for media_type, content in bundle.items()}
    for media_type in bundle:
        if media_type.endswith("+json"):
            formats.setdefault("application/json", formats[media_type])
    order = [*REPRS, *(each for each in formats if each != "text/plain"), "text/plain"]
    return {media_type: formats[media_type] for media_type in order if media_type in formats}


def read_bundle(value: Any) -> dict[str, Any]:
    """Give what ``_repr_mimebundle_`` gives, without what only a notebook understands."""
    method = find_method(value, "_repr_mimebundle_")
    bundle = None if method is None else write_with(method)(include=None, exclude=None)
    found = {name: content for name, content in (bundle or {}).items() if content is not None}
    own = {name: content for name, content in found.items() if "/vnd.jupyter." not in name}
    if len(own) < len(found):
        own.pop("text/plain", None)  # It stands in for a widget.
    return own


def find_method(value: Any, name: str) -> Callable[..., Any] | None:
    """Give an object's method of a name, if it has it."""
    try:
        method = getattr(value, name, None)
    except Exception:  # noqa: BLE001  # as in IPython: a __getattr__ may raise what it likes
        return None
    return method if callable(method) else None


def write_with(method: Callable[..., Any]) -> Callable[..., Any]:
    """Call a method of IPython's protocol, whose metadata is of no use in a response."""

    def write(**options: Any) -> Any:
        try:
            content = method(**options)
        except NotImplementedError:
            return None
        has_metadata = isinstance(content, tuple) and len(content) == 2
        return content[0] if has_metadata else content

    return write


def keep(content: Any) -> Callable[[], Any]:
    """Give a content that is there already."""
    return lambda: content


# Data frames


def pandas_formats(table: Any) -> Formats:
    """Offer a DataFrame or a Series, which is a table of one column."""
    frame = table
    if table.ndim == 1:
        frame = table.to_frame("value" if table.name is None else table.name)
    return {
        "text/html": lambda: write_pandas_html(frame),
        "application/json": lambda: write_pandas_json(frame),
        "text/csv": lambda: flatten(frame).to_csv(index=False, lineterminator="\n"),
    }


def write_pandas_html(frame: Any) -> str:
    """Write a table as pandas does, without the limits of a notebook's output."""
    rows = max(1, MAX_TABLE_CELLS // max(1, len(frame.columns)))
    html: str = frame.head(rows).to_html(index=has_labels(frame), border=0)
    return html + describe_rows(len(frame), rows)


def write_pandas_json(frame: Any) -> str:
    """Write a list of objects, one a row; what is missing is ``null``."""
    flat = flatten(frame)
    columns = [flat.iloc[:, place] for place in range(len(flat.columns))]
    values = [
        [
            None if is_null else value
            for value, is_null in zip(each.tolist(), each.isna(), strict=True)
        ]
        for each in columns
    ]
    return write_rows(list(flat.columns), zip(*values, strict=True))


def has_labels(frame: Any) -> bool:
    """Whether the index is a part of the data: without a name, integers only number the rows."""
    index = frame.index
    if index.nlevels > 1 or index.name is not None:
        return True
    return len(index) > 0 and index.dtype.kind not in "iu"


def flatten(frame: Any) -> Any:
    """Make a table with the index as columns, and with names that are text and differ."""
    flat = frame.copy(deep=False)
    names = [to_name(each) for each in flat.columns]
    flat.columns = range(len(names))
    if has_labels(frame):
        index = frame.index
        stand_in = "index" if index.nlevels == 1 else "level_{}"
        for level in reversed(range(index.nlevels)):
            flat.insert(0, f"level {level}", index.get_level_values(level))
            name = index.names[level]
            names.insert(0, stand_in.format(level) if name is None else to_name(name))
    flat.columns = make_unique(names)
    return flat


def to_name(label: Any) -> str:
    """Write a column's label; one of several levels, ``("price", "mean")``, as ``price_mean``."""
    if isinstance(label, tuple):
        return "_".join(filter(None, map(to_name, label)))
    return label.isoformat() if hasattr(label, "isoformat") else str(label)


def make_unique(names: list[str]) -> list[str]:
    """Give each name once: those that come again get numbers, as in pandas: ``a``, ``a.1``."""
    unique: dict[str, None] = {}
    for name in names:
        candidates = (name, *(f"{name}.{number}" for number in range(1, len(names) + 1)))
        unique[next(each for each in candidates if each not in unique)] = None
    return list(unique)


def write_rows(names: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write rows as JSON, one a line."""
    records = (dict(zip(names, map(to_json, row), strict=True)) for row in rows)
    lines = (json.dumps(record, default=str, separators=(",", ":")) for record in records)
    return "[" + ",\n".join(lines) + "]\n"


def to_json(value: Any) -> Any:
    """Give a value that JSON knows: dates in ISO 8601, ``null`` for what is no number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(each) for each in value]
    if hasattr(value, "tolist"):
        return to_json(value.tolist())  # NumPy's numbers and arrays.
    return value.isoformat() if hasattr(value, "isoformat") else value


def polars_formats(table: Any) -> Formats:
    """Offer a frame of polars, lazy or not, or a series."""
    frame = table.to_frame() if hasattr(table, "to_frame") else table.lazy().collect()
    return {
        "text/html": lambda: write_html_table(frame.columns, frame.rows()),
        "application/json": lambda: write_rows(frame.columns, frame.iter_rows()),
        "text/csv": frame.write_csv,
    }


def write_html_table(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Write a table of which the library writes only the beginning."""
    limit = max(1, MAX_TABLE_CELLS // max(1, len(names)))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(to_text(value))}</td>" for value in row) + "</tr>"
        for row in rows[:limit]
    )
    table = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    return f'<table class="dataframe">\n{table}\n</table>' + describe_rows(len(rows), limit)


def to_text(value: Any) -> str:
    """Write a value as polars does in a table."""
    return "null" if value is None else str(value)


def describe_rows(count: int, limit: int) -> str:
    """Say what a table does not show."""
    if count == 0:
        return "\n<p>No rows.</p>"
    if count <= limit:
        return ""
    return f"\n<p>The first {limit:,} of {count:,} rows. CSV and JSON have them all.</p>"


# Figures and pictures

# Matplotlib draws with state that all threads share: its settings, and the parser of formulas.
drawing = threading.Lock()
ARRAYS = ("numpy", "ndarray")
# A list may hold itself; what pyplot gives is at most an array of lists of bars.
MAX_NESTING = 8
DRAWN = ("matplotlib.container", "Container", "PieContainer")


def find_figure(value: Any) -> Any:
    """Give the Matplotlib figure that an object is, or that pyplot's answer belongs to.

    ``plt.plot()`` gives a list of lines, ``plt.hist()`` a tuple with bars, ``plt.subplots()`` the
    figure and its axes. A tuple with a status or headers has none of these behind its first item.
    """
    if "matplotlib.figure" not in sys.modules:
        return None
    if isinstance(value, tuple) and not is_a(value, *DRAWN):
        return next(filter(None, map(find_figure, value[1:])), None)
    for _ in range(MAX_NESTING):
        if not (
            isinstance(value, (list, tuple, dict)) or is_a(value, *ARRAYS) or is_a(value, *DRAWN)
        ):
            break
        items = value.values() if isinstance(value, dict) else getattr(value, "flat", value)
        value = next(iter(items), None)
    is_drawn = is_a(value, "matplotlib.artist", "Artist") or is_a(value, "seaborn.axisgrid", "Grid")
    figure: Any = getattr(value, "figure", None) if is_drawn else None
    while is_a(figure, "matplotlib.figure", "SubFigure"):
        figure = figure.figure
    return figure


def figure_formats(figure: Any) -> Formats:
    """Offer a figure; SVG is sharp on any screen."""
    return {
        "image/svg+xml": lambda: draw(figure, "svg", metadata={"Date": None}),
        "image/png": lambda: draw(figure, "png"),
        "application/pdf": lambda: draw(figure, "pdf", metadata={"CreationDate": None}),
    }


def draw(figure: Any, name: str, **options: Any) -> bytes:
    """Draw a figure as a notebook does, and take it off pyplot's list."""
    file = io.BytesIO()
    settings = sys.modules["matplotlib"].rcParams
    with drawing:
        # Without salt each SVG has other ids; with it, the same figure is the same bytes.
        salt = settings["svg.hashsalt"]
        settings["svg.hashsalt"] = salt or "figure"
        try:
            figure.savefig(file, format=name, bbox_inches="tight", **options)
        finally:
            settings["svg.hashsalt"] = salt
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    return file.getvalue()


def picture_formats(picture: Any) -> Formats:
    """Offer a picture of Pillow, in what this build of it can write."""
    names = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
    image_module = sys.modules["PIL.Image"]
    image_module.init()
    return {
        media_type: partial(write_picture, picture, name)
        for media_type, name in names.items()
        if name in image_module.SAVE
    }


def write_picture(picture: Any, name: str) -> bytes:
    """Write a picture in a format, in colours that it knows."""
    file = io.BytesIO()
    if name == "JPEG":
        picture = flatten_colours(picture)
    elif picture.mode not in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"):
        picture = picture.convert("I;16" if picture.mode == "I" else "RGB")
    picture.save(file, name, **({"lossless": True} if name == "WEBP" else {}))
    return file.getvalue()


def flatten_colours(picture: Any) -> Any:
    """Give a picture without transparency, on white."""
    if picture.mode in ("L", "RGB"):
        return picture
    coloured = picture.convert("RGBA")
    white = sys.modules["PIL.Image"].new("RGBA", coloured.size, "white")
    white.alpha_composite(coloured)
    return white.convert("RGB")
