"""However much passes, a kernel that records it grows by little.

``benchmarks/recorder.py`` does it with 10,000 requests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_MEASURE = """
import gc, json, os, sys
from pathlib import Path
import flask
from flask import request
from werkzeug.test import EnvironBuilder
from nbflask.recorder import Recorder

app = flask.Flask("app")
recorder = Recorder(app)
BLOCK = b"x" * 65_536

class Endless:
    left = 0
    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return BLOCK[:size]

@app.post("/")
def echo():
    def blocks():
        while block := request.stream.read(65_536):
            yield block
    return flask.Response(flask.stream_with_context(blocks()))

def send(size):
    stream = Endless()
    stream.left = size
    environ = EnvironBuilder("/", method="POST").get_environ()
    environ |= {"wsgi.input": stream, "CONTENT_LENGTH": str(size), "werkzeug.socket": None}
    got = 0
    answer = app(environ, lambda *_: None)
    for block in answer:
        got += len(block)
    answer.close()
    assert got == size, got

def resident():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

for _ in range(50):
    send(1_000_000)
before = resident()
recorder.attach()
send(100 * 2**20)
streamed = resident() - before
kept = recorder.kept_bytes
for _ in range(700):
    send(1_000_000)
print(json.dumps([streamed, kept, resident() - before, len(recorder.exchanges())]))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Only Linux says how much it is.")
def test_memory_stays_bounded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE], capture_output=True, text=True, check=True, timeout=300
    )
    streamed, kept, grown, count = json.loads(done.stdout)
    assert streamed < 1024 * 1024
    assert kept == 2 * 64 * 1024
    assert grown < 40 * 1024 * 1024
    assert count == 500
