"""What is said of a school: who said it and when, its order in time, what met it, and when it is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.needs import actions
from isthmus.apps.needs.actions import Said
from isthmus.apps.needs.actions.statements import NoNeed
from isthmus.apps.needs.models import Level, Statement
from isthmus.apps.needs.queries import age_in_months, history_of, standing
from isthmus.apps.register.models import Area, Link, LinkKind, Organisation, Status, Theme
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db


def say(people: People, school: Organisation, theme: Theme, level: Level, days_ago: int = 0) -> int:
    on = today() - timedelta(days=days_ago)
    said = [Said(theme, level, note=f"{level} {days_ago}")]
    return actions.say(by=people.head, area=people.area, school=school, said=said, on=on)


def test_who_said_so_in_which_role_and_for_whom(people: People, topics: list[Theme]) -> None:
    actions.say(by=people.head, area=people.area, school=people.school, said=[Said(topics[0], Level.NEED)])
    actions.say(by=people.officer, area=people.area, school=people.school, said=[Said(topics[1], Level.BOTH)])
    own, other = Statement.objects.order_by("theme__name")
    assert (own.said_by, own.said_as, own.on_behalf, own.said_on) == (people.head, "Head", False, today())
    assert (other.said_by, other.said_as, other.on_behalf) == (people.officer, "Authority officer", True)
    event = AuditEvent.objects.filter(action="needs.say").order_by("pk")[0]
    assert event.told["after"] == {topics[0].name: Level.NEED.label}


def test_the_same_again_on_the_same_day_writes_nothing(people: People, topics: list[Theme]) -> None:
    assert say(people, people.school, topics[0], Level.NEED) == 1
    assert say(people, people.school, topics[0], Level.NEED) == 0
    assert say(people, people.school, topics[0], Level.STRENGTH) == 1
    assert Statement.objects.get().level == Level.STRENGTH


def test_each_statement_holds_until_the_next_whatever_order_they_come_in(
    people: People, topics: list[Theme]
) -> None:
    theme, school = topics[0], people.school
    say(people, school, theme, Level.NEED, days_ago=400)
    say(people, school, theme, Level.STRENGTH, days_ago=0)
    say(people, school, theme, Level.BOTH, days_ago=200)  # remembered later
    rows = list(history_of(school, theme))
    assert [row.level for row in rows] == ["strength", "both", "need"]
    assert [row.superseded_on for row in rows] == [None, rows[0].said_on, rows[1].said_on]
    on = {days: standing(people.area, today() - timedelta(days=days)) for days in (500, 400, 201, 200, 1, 0)}
    assert on[500] == {}
    assert (on[400][school.pk].needs, on[400][school.pk].strengths) == ({theme.pk}, set())
    assert on[201][school.pk].strengths == set()
    assert (on[200][school.pk].needs, on[200][school.pk].strengths) == ({theme.pk}, {theme.pk})
    assert on[1] == on[200] or on[1][school.pk].needs == {theme.pk}
    assert (on[0][school.pk].needs, on[0][school.pk].strengths) == (set(), {theme.pk})


def test_the_database_holds_one_newest_statement(people: People, topics: list[Theme]) -> None:
    say(people, people.school, topics[0], Level.NEED)
    with pytest.raises(IntegrityError, match=r"statement_newest_once|organisation_id"), transaction.atomic():
        Statement.objects.create(
            organisation=people.school, theme=topics[0], level=Level.NEED, said_on=today() - timedelta(days=9)
        )


def test_a_need_that_was_met_is_open_no_more(people: People, topics: list[Theme]) -> None:
    say(people, people.school, topics[0], Level.NEED, days_ago=30)
    statement = Statement.objects.get()
    actions.meet_need(by=people.head, statement=statement, solution="A shared family worker", met_on=None)
    assert standing(people.area, today())[people.school.pk].needs == {topics[0].pk}
    day = today() - timedelta(days=2)
    actions.meet_need(by=people.head, statement=statement, solution="A shared family worker", met_on=day)
    assert standing(people.area, day - timedelta(days=1))[people.school.pk].needs == {topics[0].pk}
    assert standing(people.area, day)[people.school.pk].needs == set()


def test_what_is_said_twice_is_one_event(people: People, topics: list[Theme]) -> None:
    for _click in range(2):
        say(people, people.school, topics[0], Level.NEED)
        statement = Statement.objects.get()
        actions.meet_need(by=people.head, statement=statement, solution="A minibus", met_on=None)
        actions.set_staleness(by=people.officer, area=people.area, months=6)
    told = AuditEvent.objects.filter(action__startswith="needs.").order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["needs.say", "needs.meet", "needs.staleness"]


def test_a_need_that_is_none_any_more_is_not_met(people: People, topics: list[Theme]) -> None:
    say(people, people.school, topics[0], Level.NEED)
    seen = Statement.objects.get()
    say(people, people.school, topics[0], Level.STRENGTH)  # meanwhile, on the same day
    with pytest.raises(NoNeed, match="no longer a need"):
        actions.meet_need(by=people.head, statement=seen, solution="A minibus", met_on=None)
    assert Statement.objects.get().solution == ""


def test_what_was_said_grows_old_after_the_area_s_own_period(people: People, topics: list[Theme]) -> None:
    say(people, people.school, topics[0], Level.NEED, days_ago=300)
    assert standing(people.area, today())[people.school.pk].old == set()
    actions.set_staleness(by=people.officer, area=people.area, months=6)
    assert standing(people.area, today())[people.school.pk].old == {topics[0].pk}


def test_months_are_whole() -> None:
    day = today().replace(day=15)
    assert age_in_months(day, day) == 0
    assert age_in_months(day.replace(day=16), day.replace(year=day.year + 1)) == 11
    assert age_in_months(day, day.replace(year=day.year + 1)) == 12


def test_what_a_closed_school_said_counts_for_the_one_that_carries_it_on(
    people: People, area: Area, topics: list[Theme]
) -> None:
    new = factories.school(area, name="New Academy")
    say(people, people.school, topics[0], Level.NEED, days_ago=10)
    Organisation.objects.filter(pk=people.school.pk).update(status=Status.CLOSED)
    Link.objects.create(
        predecessor_urn=people.school.urn or "",
        successor_urn=new.urn or "",
        kind=LinkKind.SUCCESSION,
        established_on=today(),
    )
    assert standing(area, today())[new.pk].needs == {topics[0].pk}
    assert history_of(new, topics[0]).count() == 1
    say(people, new, topics[0], Level.NEITHER)
    assert standing(area, today())[new.pk].needs == set()


def test_a_leader_of_the_federation_speaks_for_its_schools(people: People, topics: list[Theme]) -> None:
    federation = factories.school(people.area, kind="federation", urn=None, phase="", name="Federation")
    Organisation.objects.filter(pk=people.school.pk).update(federation=federation)
    leader = factories.person(Role.EXECUTIVE_HEAD, Scope(ScopeKind.ORGANISATION, federation.pk))
    actions.say(by=leader, area=people.area, school=people.school, said=[Said(topics[0], Level.NEED)])
    statement = Statement.objects.get()
    assert (statement.on_behalf, statement.said_as) == (False, "Executive head")


def test_standing_costs_the_same_for_one_school_and_for_three(
    people: People, topics: list[Theme], schools: list[Organisation], list_query_count: Any
) -> None:
    left = iter(schools)
    count = list_query_count
    used = count(
        lambda: say(people, next(left), topics[0], Level.NEED), lambda: standing(people.area, today())
    )
    assert used <= 6
