"""Notebooks and modules that are broken or meant ill: how commands end, and what they touch."""
