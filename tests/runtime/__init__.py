"""Tests of what the kernel and the Jupyter server share on disk."""
