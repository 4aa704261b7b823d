"""An exported notebook on two hosts behind nginx: ``python -m examples.scaled``."""
