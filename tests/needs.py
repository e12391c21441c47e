"""What a test needs from the machine: left out with a reason where it is missing, except on CI, where it must run."""

from __future__ import annotations

import os

import pytest


def need(present: object, reason: str) -> None:
    """Skip the running test with `reason` unless `present`; with CI=true fail it."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
