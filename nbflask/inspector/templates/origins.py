"""Where a template comes from: a cell, the app's folder, a blueprint's, an extension's.

Flask takes the first that has the name: what cells keep, the app's folder, then the blueprints'
in the order of their registration. Others that have it, too, are never shown, which is the
commonest surprise with templates of blueprints.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask.templating import DispatchingJinjaLoader
from jinja2 import TemplateNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

# Where pip puts packages: what is there is not the user's own.
_INSTALLED = ("site-packages", "dist-packages")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one template comes from.

    :param kind: ``"cell"``, ``"folder"``, ``"blueprint"``, ``"extension"`` or ``"loader"``.
    :param owner: The cell's first line, the blueprint's name, the extension's package, or the
        loader's class; ``""`` where there is nothing to say.
    :param file: ``""`` for what is in no file.
    :param place: The file, as it is from the app's folder; the same on every machine.
    """

    kind: str
    owner: str = ""
    file: str = ""
    place: str = ""

    @property
    def label(self) -> str:
        """Say it in a word or two."""
        match self.kind:
            case "cell":
                return self.owner or "the app itself"
            case "folder":
                return self.place
            case _:
                return f"{self.kind} {self.owner}".strip()


@dataclass(frozen=True, kw_only=True)
class Found:
    """A template's source and where it is from.

    :param shadowed: Further ones of the name, which are never used.
    """

    source: str
    origin: Origin
    shadowed: tuple[Origin, ...] = ()


def find_template(app: Flask, name: str) -> Found | None:
    """Find a template as the app would; ``None`` if it has none of the name."""
    environment = app.jinja_env
    try:
        # As the environment loads it: a loader may change what it finds.
        source, file, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    except (TemplateNotFound, AttributeError, OSError, UnicodeDecodeError):
        return None
    origins = list(_origins(app, name))
    if not origins:
        loader = type(environment.loader).__name__
        return Found(source=source, origin=_origin(app, "loader", loader, file or ""))
    return Found(source=source, origin=origins[0], shadowed=tuple(origins[1:]))


def list_templates(app: Flask) -> list[str]:
    """Give the names of all templates that the app can tell of, sorted."""
    try:
        return sorted(app.jinja_env.list_templates())
    except (TypeError, OSError):
        # A loader that cannot list its templates; those of cells are known all the same.
        return sorted(getattr(app, "templates", ()))


def _origins(app: Flask, name: str) -> Iterator[Origin]:
    environment = app.jinja_env
    kept = getattr(app, "templates", None)
    loader = environment.loader
    if kept is not None and name in kept:
        yield Origin(kind="cell", owner=_cell_of(kept, name))
    if not isinstance(loader, DispatchingJinjaLoader):
        return
    for owner, each in loader._iter_loaders(name):
        try:
            _, file, _ = each.get_source(environment, name)
        except (TemplateNotFound, OSError, UnicodeDecodeError):
            continue
        kind = "folder" if owner is app else "blueprint"
        yield _origin(app, kind, "" if owner is app else owner.name, file or "")


def _origin(app: Flask, kind: str, owner: str, file: str) -> Origin:
    package = _installed_package(file)
    if package and not Path(app.root_path).is_relative_to(_installed_root(file)):
        kind, owner = "extension", package
    return Origin(kind=kind, owner=owner, file=file, place=_place(app, file))


def _installed_root(file: str) -> str:
    parts = Path(file).parts
    at = next(at for at, part in enumerate(parts) if part in _INSTALLED)
    return str(Path(*parts[: at + 2]))


def _installed_package(file: str) -> str:
    parts = Path(file).parts
    places = [at for at, part in enumerate(parts[:-1]) if part in _INSTALLED]
    return parts[places[0] + 1] if places else ""


def _place(app: Flask, file: str) -> str:
    if not file:
        return ""
    path = Path(file)
    root = Path(app.root_path)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _cell_of(kept: Any, name: str) -> str:
    """Give the first line of the cell that keeps a template; ``""`` if none does."""
    claims_of = getattr(kept, "claims_of", None)
    claims = claims_of(name) if claims_of is not None else ()
    labels = [cell.label for claim in claims[-1:] for cell in claim.owners]
    return ", ".join(label for label in labels if label)
