"""Files that a notebook writes are written by its project, however their paths are called."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from tests.export.written import notebook

MAKE = "import json, sqlite3\nfolder = Path('data')\nfolder.mkdir(exist_ok=True)"
READ = "%%route /\nreturn (folder / 'teas.txt').read_text()"


def kept(*cells: str) -> list[str]:
    """Give the lines of plain cells that leave the notebook."""
    source = notebook("%load_ext nbflask", *cells, READ)
    program = build_program(source, interpret(source))
    texts = [each.statement.text for each in program.pieces if not each.is_import]
    return [text for text in texts if not text.startswith(("app =", "@app"))]


@pytest.mark.parametrize(
    "cell",
    [
        "seed = folder / 'teas.txt'\nseed.write_text('Assam')",
        "seed = folder / 'teas.txt'\ncount = seed.write_text('Assam')",
        "seed = f'{folder}/teas.txt'\nwith open(seed, 'w') as file:\n    file.write('Assam')",
        "seed = folder / 'teas.txt'\nfile = seed.open(mode='w')\nfile.write('A')\nfile.close()",
        "inner = Path(folder) / 'a'\nseed = inner.joinpath('b')\nseed.parent.mkdir()",
        "seed = str(folder) + '/teas.json'\njson.dump([], open(seed, 'wb'))",
        "seed = folder / 'teas.db'\ndb = sqlite3.connect(seed)\ndb.execute('CREATE TABLE t (a)')",
        "def fill(path):\n    path.write_text('Assam')\nseed = folder / 'teas.txt'\nfill(seed)",
        "def fill():\n    seed = folder / 'teas.txt'\n    seed.write_text('Assam')\nfill()",
        "seed = folder / 'teas.txt'\ndef fill():\n    seed.write_text('Assam')\nfill()",
    ],
)
def test_what_writes_a_file_is_kept_with_the_folder_that_is_read(cell: str) -> None:
    assert "\n".join(kept(MAKE, cell)[2:]) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "seed = folder / 'teas.txt'\ntext = seed.read_text()",
        "seed = folder / 'teas.txt'\nwith open(seed, 'r') as file:\n    text = file.read()[:9]",
        "seed = folder / 'teas.db'\ndb = sqlite3.connect(seed)\nrows = db.execute('SELECT 1')",
        "seed = Path('other') / 'teas.txt'\nseed.write_text('Assam')",
    ],
)
def test_what_reads_a_file_or_writes_elsewhere_stays(cell: str) -> None:
    left = kept(MAKE, cell)
    assert "seed = " not in "\n".join(left)
