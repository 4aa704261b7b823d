from __future__ import annotations

import importlib.metadata

import pytest

from nbflask.app.private_names import check_werkzeug
from nbflask.errors import VersionError


@pytest.mark.parametrize(
    "change",
    [
        ("werkzeug.routing.map.Map.update", lambda _map: None),
        ("nbflask.app.private_names.StateMachineMatcher", None),
    ],
    ids=["sorts otherwise", "has no such matcher"],
)
def test_a_werkzeug_that_is_built_otherwise_is_refused_by_its_version(
    monkeypatch: pytest.MonkeyPatch, change: tuple[str, object]
) -> None:
    monkeypatch.setattr(*change)
    version = importlib.metadata.version("werkzeug")
    with pytest.raises(VersionError, match=f"Werkzeug {version} .* pip install"):
        check_werkzeug()
