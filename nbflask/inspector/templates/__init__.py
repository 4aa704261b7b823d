"""An app's templates: their origins, who builds on whom, what they were given, how they render.

Rule 1: looking changes nothing. A source is read and a syntax tree walked; no template is compiled
into the app's cache, no signal is sent, no session saved.

Rule 2: what is shown is covered first: contexts, sources, renderings, errors.
"""

from .desk import TemplateDesk
from .faults import build_fault
from .looking import Templates
from .template import Context, Template

__all__ = ["Context", "Template", "TemplateDesk", "Templates", "build_fault"]
