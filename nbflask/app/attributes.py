"""The attributes of an app or blueprint that cells set, and how a cell reads them.

``app.handle_exception = wrap(app.handle_exception)`` reads what it covers. Run
again, it must read what its former run covered, not what it made, or the
wrappings would pile up. What a class defines is found before any hook of
Python's that an instance could have, so the class gets a descriptor for each
name that a cell has set, and for no other: all other reads cost what they do
in Flask.
"""

from __future__ import annotations

import weakref
from typing import Any

from werkzeug.utils import cached_property

from .claims import MISSING, Claim, Ledger
from .live_dict import LiveDict


class Attributes(LiveDict[str, Any]):
    """The public attributes of an object, as a table of claims.

    :param owner: held weakly; what readers find is the object's own ``__dict__``.
    """

    def __init__(self, ledger: Ledger, owner: Any) -> None:
        super().__init__(ledger, ("attributes",))
        self._owner = weakref.ref(owner)

    def claim(self, key: str, value: Any) -> Claim:
        """Claim an attribute, and let cells read it as :class:`ClaimedAttribute` says."""
        cls = type(self._owner())
        if not isinstance(vars(cls).get(key), ClaimedAttribute):
            setattr(cls, key, ClaimedAttribute(cls, key))
        return super().claim(key, value)

    def published(self, key: Any) -> Any:
        """Give the value that the object itself has."""
        owner = self._owner()
        return MISSING if owner is None else vars(owner).get(key, MISSING)

    def store(self, key: Any, value: Any) -> None:
        """Set or remove the attribute, unless its object is gone."""
        owner = self._owner()
        if owner is None:
            return
        if value is MISSING:
            vars(owner).pop(key, None)
        else:
            vars(owner)[key] = value


class ClaimedAttribute:
    """An attribute that some cell has set on an object of a class.

    A cell does not read what its own earlier runs have set; everyone else reads what is in force.
    """

    def __init__(self, cls: type, name: str) -> None:
        self.cls = cls
        self.name = name
        self.own = vars(cls).get(name, MISSING)

    def __get__(self, owner: Any, cls: type | None = None) -> Any:
        inherited = self.inherited()
        if owner is None:
            if inherited is MISSING:
                raise AttributeError(self._missing(cls or self.cls))
            return inherited.__get__(None, cls) if hasattr(inherited, "__get__") else inherited
        value = vars(owner)["_attributes"].seen(self.name)
        if value is not MISSING:
            return value
        return self._covered(owner, inherited)

    def _covered(self, owner: Any, inherited: Any) -> Any:
        """Give what the class says, in no cell's name."""
        if inherited is MISSING:
            raise AttributeError(self._missing(type(owner)))
        if isinstance(inherited, cached_property) and self.name in vars(owner):
            return inherited.fget(owner)  # type: ignore[misc]  # What is cached is the claim.
        return inherited.__get__(owner, type(owner)) if hasattr(inherited, "__get__") else inherited

    def _missing(self, cls: type) -> str:
        return f"{cls.__name__!r} object has no attribute {self.name!r}"

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = value

    def __delete__(self, owner: Any) -> None:
        if self.name not in vars(owner):
            raise AttributeError(self._missing(type(owner)))
        del vars(owner)[self.name]

    def inherited(self) -> Any:
        """Give what the class has under the name without this descriptor."""
        if self.own is not MISSING:
            return self.own
        bases = (vars(base) for base in self.cls.__mro__[1:])
        return next((base[self.name] for base in bases if self.name in base), MISSING)


def is_plain(cls: type, name: str) -> bool:
    """Whether an attribute lives in the object's ``__dict__``, not behind a descriptor."""
    declared = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    if isinstance(declared, ClaimedAttribute | cached_property):
        return True
    return not hasattr(declared, "__set__")
