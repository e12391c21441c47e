"""`isthmus doctor` says what is well and how to mend what is not."""

from __future__ import annotations

import importlib.util
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from isthmus.apps.core import audit, health
from isthmus.apps.core.models import Message, MessageState
from isthmus.site import doctor
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the doctor; its exit code and its lines by whether they are well."""
    monkeypatch.setenv("ISTHMUS_DATA", str(tmp_path / "data"))
    health.beat()

    def run() -> SimpleNamespace:
        code = doctor.run()
        lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines()]
        return SimpleNamespace(
            code=code, **{w: [t for word, t in lines if word == w] for w in ("well", "MEND")}
        )

    return run


def test_a_sound_installation_is_well(said: Any) -> None:
    factories.school()
    found = said()
    assert (found.code, found.MEND) == (0, [])
    assert "The register holds 1 organisation" in found.well


def test_an_empty_register_is_mended_by_a_start(said: Any) -> None:
    found = said()
    assert found.code == 1
    assert found.MEND == ["The register holds 0 organisations. Run: isthmus run"]


def test_missing_libraries_are_named(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.school()
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "scipy" else real(name))
    assert said().MEND == ["Missing: scipy. Run: make setup"]


def test_a_full_disk_is_said(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.school()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=2**20))
    assert [line for line in said().MEND if line.startswith("1 MB of disk are free")]


def test_a_check_that_breaks_is_a_line_and_the_others_go_on(
    said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise ConnectionError("no server")

    factories.school()
    monkeypatch.setattr("isthmus.site.migrations.pending", broken)
    found = said()
    assert "Database: ConnectionError: no server" in found.MEND
    assert any("isthmus.css" in line for line in found.well)


def test_a_worker_that_is_silent_is_said(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.school()
    cache.clear()
    assert said().MEND == ["No worker has been heard of. Run: isthmus run (or isthmus worker)"]
    health.beat()
    heard = timezone.now() - timedelta(minutes=20)
    monkeypatch.setattr(health, "last_beat", lambda: heard)
    assert said().MEND == [
        "No worker has been heard of for 20 minutes. Start it: isthmus run (or isthmus worker)"
    ]


def test_a_record_that_is_not_sealed_and_mail_that_is_late_are_said(
    said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = factories.school()
    audit.record("school.visit", by=None, target=school)
    then = timezone.now() - timedelta(hours=1)
    Message.objects.create(key="late", kind="a", to="a@example.org", next_try_at=then)
    Message.objects.create(key="lost", kind="a", to="a@example.org", state=MessageState.GIVEN_UP)
    monkeypatch.setattr(health, "LATE", timedelta(0))
    found = said()
    assert found.code == 1
    assert [line.split(" wait")[0] for line in found.MEND[:1]] == ["1 event of the record"]
    assert found.MEND[1].startswith("1 message should have been sent by now")
    assert found.MEND[2] == "1 message of the last 7 days could not be sent; the worker's log says why"


def test_what_a_restore_put_aside_is_said(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.school()
    monkeypatch.setattr("isthmus.site.databases.kept_aside", lambda: ["the schema before_restore_1"])
    assert said().MEND == [
        "Kept from before a restore: the schema before_restore_1. Remove it when you are sure"
    ]
