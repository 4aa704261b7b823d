"""A cell's text becomes the function that Flask calls."""
from __future__ import annotations
from nbflask.values.cells import read_cell, Answer

def test_smoke():
    ns = {"count": 1}
    c = read_cell('"doc"\ncount += 1\nf"Hello {name} {count}"', name="hello", parameters=["name"], first_line=2)
    f = c.define(ns)
    assert f(name="x") == "Hello x 2"
    assert f.__doc__ == "doc"
    assert "hello" not in ns
    assert f.__code__.co_firstlineno == 2
