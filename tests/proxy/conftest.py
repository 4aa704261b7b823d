"""Jupyter servers at two base URLs, apps behind them, and a browser's session with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.jupyter import TOKEN, JupyterServer
from tests.proxy.serving import ServingProcess

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=["/", "/user/ann/"])
def jupyter(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterServer]:
    """Give a Jupyter server at its root, and one as a Hub has it."""
    with JupyterServer(tmp_path_factory.mktemp("jupyter"), base_url=request.param) as server:
        yield server


@pytest.fixture(scope="session")
def served(jupyter: JupyterServer) -> Iterator[ServingProcess]:
    """Give an app behind the server."""
    with ServingProcess(jupyter) as process:
        yield process


@pytest.fixture(scope="session")
def second(jupyter: JupyterServer) -> Iterator[ServingProcess]:
    """Give an app beside the other, in another kernel."""
    with ServingProcess(jupyter, kernel_id="bbbb-2222", app_name="other") as process:
        yield process


@pytest.fixture
def browser(jupyter: JupyterServer) -> Iterator[httpx.Client]:
    """Give a client that has logged in, and now shows Jupyter's cookie as a browser does."""
    with httpx.Client(timeout=30, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        client.get(f"{jupyter.url}api/status", params={"token": TOKEN}).raise_for_status()
        assert any(name.startswith("username-") for name in client.cookies)
        yield client


@pytest.fixture
def anonymous() -> Iterator[httpx.Client]:
    """Give a client that nobody knows."""
    with httpx.Client(timeout=30) as client:
        yield client
