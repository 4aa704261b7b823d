from __future__ import annotations

from typing import TYPE_CHECKING

from .command import run_command, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


def test_the_rules_of_a_notebook_are_listed_without_running_it(tmp_path: Path) -> None:
    gone = tmp_path / "ran"
    notebook = write_notebook(
        tmp_path / "shop.ipynb",
        f"open({str(gone)!r}, 'w')\nimport no_such_module",
        "%%route /items/<int:number> GET POST\nreturn no_such_module.find(number)",
    )
    done = run_command("routes", str(notebook))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Endpoint      Methods    Rule                     Cell\n"
        "------------  ---------  -----------------------  ----\n"
        "items_number  GET, POST  /items/<int:number>      3\n"
        "static        GET        /static/<path:filename>\n"
    )
    assert not gone.exists()
    done = run_command("routes", str(notebook), "--app", "shop")
    assert (done.returncode, done.stderr) == (
        1,
        "nbflask: The notebook 'shop.ipynb' has no app 'shop'. Known: app.\n",
    )
