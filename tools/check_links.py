"""Check the links of the site and of the repository's Markdown, without the network.

::

    python -m tools.check_links docs/_build/html

In the built site, and in what notebooks' outputs hold there: a link within the site leads to a file
and an anchor that are there; a page takes no script, style, font or picture from another host; a
link to another host is ``https`` and not to this machine. In the Markdown of the repository, and in
its notebooks: a relative link leads to a file, and to a heading, that are there.

Each fault is one line, ``page: what is wrong``, and the exit status is 1.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tools.markdown_links import check_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent

# What a browser fetches by itself when it shows the page.
_FETCHED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("use", "href"),
    ("image", "href"),
}
# Of <link>: "next", "canonical" and their like are not fetched.
_FETCHED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest"}
_THIS_MACHINE = re.compile(
    r"(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1\]?)", re.IGNORECASE
)
_OTHER_HOST = re.compile(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'`)]*", re.IGNORECASE)
# Names of XML's vocabularies, which nobody fetches.
_NAMES = re.compile(r"https?://www\.w3\.org/")
_CSS_URL = re.compile(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)", re.IGNORECASE)


@dataclass
class Page(HTMLParser):
    """What one page refers to, and the anchors that it has.

    :ivar links: What a reader may follow.
    :ivar fetched: What a browser fetches by itself.
    :ivar inner: The pages in frames, as text: apps' answers that a notebook shows.
    """

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    inner: list[str] = field(default_factory=list)
    _raw: str = ""

    def __post_init__(self) -> None:
        """Begin as the parser does."""
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to."""
        values = {name: value or "" for name, value in attrs}
        self._raw = tag if tag in ("script", "style") and "src" not in values else ""
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if "srcdoc" in values:
            self.inner.append(values["srcdoc"])
        self.fetched += self._fetched_by(tag, values)
        self.fetched += _CSS_URL.findall(values.get("style", ""))

    def handle_endtag(self, _tag: str) -> None:
        """Leave a script or a style."""
        self._raw = ""

    def handle_data(self, data: str) -> None:
        """Note what a style or a script in the page refers to."""
        if self._raw == "style":
            self.fetched += _CSS_URL.findall(data)
        elif self._raw == "script":
            self.fetched += [url for url in _OTHER_HOST.findall(data) if not _NAMES.match(url)]

    @staticmethod
    def _fetched_by(tag: str, values: dict[str, str]) -> Iterator[str]:
        if tag == "link" and not _FETCHED_LINKS & set(values.get("rel", "").lower().split()):
            return
        for name, value in values.items():
            if (tag, name.removeprefix("xlink:")) not in _FETCHED:
                continue
            if name == "srcset":
                yield from (each.split()[0] for each in value.split(", ") if each.split())
            else:
                yield value


@cache
def read_page(path: Path) -> Page:
    """Give a page of the site, read once."""
    return parse_page(path.read_text("utf-8"))


def parse_page(text: str) -> Page:
    """Give what a page refers to."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def check_site(site: Path) -> Iterator[str]:
    """Give the faults of a built site."""
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site)
        page = read_page(path)
        yield from (f"{name}: {fault}" for fault in _check_page(page, path, site))
    for path in sorted(site.rglob("*.css")):
        for url in _CSS_URL.findall(path.read_text("utf-8")):
            if is_foreign(url):
                yield f"{path.relative_to(site)}: {url} comes from another host."


def _check_page(page: Page, path: Path, site: Path) -> Iterator[str]:
    for url in page.links:
        yield from check_foreign_link(url) if is_foreign(url) else _check_own(url, path, site)
    for url in page.fetched:
        if is_foreign(url):
            yield f"{url} comes from another host."
        else:
            yield from _check_own(url, path, site)
    # Links of an app's page are the app's; what the page takes from elsewhere would be ours.
    for text in page.inner:
        for url in parse_page(text).fetched:
            if is_foreign(url):
                yield f"{url} comes from another host, in an output."


def is_foreign(url: str) -> bool:
    """Whether a URL leaves the site."""
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme not in ("", "data", "blob", "about")


def check_foreign_link(url: str) -> Iterator[str]:
    """Give what is wrong with the form of a link to elsewhere; nothing is fetched."""
    parts = urlsplit(url)
    if parts.scheme == "mailto":
        return
    if parts.scheme != "https":
        yield f"{url} is not https."
    elif _THIS_MACHINE.fullmatch(parts.hostname or ""):
        yield f"{url} leads to the reader's own machine."


def _check_own(url: str, path: Path, site: Path) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme:
        return
    if parts.path.startswith("/"):
        yield f"{url} begins at the root of the host, where the site need not be."
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        yield f"{url} leads to no file."
    elif target.suffix == ".html" and not _has_anchor(target, unquote(parts.fragment)):
        yield f"{url} leads to no anchor of its page."


def _has_anchor(path: Path, anchor: str) -> bool:
    # "#" and "#top" are the top of any page, in HTML's own words.
    return anchor in ("", "top") or anchor in read_page(path).anchors


def main(site: Path) -> None:
    """Print the faults of the site and of the repository.

    :raises SystemExit: There is a fault, or no site.
    """
    if not (site / "index.html").is_file():
        raise SystemExit(f"{site} holds no index.html. Build the site: make docs")
    site = site.resolve()
    faults = [*check_site(site), *check_repository(ROOT)]
    for fault in faults:
        print(fault)
    if faults:
        raise SystemExit(1)
    print(f"The links of {sum(1 for _ in site.rglob('*.html'))} pages lead somewhere.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
