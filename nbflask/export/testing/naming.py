"""Names of tests that read as sentences: what was asked, and how it ended."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nbflask.values.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbflask.values.request_spec import RequestSpec

    from .answers import Answer

_ENDS = {
    201: "is_created",
    202: "is_accepted",
    204: "gives_no_content",
    304: "is_not_modified",
    400: "is_a_bad_request",
    401: "needs_authentication",
    403: "is_forbidden",
    404: "is_not_found",
    405: "is_not_allowed",
    406: "is_not_acceptable",
    409: "is_a_conflict",
    410: "is_gone",
    412: "fails_a_precondition",
    413: "is_too_large",
    415: "has_the_wrong_media_type",
    422: "cannot_be_processed",
    429: "is_too_many",
    503: "is_unavailable",
}
# Longer names are no longer read.
_MAX_CHARS = 60


def name_request(spec: RequestSpec, answer: Answer | None) -> Iterator[str]:
    """Give names for a test of one request, such as ``get_pages_seven_is_not_found``.

    A second one of the path is told by what it asks with.
    """
    target = urlsplit(spec.target)
    path = slug(unquote(target.path)) or "start_page"
    end = f"_{told}" if (told := _end(answer)) else ""
    yield _cut(f"{spec.method.lower()}_{path}{end}")
    if query := slug(unquote(target.query)):
        yield _cut(f"{spec.method.lower()}_{path}_{query}{end}")
    for name, value in spec.headers:
        if not is_secret_name(name) and name.lower() != "content-type":
            yield _cut(f"{spec.method.lower()}_{path}_with_{slug(f'{name} {value}')}")
    if fields := slug(_content(spec)):
        yield _cut(f"{spec.method.lower()}_{path}_with_{fields}")


def name_flow(headings: Iterable[str], paths: Iterable[str]) -> Iterator[str]:
    """Give names for a test of several requests: after its section, or what is asked for.

    :param headings: Those of the sections that it stands in.
    """
    sections = tuple(dict.fromkeys(map(slug, headings)))
    if len(sections) == 1 and sections[0]:
        yield _cut(sections[0])
    targets = [unquote(urlsplit(each).path).strip("/") for each in paths]
    whole = tuple(dict.fromkeys(slug(each) or "start_page" for each in targets))
    if len(whole) > 1:
        yield _enumerate(slug(each.partition("/")[0]) or "start_page" for each in targets)
    yield _cut("_then_".join(whole) or "app")


def _enumerate(words: Iterable[str]) -> str:
    """Join words as a sentence does: ``notes_archive_and_api``."""
    *first, last = dict.fromkeys(words)
    if not first:
        return _cut(last)
    name = f"{'_'.join(first)}_and_{last}"
    return name if len(name) <= _MAX_CHARS else f"{_cut('_'.join(first))}_and_more"


def _content(spec: RequestSpec) -> str:
    try:
        return spec.content.decode()
    except UnicodeDecodeError:
        return ""


def slug(text: str) -> str:
    """Write a text as a part of a name; ``""`` where nothing of it can be written."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"^\d+\.\s+", "", plain.strip())
    plain = re.sub(r"'s\b", "", plain)
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def unique(names: Iterable[str], taken: set[str]) -> str:
    """Give a name that no test of the file has, the first of several if it is free; and take it."""
    candidates = [f"{each}_" if keyword.iskeyword(each) else each for each in names]
    candidates += [f"{candidates[0]}_{number}" for number in range(2, len(taken) + 3)]
    chosen = next(each for each in candidates if each not in taken)
    taken.add(chosen)
    return chosen


def _end(answer: Answer | None) -> str:
    """Say how a request ended; ``""`` where it went as requests do."""
    if answer is None:
        return ""
    if answer.raised:
        return "fails"
    if 300 <= answer.status < 400 and "location" in answer.headers:
        target = slug(urlsplit(answer.headers["location"]).path) or "start_page"
        return f"redirects_to_{target}"
    if answer.status in _ENDS:
        return _ENDS[answer.status]
    return "" if answer.status < 400 else f"answers_{answer.status}"


def _cut(name: str) -> str:
    if len(name) <= _MAX_CHARS:
        return name
    return name[: _MAX_CHARS + 1].rpartition("_")[0]
