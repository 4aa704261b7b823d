"""An app's configuration: set from a magic's line, a file, an object or the environment.

Each value remembers where it came from, as far as that can be known: what a magic set, which
cell wrote it, Flask's default, or code outside of cells.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask.app import Flask as PlainFlask
from flask.config import Config

from nbflask.errors import OptionError
from nbflask.notebook.secret import SecretKey
from nbflask.values.masking import mask_setting
from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Where what the magic set came from; kept in the app, as it goes when the app does.
_ORIGINS = "nbflask_config_origins"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value of an app's configuration, as it may be shown.

    :param value: Masked if it is a secret.
    :param origin: Where it came from, in words.
    """

    key: str
    value: str
    origin: str


def read_config_file(app: PlainFlask, name: str) -> dict[str, Any]:
    """Read a configuration file: TOML or JSON by its ending, else Python.

    :param name: A path; a relative one starts at the working directory.
    :raises OptionError: It cannot be read.
    """
    path = Path(name).expanduser().absolute()
    loaders = {".toml": tomllib.loads, ".json": json.loads}
    config = Config(app.root_path)
    try:
        if path.suffix in loaders:
            loaded = loaders[path.suffix](path.read_text(encoding="utf-8"))
            config.from_mapping(loaded)
        else:
            config.from_pyfile(str(path))
    except OSError as fault:
        raise OptionError(f"The file {name!r} cannot be read: {fault.strerror}.") from None
    except (ValueError, SyntaxError, TypeError) as fault:
        raise OptionError(f"The file {name!r} is not a configuration: {fault}.") from None
    return dict(config)


def read_config_object(app: PlainFlask, name: str, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Read the attributes in capitals of the notebook's object of that name, or of an import.

    :raises OptionError: There is none.
    """
    config = Config(app.root_path)
    try:
        config.from_object(namespace.get(name, name))
    except ImportError:
        offer = did_you_mean(name, [key for key in namespace if not key.startswith("_")])
        hint = offer if "Did you" in offer else ""
        raise OptionError(
            f"{name!r} is neither in the notebook nor can it be imported.{hint}"
        ) from None
    return dict(config)


def read_config_environment(app: PlainFlask, prefix: str) -> dict[str, Any]:
    """Read environment variables that start with the prefix and an underscore."""
    config = Config(app.root_path)
    config.from_prefixed_env(prefix)
    return dict(config)


def set_config(app: PlainFlask, values: Mapping[str, Any], origin: str) -> None:
    """Set values, and remember where they came from."""
    origins = app.extensions.setdefault(_ORIGINS, {})
    for key, value in values.items():
        app.config[key] = value
        origins[key] = (value, origin)


def settings(app: PlainFlask, keys: Iterable[str] = ()) -> tuple[Setting, ...]:
    """Give the app's configuration by key.

    :param keys: Only these; empty for all.
    :raises OptionError: A key is not set.
    """
    wanted = tuple(keys) or tuple(sorted(app.config))
    for key in wanted:
        if key not in app.config:
            offer = did_you_mean(key, app.config)
            hint = offer if "Did you" in offer else f" Set it with {key}=VALUE."
            raise OptionError(f"The app's configuration has no {key!r}.{hint}")
    return tuple(
        Setting(
            key=key,
            value=mask_setting(key, app.config[key]),
            origin=_origin(app, key, app.config[key]),
        )
        for key in wanted
    )


def _origin(app: PlainFlask, key: str, value: Any) -> str:
    set_to, origin = app.extensions.get(_ORIGINS, {}).get(key, (None, ""))
    if origin and set_to is value:
        return str(origin)
    claims = getattr(app.config, "claims_of", lambda _key: ())(key)
    cells = sorted(cell.label for claim in claims[-1:] for cell in claim.owners if cell.label)
    if cells:
        return f"cell {cells[0]!r}"
    if isinstance(value, SecretKey):
        return "this notebook's own"
    if key in PlainFlask.default_config and PlainFlask.default_config[key] == value:
        return "Flask's default"
    return "code"
