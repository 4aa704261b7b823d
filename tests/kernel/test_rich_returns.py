"""Rich returns in a real kernel, served and by magics; figures are shown below their own cells.

A kernel shows all of pyplot's open figures when a cell ends, and closes them.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.kernel.kernel import Execution, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = """
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer
from nbflask.server.output import CellOutput

server = AppServer(app, address=TcpAddress(), output=CellOutput(get_ipython()))
server.start()
print(server.address.port)
"""

# The views import pyplot, so that a request is the first to do so.
VIEWS = """
import threading, warnings
entered, go_on = threading.Event(), threading.Event()
# "More than 20 figures have been opened" would be an error page.
warnings.simplefilter("error", RuntimeWarning)

@app.get("/plot")
def plot():
    import matplotlib.pyplot as plt
    plt.figure()
    return plt.plot([1, 2])

@app.get("/forgotten")
def forgotten():
    import matplotlib.pyplot as plt
    for _ in range(15):
        plt.figure()
    return plt.get_fignums()

@app.get("/failed")
def failed():
    import matplotlib.pyplot as plt
    plt.figure()
    raise ValueError("after a figure")

@app.get("/slow")
def slow():
    import matplotlib.pyplot as plt
    figure = plt.figure()
    entered.set()
    go_on.wait(30)
    return "the same" if plt.gcf() is figure else "another"

@app.get("/nested")
def nested():
    import matplotlib.pyplot as plt
    figure = plt.figure()
    app.test_client().get("/plot")
    return "the same" if plt.gcf() is figure else "another"

@app.get("/stream")
def stream():
    def frames():
        import matplotlib.pyplot as plt
        plt.figure()
        yield "drawn"
    return frames()

@app.get("/async")
async def async_view():
    import matplotlib.pyplot as plt
    plt.figure()
    return plt.plot([1, 2])

@app.get("/without_pyplot")
def without_pyplot():
    from matplotlib.figure import Figure
    figure = Figure()
    figure.subplots().plot([1, 2])
    return figure

@app.get("/alive")
def alive():
    import gc
    from matplotlib.figure import Figure
    gc.collect()
    return [type(each).__name__ for each in gc.get_objects() if isinstance(each, Figure)]

@app.get("/of_the_cell")
def of_the_cell():
    return figure_of_the_cell
"""


@dataclass
class Site:
    """A kernel that serves the views."""

    kernel: Kernel
    port: int

    def get(self, path: str, accept: str = "*/*") -> tuple[int, str]:
        """Request a page, and give its status and content."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Accept", accept)
        try:
            with urllib.request.urlopen(request, timeout=60) as page:  # noqa: S310
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""

    def run(self, source: str) -> Execution:
        """Run a cell that ends well."""
        execution = self.kernel.execute(source)
        assert execution.error is None, execution.error
        return execution


def figures(execution: Execution) -> int:
    """Count the figures below a cell."""
    return sum(text.startswith("<Figure") for text in execution.texts)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Kernel() as kernel:
        for source in ("%load_ext nbflask", VIEWS):
            assert kernel.execute(source).error is None
        running = Site(kernel, int(kernel.execute(SERVER).stdout))
        yield running
        running.run("server.stop()")


def test_a_request_that_is_the_first_to_import_pyplot_leaves_no_figure(site: Site) -> None:
    assert site.run("import sys; print('matplotlib' in sys.modules)").stdout == "False\n"
    assert site.get("/plot")[1].startswith("<?xml")
    cell = site.run(
        "from matplotlib_inline import backend_inline\n"
        "import matplotlib.pyplot as plt\n"
        "print(plt.get_fignums(), backend_inline.show._to_draw)"
    )
    assert (cell.stdout, figures(cell)) == ("[] []\n", 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plot", 200),
        ("/forgotten", 200),
        ("/failed", 500),
        ("/stream", 200),
        ("/async", 200),
        ("/without_pyplot", 200),
    ],
)
def test_a_cell_shows_its_own_figure_and_none_of_a_view(site: Site, path: str, status: int) -> None:
    assert [site.get(path)[0] for _ in range(2)] == [status, status]
    cell = site.run("plt.figure(); print(plt.get_fignums(), len(backend_inline.show._to_draw))")
    assert (cell.stdout, figures(cell)) == ("[1] 1\n", 1)


