"""Who competes: recorded, estimated, outweighed, ended; and what ties there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.needs import actions
from isthmus.apps.needs.actions.ties import TieThere, TooManySchools
from isthmus.apps.needs.adapters import estimating
from isthmus.apps.needs.models import Competition, Estimate, Over, Tie, TieKind
from isthmus.apps.needs.queries import CompetingPair, RecordedTie, competing_pairs, ties
from isthmus.apps.register.models import Area, Link, LinkKind, Organisation, Phase, Status
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db


def record(people: People, one: Organisation, other: Organisation, *, competes: bool = True) -> Competition:
    return actions.record_competition(
        by=people.officer,
        area=people.area,
        first=one,
        second=other,
        over=Over.PUPILS,
        competes=competes,
        reason="Families choose between them",
    )


def test_a_recording_outweighs_an_estimate_until_it_ends(people: People, schools: list[Organisation]) -> None:
    a, b, c = schools
    Organisation.objects.filter(pk=c.pk).update(easting=520_000)
    people.school.delete()
    assert actions.estimate_competition(by=people.officer, area=people.area) == 1
    (pair,) = competing_pairs(people.area, today())
    assert (pair.first, pair.second, pair.over) == (a.pk, b.pk, "pupils")
    assert pair.index is not None
    assert 0.3 < pair.index < 0.5
    kept = record(people, b, a, competes=False)
    assert competing_pairs(people.area, today()) == []
    record(people, a, c)
    assert competing_pairs(people.area, today()) == [CompetingPair(a.pk, c.pk, "pupils")]
    actions.end_competition(by=people.officer, competition=kept, why="Both have grown")
    assert competing_pairs(people.area, today()) == [pair, CompetingPair(a.pk, c.pk, "pupils")]


def test_recording_again_changes_what_is_there(people: People, schools: list[Organisation]) -> None:
    first = record(people, schools[1], schools[0])
    again = record(people, schools[0], schools[1], competes=False)
    assert (first.pk, Competition.objects.get().competes) == (again.pk, False)
    assert (again.first_id, again.said_by, again.said_as) == (
        schools[0].pk,
        people.officer,
        "Authority officer",
    )


def test_estimating_twice_leaves_one_estimate(people: People, schools: list[Organisation]) -> None:
    found = actions.estimate_competition(by=people.officer, area=people.area)
    assert actions.estimate_competition(by=people.officer, area=people.area) == found
    assert Estimate.objects.count() == found > 0
    one = Estimate.objects.all()[0]
    assert one.index == pytest.approx((one.of_first + one.of_second) / 2)
    assert one.estimated_on == today()


def test_special_and_independent_schools_and_those_without_a_place_are_left_out(
    people: People, area: Area
) -> None:
    schools = [
        factories.school(area, type_group="Special schools"),
        factories.school(area, easting=None, northing=None),
        factories.school(area, phase=Phase.NOT_APPLICABLE),
    ]
    assert [estimating.school_of(school) for school in schools] == [None, None, None]
    primary = estimating.school_of(factories.school(area, low_age=None))
    assert primary is not None
    assert (primary.youngest, primary.oldest, primary.pupils) == (4, 10, None)


def test_too_many_schools_are_refused_in_words(
    people: People, schools: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "MOST", 2)
    with pytest.raises(TooManySchools, match="at most 2"):
        actions.estimate_competition(by=people.officer, area=people.area)


def test_pairs_follow_a_school_to_its_new_urn(people: People, schools: list[Organisation]) -> None:
    a, b, _c = schools
    record(people, a, b)
    new = factories.school(people.area, name="New Academy")
    Organisation.objects.filter(pk=a.pk).update(status=Status.CLOSED)
    Link.objects.create(
        predecessor_urn=a.urn or "",
        successor_urn=new.urn or "",
        kind=LinkKind.SUCCESSION,
        established_on=today(),
    )
    assert competing_pairs(people.area, today()) == [CompetingPair(b.pk, new.pk, "pupils")]


def test_ties_have_a_direction_only_where_pupils_move(people: People, schools: list[Organisation]) -> None:
    a, b, _c = schools

    def keep(kind: TieKind, until: int | None = None) -> Tie:
        last = today() - timedelta(days=until) if until is not None else None
        return actions.keep_tie(
            by=people.officer,
            area=people.area,
            tie=None,
            kind=kind,
            first=b,
            second=a,
            note="",
            since=None,
            until=last,
        )

    feeder = keep(TieKind.FEEDER)
    assert keep(TieKind.FEEDER).pk == feeder.pk  # a double click
    keep(TieKind.JOINT_WORK)
    keep(TieKind.OTHER, until=1)
    assert ties(people.area, today()) == [
        RecordedTie(a.pk, b.pk, "joint work"),
        RecordedTie(b.pk, a.pk, "feeder"),
    ]
    assert len(ties(people.area, today() - timedelta(days=1))) == 3
    actions.remove_tie(by=people.officer, tie=feeder, why="Never was")
    assert len(ties(people.area, today())) == 1


def keep(people: People, tie: Tie | None, schools: list[Organisation], **said: Any) -> Tie:
    a, b, *_others = schools
    told = {"kind": TieKind.OTHER, "first": a, "second": b, "note": "", "since": None, "until": None, **said}
    return actions.keep_tie(by=people.officer, area=people.area, tie=tie, **told)


def test_the_same_tie_again_is_neither_kept_nor_recorded_twice(
    people: People, schools: list[Organisation]
) -> None:
    over = today() - timedelta(days=9)
    for said in (
        {},
        {"kind": TieKind.FEEDER, "until": over},
        {"kind": TieKind.JOINT_WORK, "note": "A choir"},
    ):
        first = keep(people, None, schools, **said)
        assert keep(people, None, schools, **said).pk == first.pk
        assert keep(people, first, schools, **said).pk == first.pk
    assert Tie.objects.count() == 3
    assert AuditEvent.objects.filter(action="tie.keep").count() == 3
    keep(people, first, schools, kind=TieKind.JOINT_WORK, note="A choir and a band")
    assert AuditEvent.objects.filter(action="tie.keep").count() == 4


def test_a_correction_makes_no_second_tie_and_brings_none_back(
    people: People, schools: list[Organisation]
) -> None:
    first, other = keep(people, None, schools), keep(people, None, schools, kind=TieKind.JOINT_WORK)
    with pytest.raises(TieThere, match="already"):
        keep(people, other, schools)
    actions.remove_tie(by=people.officer, tie=first, why="Never was")
    with pytest.raises(Tie.DoesNotExist):
        keep(people, first, schools, note="Somebody else removed it meanwhile")
    assert Tie.objects.get().pk == other.pk


def test_what_is_said_again_of_competition_is_no_event(people: People, schools: list[Organisation]) -> None:
    for _click in range(2):
        kept = record(people, schools[0], schools[1])
        actions.estimate_competition(by=people.officer, area=people.area)
    assert AuditEvent.objects.filter(action="competition.record").count() == 1
    assert AuditEvent.objects.filter(action="competition.estimate").count() == 1
    Organisation.objects.filter(pk=schools[0].pk).update(pupils=3000)
    actions.estimate_competition(by=people.officer, area=people.area)
    record(people, schools[0], schools[1], competes=False)
    assert AuditEvent.objects.filter(action="competition.estimate").count() == 2
    kept.refresh_from_db()
    assert not kept.competes


def test_pairs_cost_the_same_for_one_and_for_three(
    people: People, schools: list[Organisation], list_query_count: Any
) -> None:
    pairs = iter([(0, 1), (0, 2), (1, 2)])

    def make() -> None:
        one, other = next(pairs)
        record(people, schools[one], schools[other])

    count = list_query_count
    assert count(make, lambda: competing_pairs(people.area, today())) <= 6
