"""Data that migrations move: what an old database says, a new one says, too."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from isthmus.apps.core import guards
from isthmus.methods import ledger
from isthmus.site.databases import pointed_at

pytestmark = pytest.mark.django_db(transaction=True)
SCRATCH = "scratch"


@contextlib.contextmanager
def empty_database(folder: Path) -> Iterator[None]:
    """A database without tables, which the default connection points at."""
    if connection.vendor == "sqlite":
        with pointed_at(NAME=str(folder / "empty.sqlite3")):
            yield
        return
    options = {**connection.settings_dict["OPTIONS"], "options": f"-c search_path={SCRATCH}"}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCRATCH}")
    try:
        with pointed_at(OPTIONS=options):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {SCRATCH} CASCADE")


def migrated(*target: str) -> Any:
    """The tables as they are after a migration, and the models that fit them."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


def test_what_earlier_events_told_moves_to_its_own_table_with_a_commitment(tmp_path: Path) -> None:
    with empty_database(tmp_path):
        event_model = migrated("core", "0002_ledger").get_model("core", "AuditEvent")
        event_model.objects.bulk_create(
            event_model(
                scope_kind="installation",
                action="a",
                target_kind="k",
                target_id=str(n),
                detail={"rows": n} if n else {},
            )
            for n in range(1201)
        )
        guards.install(connection)
        with pytest.raises(DatabaseError), transaction.atomic():
            event_model.objects.filter(target_id="1").update(action="b")

        apps = migrated("core", "0003_ledger_payloads")
        events = apps.get_model("core", "AuditEvent").objects.order_by("pk")
        payloads = dict(apps.get_model("core", "AuditPayload").objects.values_list("event", "content"))
        salts = dict(apps.get_model("core", "AuditPayload").objects.values_list("event", "salt"))
        assert len(set(salts.values())) == len(payloads) == events.count() == 1201
        for event in events:
            told = {"detail": {"rows": int(event.target_id)}} if event.target_id != "0" else {}
            assert json.loads(payloads[event.pk]) == told
            salt = bytes.fromhex(salts[event.pk])
            assert event.commitment == ledger.commitment(salt, payloads[event.pk])

        before = list(events.values_list("pk", "commitment"))
        apps = migrated("core", "0004_ledger_detail")
        events = apps.get_model("core", "AuditEvent").objects.order_by("pk")
        assert list(events.values_list("pk", "commitment")) == before
        assert "detail" not in {field.name for field in events.model._meta.get_fields()}
