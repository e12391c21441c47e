"""Disposal in several workers at once, one of them killed: everything that is due goes once, with its certificates."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.harness.conftest import Install

pytestmark = pytest.mark.scenario
NUMBER = 3000
OLD = f"""
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from isthmus.apps.core.models import Message
at = timezone.now() - timedelta(days=40)
Message.objects.bulk_create(
    Message(key=f"old:{{n}}", kind="task", to="a@example.org", state="sent", sent_at=at, created_at=at)
    for n in range({NUMBER})
)
"""
DISPOSE = """
import django
django.setup()
from isthmus.apps.accounts.privacy import tasks
from isthmus.apps.core import personal
personal.BATCH = 50
tasks.MOST_BATCHES = 1000
tasks.dispose()
"""


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)])
def test_everything_that_is_due_goes_once(install: Install, database: str) -> None:
    installation = install(database)
    installation.python(OLD)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", DISPOSE],
            env=installation.environment,
            cwd=installation.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(3)
    ]
    left = "SELECT COUNT(*) FROM core_message WHERE emptied_at IS NULL AND \"to\" = 'a@example.org'"
    until = time.monotonic() + 60
    while installation.one(left) == NUMBER and time.monotonic() < until:
        time.sleep(0.05)
    workers[0].kill()
    between = installation.one(left)
    assert 0 < between < NUMBER, "the kill came too late or too early to prove anything"
    assert [worker.wait(timeout=120) for worker in workers[1:]] == [0, 0]
    workers[0].wait()
    assert installation.one(left) == 0
    assert installation.one("SELECT SUM(count) FROM accounts_disposal WHERE key = 'mail'") == NUMBER
    assert installation.one("SELECT MAX(count) FROM accounts_disposal WHERE key = 'mail'") == 50
    recorded = "SELECT COUNT(*) FROM core_auditevent WHERE action = 'privacy.dispose'"
    assert installation.one(recorded) == installation.one("SELECT COUNT(*) FROM accounts_disposal")
