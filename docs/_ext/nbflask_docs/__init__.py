"""Sphinx extensions of nbflask's own site."""
