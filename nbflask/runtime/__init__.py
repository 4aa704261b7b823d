"""What the kernel and the Jupyter server share on disk: who runs, and where it is reached.

Standard library only: both processes import it.
"""
