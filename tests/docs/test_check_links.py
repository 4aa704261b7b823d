"""Planted faults in a site, and in the repository's Markdown, are found; what is right is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tools.check_links import check_site
from tools.markdown_links import check_repository

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = """<!doctype html><h1 id="here">Here</h1>
<a href="#here">here</a> <a href="sub/other.html#there">there</a> <a href="#">top</a>
<a href="https://flask.palletsprojects.com/">Flask</a> <a href="mailto:a@example.org">post</a>
<link rel="stylesheet" href="style.css"><img src="data:image/png;base64,AAAA">
<svg xmlns="http://www.w3.org/2000/svg"></svg><script>ns = "http://www.w3.org/2000/svg"</script>
<pre>http://localhost:5000 is text</pre><iframe srcdoc="&lt;a href='/items'&gt;"></iframe>
"""

FAULTS = {
    '<a href="gone.html">': "gone.html leads to no file.",
    '<a href="../up.html">': "../up.html leads to no file.",
    '<a href="#gone">': "#gone leads to no anchor of its page.",
    '<a href="sub/other.html#gone">': "sub/other.html#gone leads to no anchor of its page.",
    '<a href="/sub/other.html">': "begins at the root of the host, where the site need not be.",
    '<a href="http://example.org/">': "http://example.org/ is not https.",
    '<a href="https://localhost:8888/">': "leads to the reader's own machine.",
    '<a href="https://127.0.0.1/">': "leads to the reader's own machine.",
    '<img src="gone.png">': "gone.png leads to no file.",
    '<img src="https://cdn.example/a.png">': "https://cdn.example/a.png comes from another host.",
    '<script src="//cdn.example/a.js">': "//cdn.example/a.js comes from another host.",
    '<link rel="stylesheet" href="https://cdn.example/a.css">': "comes from another host.",
    "<style>@import 'https://cdn.example/a.css';</style>": "comes from another host.",
    "<style>p { background: url(https://cdn.example/a.png) }</style>": "comes from another host.",
    '<script>load("https://cdn.example/vega.js")</script>': "comes from another host.",
    "<iframe srcdoc='&lt;script src=https://cdn.example/a.js>'>": "another host, in an output.",
}


def write_site(folder: Path, more: str = "") -> Path:
    (folder / "sub").mkdir()
    (folder / "index.html").write_text(RIGHT + more)
    (folder / "sub/other.html").write_text('<h1 id="there">There</h1><a href="../index.html">')
    (folder / "style.css").write_text("p { background: url(data:image/png;base64,AAAA) }")
    return folder


def test_a_site_whose_links_lead_somewhere_has_no_fault(tmp_path: Path) -> None:
    assert list(check_site(write_site(tmp_path))) == []


@pytest.mark.parametrize("planted", FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, planted: str) -> None:
    (fault,) = check_site(write_site(tmp_path, planted))
    assert fault.startswith("index.html: ")
    assert fault.endswith(FAULTS[planted])


def test_a_sheet_that_takes_a_font_from_elsewhere_is_found(tmp_path: Path) -> None:
    site = write_site(tmp_path)
    (site / "style.css").write_text("@font-face { src: url('https://cdn.example/a.woff2') }")
    assert list(check_site(site)) == [
        "style.css: https://cdn.example/a.woff2 comes from another host."
    ]


def test_links_of_markdown_and_of_notebooks_lead_to_files_and_headings(tmp_path: Path) -> None:
    for folder in ("docs", "notebooks/guide", "examples/a"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "examples/a/README.md").write_text("[here](../../docs/a.md) [conf](gone.conf)")
    (tmp_path / "README.md").write_text("# It\n[a](docs/a.md#what-it-is) ![b](docs/b.png)")
    (tmp_path / "docs/a.md").write_text(
        "# A\n## What `it` is\n[n](../notebooks/guide/n.ipynb#First-steps) [x](#gone) [](c.md)\n"
        "```\n[in code](gone.md)\n```\n"
    )
    source = (
        "# N\n## First steps\n[a](../../docs/a.md) [up](../../../gone) [web](https://a.example)"
    )
    cells = [
        {"cell_type": "markdown", "source": source},
        {"cell_type": "code", "source": "x = '[in code](gone.md)'"},
    ]
    (tmp_path / "notebooks/guide/n.ipynb").write_text(json.dumps({"cells": cells}))
    assert list(check_repository(tmp_path)) == [
        "README.md: docs/b.png leads to no file of the repository.",
        "docs/a.md: #gone leads to no heading of its file.",
        "docs/a.md: c.md leads to no file of the repository.",
        "examples/a/README.md: gone.conf leads to no file of the repository.",
        "notebooks/guide/n.ipynb: ../../../gone leads to no file of the repository.",
    ]
