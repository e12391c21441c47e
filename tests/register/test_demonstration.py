"""The fictional authority: plausible, the same for the same seed, and nowhere near a real school."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from isthmus.apps.core.models import AuditEvent
from isthmus.apps.register.actions.shipped import ENGLAND
from isthmus.apps.register.adapters import compact
from isthmus.apps.register.demonstration import AREA_CODE, build
from isthmus.apps.register.demonstration.country import OUTLINE, coast, inside
from isthmus.apps.register.demonstration.schools import Inventor
from isthmus.apps.register.models import Area, GroupMembership, Kind, Link, Organisation, Status
from isthmus.apps.register.queries import area_members, facts, history, places_near, sort_name
from isthmus.apps.register.queries.geography import box, shipped_boundaries

SEEDS = (1, 2, 3, 7)


@pytest.mark.django_db
def test_it_is_built_once() -> None:
    area = build(seed=1)
    before = list(Organisation.objects.order_by("pk").values())
    assert build(seed=1) == area
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.filter(action="register.build_demonstration").count() == 1
    assert area.fictional
    assert all(Organisation.objects.values_list("fictional", flat=True))


@pytest.mark.django_db
def test_it_looks_like_an_authority() -> None:
    area = build()
    schools = list(area_members(area).select_related("trust"))
    assert 165 <= len(schools) <= 195
    assert min(s.urn or "" for s in schools) >= "900001"
    ages = Counter((s.low_age, s.high_age) for s in schools)
    assert ages[4, 7] == ages[7, 11] > 10
    assert ages[4, 11] > 60
    assert {"nursery", "primary", "secondary", "not_applicable", "all_through", "sixteen_plus"} == {
        s.phase for s in schools
    }
    assert {"Church of England", "Roman Catholic", "Does not apply"} == {
        s.religious_character for s in schools
    }
    assert len({s.trust for s in schools if s.trust}) >= 6
    assert sum(s.latitude is None for s in schools) in range(3, 6)
    assert sum(s.pupils is None for s in schools) in range(3, 5)
    shares = [s.fsm_percent for s in schools if s.fsm_percent is not None]
    assert min(shares) < 8
    assert max(shares) > 40
    assert set(Kind) <= set(Organisation.objects.values_list("kind", flat=True))


@pytest.mark.django_db
def test_closed_and_converted_schools_have_a_history() -> None:
    area = build()
    closed = Organisation.objects.filter(status=Status.CLOSED)
    assert closed.count() == Link.objects.count() == 12
    for school in closed:
        assert [step.predecessor for step in history(school.urn or "")] != []
    assert GroupMembership.objects.exclude(since=None).exists()
    known = {fact.name: fact for fact in facts(area_members(area).exclude(pupils=None)[0])}
    assert known["pupils"].source == "Invented for demonstration"


@pytest.mark.django_db
def test_its_map_lies_in_the_sea_with_every_school_ashore() -> None:
    area = build()
    west, south, east, north = box(area) or (0, 0, 0, 0)
    for other in shipped_boundaries().values():
        w, s, e, n = other["box"]
        assert e < west - 0.3 or w > east or n < south or s > north, other["name"]
    ring = [(x, y) for x, y in area.boundary["coordinates"][0]]
    assert ring[0] == ring[-1]
    for school in area_members(area).exclude(latitude=None):
        assert inside((school.longitude or 0, school.latitude or 0), ring), school.name
    assert places_near(area)[0][0] == "Marchport"
    assert not Area.objects.exclude(code=AREA_CODE).exists()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_makes_the_same_country(seed: int) -> None:
    one, two, other = Inventor(seed).invent(), Inventor(seed).invent(), Inventor(seed + 100).invent()
    assert one == two
    assert one.schools != other.schools
    assert len({school.urn for school in one.schools}) == len(one.schools)
    assert len({school.name for school in one.schools if school.status != Status.CLOSED}) == sum(
        school.status != Status.CLOSED for school in one.schools
    )


def test_no_name_is_that_of_a_real_school() -> None:
    real = {sort_name(state.facts["name"]) for state in compact.load(ENGLAND).touched.values()}
    for seed in SEEDS:
        invented = {sort_name(school.name) for school in Inventor(seed).invent().schools}
        assert not invented & real


@pytest.mark.parametrize("seed", SEEDS)
def test_the_coast_does_not_cross_itself(seed: int) -> None:
    from random import Random

    ring = coast(Random(seed))
    assert len(ring) > 2 * len(OUTLINE)
    sides = list(pairwise(ring))
    for position, (a, b) in enumerate(sides):
        for c, d in sides[position + 2 :]:
            if c != b and d != a:
                assert not _cross(a, b, c, d)


def _cross(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)
