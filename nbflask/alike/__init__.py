"""Whether another app answers as a live one did: ``nbflask.parity(app, other)``.

::

    asking          the other app: a WSGI app, or whatever is at a URL
    opening         what is no app yet, served for as long as it takes
    correspondence  what of one app's answers stands for what of the other's: cookies, tokens
    answers         a recorded answer and the other's, made comparable and compared
    parity          all that was recorded, in its order
    report, page    what came of it
    notebooks       the same of a notebook's file: it is run, recorded, exported and compared
      stripping, repeating      its cells without requests, and those put to the app anew
"""

from .parity import parity
from .report import Outcome, Parity

__all__ = ["Outcome", "Parity", "parity"]
