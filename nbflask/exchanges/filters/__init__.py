"""The language in which exchanges are looked for: ``status:5xx -is:static dur:>100ms``.

Rule 1: a filter looks at *facts*, a JSON object made of a redacted exchange, and at a *setting*:
what depends on other exchanges and on the clock.

Rule 2: it means the same here and in a browser (``widgets/parts/filters.js``). One table of
examples is run against both, ``tests/exchanges/filters.json``.

Rule 3: columns count characters (code points), the first being 0.
"""

from .completing import completions
from .facts import build_facts
from .matching import Filter, Setting
from .reading import parse_filter

__all__ = ["Filter", "Setting", "build_facts", "completions", "parse_filter"]
