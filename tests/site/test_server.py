"""What `isthmus run` tells the processes that it starts."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.site import server


def test_links_in_mail_lead_to_the_port_of_a_demonstration(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMONSTRATION = True
    monkeypatch.delenv("ISTHMUS_ADDRESS", raising=False)
    assert server._address(8123) == {"ISTHMUS_ADDRESS": "http://localhost:8123"}
    monkeypatch.setenv("ISTHMUS_ADDRESS", "http://trial.example.org")
    assert server._address(8123) == {}, "what was said stays"
    monkeypatch.delenv("ISTHMUS_ADDRESS")
    settings.DEMONSTRATION = False
    assert server._address(8123) == {}, "production has its own"
