"""The provider as a process, and the settings that lead to it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from isthmus.apps.accounts.signing.settings import allauth_settings
from isthmus.site.environment import Provider
from tests.accounts.oidc.provider import CLIENT, SECRET
from tests.harness.installation import free_port


@dataclass(frozen=True)
class Running:
    """The provider's process."""

    address: str

    def at_the_keyboard(self, **claims: Any) -> None:
        """Say whom the provider signs in from now on."""
        requests.put(f"{self.address}/person", json=claims, timeout=5).raise_for_status()

    def follow(self, url: str) -> requests.Response:
        """What a browser does that was led to the provider."""
        return requests.get(url, allow_redirects=False, timeout=5)

    def refused(self) -> list[str]:
        """What the provider refused."""
        return list(requests.get(f"{self.address}/log", timeout=5).json())


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """One provider for all the tests of a process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, Path(__file__).with_name("provider.py"), str(port)])
    running = Running(f"http://localhost:{port}")
    try:
        for _ in range(200):
            with contextlib.suppress(requests.ConnectionError):
                running.refused()
                break
            time.sleep(0.05)
        yield running
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def provider(running: Running, settings: Any) -> Callable[..., Running]:
    """`provider(trusted=...)` puts the provider into the settings as an authority's own."""

    def use(*, trusted: bool) -> Running:
        own = Provider("own", "Wessex Council", running.address, CLIENT, SECRET, trusted)
        settings.PROVIDERS = [own]
        told = allauth_settings([own], https=False, proxies=0)
        settings.SOCIALACCOUNT_PROVIDERS = told["SOCIALACCOUNT_PROVIDERS"]
        return running

    return use
