"""Tests of the way through the Jupyter server."""
