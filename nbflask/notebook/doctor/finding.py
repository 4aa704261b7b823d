"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nbflask.notebook.owner import Notebook

#: The headings under which findings are shown.
About = Literal["versions", "front end", "apps"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    :param remedy: What to do about it; ``""`` if nothing is wrong.
    """

    about: About
    subject: str
    found: str
    remedy: str = ""

    @property
    def is_problem(self) -> bool:
        """Whether there is something to mend."""
        return bool(self.remedy)


def app_option(notebook: Notebook, name: str) -> str:
    """Give what a magic's line needs to mean the app: nothing for the current one."""
    return "" if notebook.apps.current()[0] == name else f" --app {name}"