def test_figures_go_with_their_requests_though_these_are_recorded(site: Site) -> None:
    # What failed before may be kept, with its frames, to be debugged.
    before = site.get("/alive")
    for path in ("/plot", "/forgotten", "/stream", "/async"):
        assert site.get(path)[0] == 200
    assert site.get("/alive") == before


def test_a_cell_that_ends_meanwhile_neither_shows_nor_closes_a_view_s_figure(site: Site) -> None:
    answers: list[tuple[int, str]] = []
    site.run("entered.clear(); go_on.clear()")
    threads = [threading.Thread(target=lambda: answers.append(site.get("/slow"))) for _ in range(2)]
    for each in threads:
        each.start()
    cell = site.run("entered.wait(30); plt.figure(); print(plt.get_fignums())")
    assert (cell.stdout, figures(cell)) == ("[1]\n", 1)
    site.run("go_on.set()")
    for each in threads:
        each.join(60)
    assert answers == [(200, "the same")] * 2


@pytest.mark.parametrize("path", ["/plot", "/forgotten", "/failed", "/async", "/of_the_cell"])
def test_a_cell_that_sends_a_request_keeps_its_own_figure(site: Site, path: str) -> None:
    cell = site.run(
        "figure_of_the_cell = plt.figure()\n"
        f"get_ipython().run_line_magic('flask_get', '{path}')\n"
        "print(plt.get_fignums(), plt.gcf() is figure_of_the_cell)"
    )
    assert (cell.stdout, figures(cell)) == ("[1] True\n", 1)


def test_a_cells_thread_that_sends_a_request_draws_for_the_cell_afterwards(site: Site) -> None:
    cell = site.run(
        "def send_and_draw():\n"
        "    app.test_client().get('/forgotten')\n"
        "    plt.figure()\n"
        "thread = threading.Thread(target=send_and_draw)\n"
        "thread.start(); thread.join()\n"
        "print(plt.get_fignums())"
    )
    assert (cell.stdout, figures(cell)) == ("[1]\n", 1)


def test_a_request_within_a_request_leaves_the_outer_one_its_figure(site: Site) -> None:
    assert site.get("/nested") == (200, "the same")


def test_figures_that_stay_open_are_the_cells_alone(site: Site) -> None:
    site.run("%config InlineBackend.close_figures = False")
    site.run("kept = plt.figure()")
    assert site.get("/plot")[0] == 200
    cell = site.run("print(plt.get_fignums(), plt.gcf() is kept)")
    assert (cell.stdout, figures(cell)) == ("[1] True\n", 0)
    site.run("%config InlineBackend.close_figures = True\nplt.close('all')")


def test_a_context_that_a_cell_has_pushed_is_no_request(site: Site) -> None:
    cell = site.run("with app.test_request_context(): plt.figure()")
    assert figures(cell) == 1


CITIES = """\
%%route /cities
import pandas as pd
frame = pd.DataFrame({"city": ["Zürich"], "n": [1]})
frame.sort_values("n")
"""


def test_the_last_expression_of_a_route_s_cell_is_shown_as_a_notebook_would(site: Site) -> None:
    site.run(CITIES)
    status, page = site.get("/cities", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert (status, page[:15], "<td>Zürich</td>" in page) == (200, "<!doctype html>", True)
    assert site.get("/cities", "application/json") == (200, '[{"city":"Z\\u00fcrich","n":1}]\n')
    assert site.get("/cities", "text/csv") == (200, "city,n\nZürich,1\n")
    assert site.get("/cities", "image/png")[0] == 406


@pytest.mark.parametrize(
    ("request_line", "content"),
    [
        ("/cities", "&lt;td&gt;Zürich&lt;/td&gt;"),
        ("/cities -H 'Accept: text/csv'", "<pre>city,n\nZürich,1</pre>"),
        ("/plot", '<img src="data:image/svg+xml;base64,'),
        ("/plot -H 'Accept: image/png'", '<img src="data:image/png;base64,'),
    ],
)
def test_a_request_s_cell_shows_what_came(site: Site, request_line: str, content: str) -> None:
    site.run(CITIES)
    (html,) = site.run(f"%flask_get {request_line}").htmls
    assert content in html
