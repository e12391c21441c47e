"""The pages: who sees what of a school and of an area, and that competition reaches nobody but officers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.needs import access, actions
from isthmus.apps.needs.actions import Said
from isthmus.apps.needs.models import Level, Over, Statement, TieKind
from isthmus.apps.register.models import Organisation, Theme
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
Clients = Callable[[Any], Client]
SECRET = "Families leave after the merger"


@pytest.fixture
def known(people: People, topics: list[Theme], schools: list[Organisation]) -> list[Organisation]:
    """Three schools with a need, a tie with the head's own school, and competition with it."""
    actions.say(
        by=people.officer,
        area=people.area,
        school=schools[0],
        said=[Said(topics[0], Level.NEED, note="Places")],
    )
    actions.keep_tie(
        by=people.officer,
        area=people.area,
        tie=None,
        kind=TieKind.FEEDER,
        first=schools[0],
        second=people.school,
        note="",
        since=None,
        until=None,
    )
    actions.record_competition(
        by=people.officer,
        area=people.area,
        first=people.school,
        second=schools[1],
        over=Over.PUPILS,
        competes=True,
        reason=SECRET,
    )
    return schools


def own(people: People, rest: str = "") -> str:
    return f"/areas/{people.area.pk}/needs/schools/{people.school.urn}/{rest}"


def test_a_head_says_it_for_their_own_school_and_for_no_other(
    people: People, topics: list[Theme], known: list[Organisation], client_for: Clients
) -> None:
    head = client_for(people.head)
    url = own(people, f"{topics[0].pk}/")
    assert head.post(url, {}).status_code == 200  # what is missing is said
    answer = head.post(url, {"level": "strength", "note": "We can"}, follow=True)
    assert "Strength" in answer.content.decode()
    row = Statement.objects.get(organisation=people.school)
    assert (row.said_by, row.on_behalf, row.note) == (people.head, False, "We can")
    other = f"/areas/{people.area.pk}/needs/schools/{known[0].urn}/"
    assert head.get(other).status_code == 404
    assert head.post(f"{other}{topics[0].pk}/", {"level": "need"}).status_code == 404
    assert Statement.objects.filter(organisation=known[0]).count() == 1


def test_all_on_one_page_writes_what_changed_and_confirms_the_rest_on_request(
    people: People, topics: list[Theme], client_for: Clients
) -> None:
    head = client_for(people.head)
    first = {f"theme-{topics[0].pk}": "need", f"theme-{topics[1].pk}": "strength"}
    head.post(own(people, "all/"), first)
    assert Statement.objects.count() == 2
    Statement.objects.update(said_on="2020-01-01")
    head.post(own(people, "all/"), first)
    assert Statement.objects.count() == 2
    head.post(own(people, "all/"), {**first, f"theme-{topics[1].pk}": "both"})
    assert Statement.objects.count() == 3
    head.post(own(people, "all/"), {**first, f"theme-{topics[1].pk}": "both", "confirm": "on"})
    assert Statement.objects.count() == 4


def test_a_governor_sees_and_does_not_say(people: People, topics: list[Theme], client_for: Clients) -> None:
    governor = factories.person(Role.GOVERNOR, Scope(ScopeKind.ORGANISATION, people.school.pk))
    client = client_for(governor)
    assert client.get(own(people)).status_code == 200
    page = client.get(own(people, f"{topics[0].pk}/"))
    assert b"<textarea" not in page.content
    assert client.post(own(people, f"{topics[0].pk}/"), {"level": "need"}).status_code == 404
    assert client.get(own(people, "all/")).status_code == 403
    assert not Statement.objects.exists()


