"""Whether code gives the same on each run, as far as its text tells."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..data_folder import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..program import Piece

#: What gives something else on each run.
_UNSTEADY = re.compile(
    r"\btime\.|\bperf_counter|\bmonotonic|\.now\(|\.today\(|utcnow|\brandom\b|randint|\bchoice\(|"
    r"\buuid[14]\(|token_(hex|urlsafe|bytes)|\bsecrets\.|getpid|\bget_ident|"
    # What only lets threads wait for one another is the same on each run.
    r"\bthreading\.(?!(R?Lock|Condition|Event|(Bounded)?Semaphore|Barrier)\b)|"
    r"current_thread|hostname|\bplatform\.|sys\.(version|executable)|__version__|\bid\(|\bhash\(|"
    r"os\.environ|getenv|\bnbflask\b|urandom|\btempfile\.|os\.getcwd|Path\.cwd|traceback|"
    r"socket\.|requests\.|httpx\.|urlopen|user_agent|\bgetrusage|\.stat\(\)|__file__"
)
# Chance that begins alike on each run, and where a project keeps its data.
_SEEDED = re.compile(
    r"\b(?:np|numpy)\.random\.(?:default_rng|RandomState)\(\s*\w*\s*=?\s*\d+\s*\)"
    r"|\brandom\.Random\(\s*\d+\s*\)"
)
_OF_DATA = re.compile(rf"os\.environ(?:\.get\(|\[)['\"]{VARIABLE}['\"]")


def is_unsteady(text: str) -> bool:
    """Say whether a text may give something else on each run."""
    return bool(_UNSTEADY.search(_SEEDED.sub("", _OF_DATA.sub("", text))))


def are_unsteady(pieces: Iterable[Piece]) -> bool:
    """Say whether what pieces make may be something else on each run.

    A generator that is given its seed makes the same numbers as long as nobody asks it in a view.
    """
    pieces = tuple(pieces)
    seeded = {
        name
        for each in pieces
        if _SEEDED.search(each.statement.text)
        for name in each.statement.binds
    }
    asking = re.compile(rf"\b(?:{'|'.join(map(re.escape, seeded)) or '$^'})\.\w+\(")
    for each in pieces:
        is_function = isinstance(each.statement.node, (ast.FunctionDef, ast.AsyncFunctionDef))
        text = each.statement.text
        if is_unsteady(text if is_function else asking.sub("(", text)):
            return True
        if is_function and asking.search(text):
            return True
    return False
