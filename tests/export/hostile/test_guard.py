"""The guard sees what it is there to see."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.export.hostile.guard import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """\
import os, socket, subprocess, sys, tempfile
from pathlib import Path
from tests.export.hostile.guard import Guard

inside, outside = Path(sys.argv[1]), Path(sys.argv[2])
with Guard().watch(inside) as found:
    try:
        {}
    except OSError:
        pass
print(*[each.replace(str(outside), "OUTSIDE") for each in found], sep="\\n")
"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("(inside / 'x').write_text('x'); (inside / 'y').mkdir(); (inside / 'x').unlink()", ""),
        ("import colorsys, dataclasses; dataclasses.make_dataclass('A', ['a'])", ""),
        ("compile('1', 'x', 'exec')", ""),
        ("(outside / 'x').write_text('x')", "writes OUTSIDE/x"),
        ("(outside / 'x').mkdir()", "os.mkdir OUTSIDE/x"),
        ("(inside / 'x').symlink_to('/'); (inside / 'x' / 'x').mkdir()", "os.mkdir /x"),
        ("(inside / '..' / outside.name / 'x').unlink()", "os.remove OUTSIDE/x"),
        ("os.remove('x', dir_fd=os.open(outside, os.O_RDONLY))", "os.remove OUTSIDE/x"),
        ("os.rename(inside / 'x', outside / 'x')", "os.rename OUTSIDE/x"),
        ("open(outside / 'x')", "reads OUTSIDE/x"),
        ("exec('1')", "runs <string> for <string>"),
        ("eval(compile('1', 'cell', 'eval'))", "runs cell for <string>"),
        ("socket.socket()", "socket.__new__"),
        ("subprocess.run(['true'])", "subprocess.Popen"),
        ("os.system('true')", "os.system"),
    ],
)
def test_what_breaks_a_rule_is_noted(statement: str, found: str, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    command = [sys.executable, "-c", _SCRIPT.format(statement), str(inside), str(outside)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    lines = done.stdout.strip().splitlines()
    if found:
        assert any(each.startswith(found) for each in lines), lines
    else:
        assert lines == []