def test_competition_reaches_nobody_but_officers_of_the_area(
    people: People, topics: list[Theme], known: list[Organisation], client_for: Clients
) -> None:
    officer, area = client_for(people.officer), people.area.pk
    page = officer.get(f"/areas/{area}/competition/").content.decode()
    assert SECRET in page
    assert SECRET in officer.get(f"/areas/{area}/competition/competition.csv").content.decode()
    adviser = factories.person(Role.ADVISER, Scope(ScopeKind.AREA, area))
    for person in (people.head, adviser, people.other_officer):
        client = client_for(person)
        for address in ("", "competition.csv", "new/", "files/", "template.csv"):
            assert client.get(f"/areas/{area}/competition/{address}").status_code in (403, 404)
        for address in (
            own(people),
            own(people, f"{topics[0].pk}/"),
            f"/areas/{area}/needs/",
            f"/areas/{area}/needs/needs.csv",
            f"/areas/{area}/ties/",
            f"/areas/{area}/ties/ties.csv",
            f"/organisations/{people.school.pk}/",
            f"/schools/{people.school.urn}/",
            "/needs/",
            "/",
        ):
            assert SECRET not in client.get(address).content.decode()


def test_a_role_in_another_area_gives_nothing_here(
    people: People, topics: list[Theme], client_for: Clients
) -> None:
    here, there = people.area, people.other_area
    adviser = factories.person(Role.ADVISER, Scope(ScopeKind.AREA, here.pk))
    give_role(by=None, person=adviser, role=Role.AUTHORITY_OFFICER, scope=Scope(ScopeKind.AREA, there.pk))
    assert not access.may_know_competition(adviser, here)
    assert not access.may_say_for(adviser, here)
    page = client_for(adviser).get(f"/areas/{here.pk}/needs/").content.decode()
    assert f"/areas/{here.pk}/competition/" not in page
    page = client_for(adviser).get(f"/areas/{there.pk}/needs/").content.decode()
    assert f"/areas/{there.pk}/competition/" in page


def test_the_matrix_is_searched_filtered_and_counted(
    people: People, topics: list[Theme], known: list[Organisation], client_for: Clients
) -> None:
    client, url = client_for(people.officer), f"/areas/{people.area.pk}/needs/"

    def shown(query: str) -> set[str]:
        text = client.get(f"{url}?{query}").content.decode()
        return {letter for letter in "ABC" if f">School {letter}</a>" in text}

    assert shown("") == {"A", "B", "C"}
    assert shown("only=need") == {"A"}
    assert shown(f"only=need&theme={topics[1].pk}") == set()
    assert shown("only=nothing") == {"B", "C"}
    assert shown("q=school+b") == {"B"}
    assert "1 of 4 schools said something" in client.get(url).content.decode()
    assert client.get(f"{url}needs.csv?only=need").content.count(b"\r\n") == 2


def test_a_tie_is_told_to_the_school_itself(
    people: People, topics: list[Theme], known: list[Organisation], client_for: Clients
) -> None:
    page = client_for(people.head).get(own(people)).content.decode()
    assert "Pupils come from School A" in page
    assert "School B" not in page


def test_the_matrix_costs_the_same_for_one_school_and_for_three(
    people: People, topics: list[Theme], client_for: Clients, list_query_count: Any
) -> None:
    client = client_for(people.officer)

    def make() -> None:
        said = [Said(topics[0], Level.NEED)]
        actions.say(by=people.officer, area=people.area, school=factories.school(people.area), said=said)

    assert list_query_count(make, lambda: client.get(f"/areas/{people.area.pk}/needs/")) < 30


def test_what_is_typed_as_a_school_must_be_one(
    people: People, schools: list[Organisation], client_for: Clients
) -> None:
    client, url = client_for(people.officer), f"/areas/{people.area.pk}/competition/new/"
    given = {"over": "pupils", "competes": "yes", "reason": "R"}
    several = client.post(url, {**given, "first": "School", "second": schools[0].urn}).content.decode()
    assert "Write the URN of one" in several
    same = client.post(url, {**given, "first": "School A", "second": schools[0].urn}).content.decode()
    assert "choose another than the first" in same
    assert client.post(url, {**given, "first": "School A", "second": schools[1].urn}).status_code == 302
