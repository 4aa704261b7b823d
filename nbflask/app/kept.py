"""Objects that live as long as the notebook: an app or blueprint that a cell makes again.

Extensions, servers and other cells hold on to the object, so a cell that runs
``app = Flask(__name__)`` again is given the one that it made before.

A class of this type takes other arguments by ``_take_arguments``, which the
rollback of a failing cell calls again with the former ones, and then applies
them by ``_apply_arguments`` to what the journal holds. What a subclass keeps in
attributes of its own, no journal knows; ``_own_state`` gives such attributes as
they are to begin again.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any

from .cells import Run, apart, running
from .claims import MISSING


class Kept(type):
    """The type of classes whose objects a cell gets back when it makes them again."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an object, or give the one that an earlier run of the same cell made."""
        run = running()
        # Only what the notebook's own code makes is kept: a library makes new ones at will.
        if run is None:
            return super().__call__(*args, **kwargs)
        if sys._getframe(1).f_globals.get("__name__") != "__main__":
            with apart():  # What makes an object whole is not the cell's to withdraw.
                return super().__call__(*args, **kwargs)
        kind = (cls.__qualname__, cls._kept_by(*args, **kwargs))  # type: ignore[attr-defined]
        kept = _former(run, kind)
        if kept is None:
            with apart():
                kept = super().__call__(*args, **kwargs)
            run.cell.made[kind, run.made[kind]] = weakref.ref(kept)
            kept.__dict__["_made_with"] = (args, kwargs)
            kept.take_notebook_config()
            return kept
        _make_again(cls, run, kept, args, kwargs)
        return kept


def _former(run: Run, kind: Any) -> Any:
    """Give the object that an earlier run made at this point; objects are told apart by order."""
    run.made[kind] = run.made.get(kind, 0) + 1
    reference = run.cell.made.get((kind, run.made[kind]))
    return reference() if reference is not None else None


def _make_again(cls: type, run: Run, kept: Any, args: Any, kwargs: Any) -> None:
    if type(kept) is not cls:
        kept.__class__ = cls  # The cell has defined its subclass again.
    for name, value in kept._own_state(*args, **kwargs).items():
        run.undo.append((_State(kept), name, vars(kept).get(name, MISSING)))
        vars(kept)[name] = value
    former = kept.__dict__["_made_with"]
    if former != (args, kwargs):
        run.undo.append((_Arguments(kept), None, former))
        kept.__dict__["_made_with"] = (args, kwargs)
        kept._take_arguments(*args, **kwargs)
        kept._apply_arguments()
    run.notices[kept._kept_notice()] = None


class _State:
    """The attributes of an object, as something that a failed cell restores."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def restore(self, name: str, former: Any) -> None:
        if former is MISSING:
            vars(self.kept).pop(name, None)
        else:
            vars(self.kept)[name] = former


class _Arguments:
    """The arguments that an object was made with, as something that a failed cell restores."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def restore(self, _key: Any, former: Any) -> None:
        args, kwargs = former
        self.kept.__dict__["_made_with"] = former
        with apart():
            self.kept._take_arguments(*args, **kwargs)
