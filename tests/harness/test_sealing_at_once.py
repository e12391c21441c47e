"""Several processes seal one record at once, and some are killed meanwhile: the chain has no fork and no gap."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.harness.conftest import Install
from tests.harness.installation import Installation, wait_for

DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.scenario),
    pytest.param("postgresql", marks=pytest.mark.prove),
]
EVENTS = """
import django
django.setup()
from isthmus.apps.core import audit
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import Area
area = Area.objects.get(fictional=True)
for number in range({events}):
    scope = Scope(ScopeKind.AREA, area.pk) if number % 3 else INSTALLATION
    audit.record("area.rename", by=None, target=area, scope=scope, after={{"number": number}})
"""
SEAL = """
import sys
import django
django.setup()
from django.db import OperationalError
from isthmus.apps.core import sealing
sealing.BATCH = 7
print("ready", flush=True)
sys.stdin.readline()
while sealing.unsealed().exists():
    try:
        sealing.seal()
    except OperationalError:
        continue  # the database is busy; the worker tries again five seconds later
"""
CHECK = """
import io
import django
django.setup()
from isthmus.apps.core.adapters import export_lines
from isthmus.apps.core.models import AuditEvent, LedgerChain, LedgerEntry
from isthmus.apps.core.queries import entries_of, heads_of
from isthmus.methods import ledger
assert LedgerEntry.objects.count() == AuditEvent.objects.count(), "each event has one place"
for chain in LedgerChain.objects.all():
    heads = list(heads_of(chain.scope).order_by("size"))
    text = "".join(export_lines(chain, entries_of(chain.scope).iterator(100), iter(heads), "now"))
    for head in heads:
        kept = ledger.Head(str(chain.scope), head.size, head.root)
        verdict = ledger.verify(ledger.read(io.StringIO(text)), kept)
        assert verdict.whole, verdict.findings
    assert chain.size == heads[-1].size == chain.entries.count()
print("whole")
"""


def sealers(installation: Installation, number: int) -> list[subprocess.Popen[str]]:
    """Processes that begin to seal at the same moment."""
    made = [
        subprocess.Popen(
            [sys.executable, "-c", SEAL],
            env=installation.environment,
            cwd=installation.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    for process in made:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in made:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    return made


def unsealed(installation: Installation) -> int:
    return int(
        installation.one(
            "SELECT COUNT(*) FROM core_auditevent e WHERE NOT EXISTS "
            "(SELECT 1 FROM core_ledgerentry l WHERE l.event_id = e.id)"
        )
    )


@pytest.mark.parametrize("database", DATABASES)
def test_sealers_at_once_and_killed_ones_leave_one_whole_chain(install: Install, database: str) -> None:
    installation = install(database)
    installation.python(EVENTS.format(events=900))
    waiting = unsealed(installation)
    assert waiting >= 900
    chance = random.Random(3)
    killed = sealers(installation, 3)
    for process in killed[:2]:
        # Killed in the middle of the work, not before it and not after.
        wait_for(lambda: unsealed(installation) < waiting, lambda: "sealing begins")
        time.sleep(chance.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    left = unsealed(installation)
    for process in [*killed[2:], *sealers(installation, 2)]:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert 0 < left < waiting, "the kills came in the middle"
    assert unsealed(installation) == 0
    assert installation.python(CHECK).strip().endswith("whole")
