"""A project is put into its folder whole, or not at all."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from nbflask.errors import ExportError
from nbflask.export import build_project
from nbflask.export.placing import MANIFEST, place
from nbflask.export.project import Project
from tests.export.written import notebook

PROJECT = Project(name="shop", files={"app.py": b"app = 1\n", "templates/a.html": b"<p>\n"})


def read(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_new_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    place(PROJECT, tmp_path / "a" / "shop")
    assert read(tmp_path / "a" / "shop") == PROJECT.files
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["shop"]


def test_what_an_export_wrote_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    place(PROJECT, folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "app.pyc").write_bytes(b"x")
    place(Project(name="shop", files={"app.py": b"new"}), folder)
    assert read(folder) == {"app.py": b"new"}


CHANGED = "was changed since it was exported. Take the change into the notebook, or name another"
UNKNOWN = "no export has written. Move it elsewhere, or name another folder."


@pytest.mark.parametrize(
    ("name", "why"),
    [("app.py", CHANGED), ("notes.txt", UNKNOWN), ("templates/b.html", UNKNOWN)],
)
def test_a_folder_with_other_things_is_refused_and_stays(
    tmp_path: Path, name: str, why: str
) -> None:
    folder = tmp_path / "shop"
    place(PROJECT, folder)
    (folder / name).write_bytes(b"mine")
    before = read(folder)
    with pytest.raises(ExportError, match=rf"holds '{name}', which {why}"):
        place(Project(name="shop", files={"x.py": b""}), folder)
    assert read(folder) == before
    assert [each.name for each in tmp_path.iterdir()] == ["shop"]


def test_a_folder_without_a_list_of_what_was_exported_is_refused(tmp_path: Path) -> None:
    place(PROJECT, tmp_path)
    (tmp_path / MANIFEST).unlink()
    with pytest.raises(ExportError, match=r"'\.nbflask-export\.json', which would say so, is not"):
        place(PROJECT, tmp_path)


def test_a_project_that_git_has_cloned_is_exported_again(tmp_path: Path) -> None:
    project = build_project(notebook("%load_ext nbflask"))
    place(project, tmp_path / "shop")
    git = ["git", "-C", str(tmp_path / "shop"), "-c", "user.name=a", "-c", "user.email=a@b"]
    for line in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *line], check=True)
    clone = ["git", "clone", "-q", str(tmp_path / "shop"), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    place(project, tmp_path / "clone")
    assert (tmp_path / "clone" / ".git").is_dir()


def test_a_file_or_a_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("file", "link"):
        with pytest.raises(ExportError, match=r"is not a folder\. Name another one"):
            place(PROJECT, tmp_path / name)
    with pytest.raises(ExportError, match=r"file' is not a folder: nothing can be written below"):
        place(PROJECT, tmp_path / "file" / "shop")
    assert list((tmp_path / "target").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_no_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="is not a path inside the project"):
        place(Project(name="shop", files={name: b""}), tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    # Its name is longer than a file system takes: the fault comes after the first file.
    project = Project(name="shop", files={"app.py": b"1", f"{'x' * 300}.html": b"2"})
    with pytest.raises(ExportError, match="cannot be written: File name too long"):
        place(project, tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_as_readable_as_others(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        place(PROJECT, tmp_path / "shop")
    finally:
        os.umask(mask)
    assert (tmp_path / "shop").stat().st_mode & 0o777 == 0o755


def test_data_and_the_environment_stay_when_the_project_is_exported_again(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    place(PROJECT, folder)
    kept = {"instance/shop.db": b"rows", ".venv/bin/python": b"#!", ".env": b"A=1"}
    kept |= {"shop.db": b"rows", "shop.db-wal": b"more"}
    for name, content in kept.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    place(Project(name="shop", files={"app.py": b"new"}), folder)
    assert read(folder) == {"app.py": b"new", **kept}
    # What the project brings itself is no longer the owner's.
    with pytest.raises(ExportError, match=r"holds 'instance/shop\.db'"):
        place(Project(name="shop", files={"instance/a": b""}), folder)
    with pytest.raises(ExportError, match=r"holds 'shop\.db', which no export has written"):
        place(Project(name="shop", files={"shop.db": b""}), folder)


def test_whoever_is_in_the_folder_stays_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    place(PROJECT, Path())
    (folder / "instance").mkdir()
    (folder / "instance" / "a").write_bytes(b"data")
    place(Project(name="shop", files={"app.py": b"new"}), Path())
    assert read(Path.cwd()) == {"app.py": b"new", "instance/a": b"data"}
    assert [each.name for each in tmp_path.iterdir()] == ["shop"]
    fault = Project(name="shop", files={"app.py": b"1", f"{'x' * 300}.html": b"2"})
    with pytest.raises(ExportError, match="File name too long"):
        place(fault, Path())
    assert read(Path.cwd()) == {"app.py": b"new", "instance/a": b"data"}
