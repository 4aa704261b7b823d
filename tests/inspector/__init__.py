"""Tests of what is done with what was recorded."""
