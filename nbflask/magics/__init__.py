"""The notebook's magics: each parses its line, makes one call, displays what came back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.magic import Magics

# Module and class. A hand-written table: what a notebook can say is decided here.
_CLASSES = (
    ("views", "ViewMagics"),
    ("views", "HookMagics"),
    ("modules", "ModuleMagics"),
    ("running", "RunningMagics"),
    ("looking", "LookingMagics"),
    ("client", "ClientMagics"),
    ("inspecting", "InspectingMagics"),
    ("replaying", "ReplayingMagics"),
    ("templates", "TemplateMagics"),
    ("sessions", "SessionMagics"),
    ("exporting", "ExportingMagics"),
)


def magic_classes() -> tuple[type[Magics], ...]:
    """Give the classes that hold our magics."""
    return tuple(getattr(import_module(f"{__name__}.{module}"), name) for module, name in _CLASSES)


def install(shell: InteractiveShell) -> None:
    """Register all magics with a shell."""
    for each in magic_classes():
        shell.register_magics(each)


def uninstall(shell: InteractiveShell) -> None:
    """Take all magics away from a shell. May be called twice."""
    manager = shell.magics_manager
    for each in magic_classes():
        manager.registry.pop(each.__name__, None)
        for kind, names in each.magics.items():
            for name in names:
                manager.magics[kind].pop(name, None)
