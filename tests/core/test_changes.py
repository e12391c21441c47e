"""What changed since the last visit: by others, on what one may see, in words, at a constant cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.rights.models import Restriction, Right, SubjectRequest
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import audit, changes
from isthmus.apps.core.models import Job
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.search import search
from isthmus.apps.networks.models import Plan
from tests import factories
from tests.conftest import People
from tests.meta.sweep import _plan as a_plan

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


def before() -> Any:
    return timezone.now() - timedelta(hours=1)


def told(person: Person) -> dict[str, list[str]]:
    """The titles that somebody is told of, by heading."""
    return {g.heading: [t.title for t in g.things] for g in changes.since(person, before())}


def a_change(people: People, area: Any, name: str, by: Person | None) -> Plan:
    plan = a_plan(area)
    Plan.objects.filter(pk=plan.pk).update(name=name)
    audit.record("plan.worked_out", by=by, target=plan, scope=plan.scope)
    return plan


def test_each_sees_what_others_did_where_they_may(people: People) -> None:
    here, there = Scope(ScopeKind.AREA, people.area.pk), Scope(ScopeKind.AREA, people.other_area.pk)
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    a_change(people, people.area, "Canary here", people.other_officer)
    a_change(people, people.other_area, "Canary there", people.officer)
    for by, scope, role in (
        (people.officer, here, Role.ADVISER),
        (people.other_officer, there, Role.ADVISER),
        (people.head, school, Role.GOVERNOR),
        (people.administrator, INSTALLATION, Role.ADMINISTRATOR),
    ):
        actions.invite(by=by, email=f"{by.pk}@example.org", name=f"Asked by {by.pk}", role=role, scope=scope)
    adviser = factories.person(Role.ADVISER, here)

    def asked(person: Person, role: str) -> str:
        return f"Asked by {person.pk}: {role}"

    assert told(people.officer)["Plans"] == ["Canary here"]
    assert told(people.other_officer)["Plans"] == ["Canary there"]
    assert told(people.officer)["Invitations"] == [asked(people.head, "Governor")], "not one's own doing"
    assert "Invitations" not in told(people.other_officer)
    assert told(people.administrator)["Invitations"] == [
        asked(people.other_officer, "Adviser"),
        asked(people.officer, "Adviser"),
    ]
    assert "Plans" not in told(people.administrator)
    assert "Plans" not in told(people.head)
    assert told(adviser) == {
        "People and their roles": [f"{adviser.name}: Adviser"],
        "Plans": ["Canary here"],
    }, "their own role was given by somebody else"
    assert told(factories.person()) == {}


def test_whose_data_may_not_be_used_is_told_of_to_themselves_only(people: People) -> None:
    asked = SubjectRequest.objects.create(
        right=Right.RESTRICT,
        person=people.head,
        email=people.head.email,
        due_on=timezone.localdate() + timedelta(days=30),
        scope_kind=ScopeKind.AREA,
        scope_id=people.area.pk,
    )
    invited = factories.person(email="quiet@example.org")
    scope = Scope(ScopeKind.AREA, people.area.pk)
    actions.invite(by=people.administrator, email=invited.email, name="Quiet", role=Role.ADVISER, scope=scope)
    mine = f"{people.head.name}: Head"
    assert mine in told(people.officer)["People and their roles"]
    assert told(people.officer)["Invitations"] == ["Quiet: Adviser"]
    for email, person in ((people.head.email, people.head), (invited.email, invited)):
        Restriction.objects.create(email=email, person=person, request=asked)
    assert mine not in told(people.officer).get("People and their roles", [])
    assert "Invitations" not in told(people.officer)
    assert told(people.head)["People and their roles"] == [mine]
    found = {g.kind.name for text in (people.head.name, "quiet") for g in search(people.officer, text)}
    assert not found & {"people", "invitations"}


def test_nothing_from_before_the_last_visit_and_nothing_without_words(people: People) -> None:
    plan = a_change(people, people.area, "A", None)
    assert changes.since(people.officer, timezone.now()) == []
    audit.record("plan.unheard_of", by=None, target=plan, scope=plan.scope)
    job = Job.objects.create(
        kind="networks.plan", title="T", scope_kind=ScopeKind.AREA, scope_id=plan.owner_id
    )
    audit.record("job.start", by=None, target=job, scope=plan.scope)
    (group,) = [g for g in changes.since(people.officer, before()) if g.heading == "Plans"]
    assert [len(thing.lines) for thing in group.things] == [1]


def test_lines_are_grouped_by_thing_and_long_lists_are_cut(people: People) -> None:
    plan = a_change(people, people.area, "Busy", None)
    for _ in range(6):
        audit.record("plan.worked_out", by=people.administrator, target=plan, scope=plan.scope)
    for number in range(14):
        a_change(people, people.area, f"P{number}", None)
    (group,) = [g for g in changes.since(people.officer, before()) if g.heading == "Plans"]
    assert (len(group.things), group.more) == (10, 5)
    for number in range(14):
        Plan.objects.filter(name=f"P{number}").delete()
    audit.record("plan.worked_out", by=None, target=plan, scope=plan.scope)
    (group,) = [g for g in changes.since(people.officer, before()) if g.heading == "Plans"]
    busy = group.things[0]
    assert (busy.title, len(busy.lines), busy.more) == ("Busy", 3, 5)
    assert busy.lines[0].startswith("Isthmus worked it out, ")
    assert busy.lines[1].startswith(f"{people.administrator.name} (administrator) worked it out, ")
    assert group.things[1].title == "Something that is gone"


def test_what_is_gone_keeps_the_name_that_its_end_tells(people: People) -> None:
    plan = a_plan(people.area)
    audit.record("plan.remove", by=None, target=plan, scope=plan.scope, before={"name": "Old plan"})
    plan.delete()
    (group,) = [g for g in changes.since(people.officer, before()) if g.heading == "Plans"]
    assert (group.things[0].title, group.things[0].url) == ("Old plan", "")


def test_the_home_page_says_it_from_the_second_visit_on(people: People, client_for: ClientFor) -> None:
    first = client_for(people.officer).get("/").content.decode()
    assert "This is your first visit" in first
    second = client_for(people.officer)
    assert "Nobody else has changed anything" in second.get("/").content.decode()
    plan = a_change(people, people.area, "Fresh", None)
    page = second.get("/").content.decode()
    assert f'href="/plans/{plan.pk}/"' in page
    assert "worked it out" in page
    assert "Fresh" not in client_for(people.other_officer).get("/").content.decode()
    third = client_for(people.officer).get("/").content.decode()
    assert "Fresh" in third, "it happened after the second visit began"
    assert "Nobody else" in client_for(people.officer).get("/").content.decode()


def test_the_last_visit_is_written_once_a_session(people: People, client_for: ClientFor) -> None:
    client = client_for(people.head)
    people.head.refresh_from_db()
    noted = people.head.last_login
    for path in ("/", "/schools/", "/"):
        client.get(path)
    people.head.refresh_from_db()
    assert people.head.last_login == noted


def test_it_costs_the_same_for_one_change_and_for_three(
    people: People, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    client_for(people.officer)
    client, scope = client_for(people.officer), Scope(ScopeKind.AREA, people.area.pk)

    def more() -> None:
        a_change(people, people.area, "A", people.administrator)
        factories.person(Role.ADVISER, scope)
        actions.invite(
            by=people.administrator,
            email=f"{Plan.objects.count()}@example.org",
            name="A",
            role=Role.ADVISER,
            scope=scope,
        )

    list_query_count(more, lambda: client.get("/"))
    assert len(changes.since(people.officer, before())) == 3
