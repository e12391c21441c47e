"""Terms that end, roles that are ended, and roles that pass to a successor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions, tasks
from isthmus.apps.accounts.people.models import PURPOSE, HandOver, Invitation
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from isthmus.apps.core.waiting import waiting_for
from tests import factories
from tests.conftest import People
from tests.meta.sweep import _plan as ready_plan

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]
SOON = timedelta(days=5)


def handed_over(people: People, **given: object) -> HandOver:
    """The officer names a successor."""
    fields: dict[str, object] = {
        "by": people.officer,
        "holding": people.officer.holdings.get(),
        "email": "nadia@example.org",
        "name": "Nadia New",
        "last_day": today() + SOON,
        "note": "Ring the diocese first.",
    }
    return actions.name_successor(**(fields | given))  # type: ignore[arg-type]  # fields of a test


def accepted(made: HandOver, client: Client) -> Person:
    made.invitation.refresh_from_db()
    client.post(f"/invitations/{derived(PURPOSE, made.invitation.reference)}/")
    return Person.objects.get(email=made.invitation.email)


def test_a_successor_accepts_and_finds_what_is_open(
    people: People, client: Client, client_for: ClientFor
) -> None:
    plan = ready_plan(people.area)
    made = handed_over(people)
    assert [item["title"] for item in made.pack] == [f"Plan ‘{plan.name}’"]
    assert people.officer.holdings.get().ends is None, "nothing passes before they accept"

    nadia = accepted(made, client)
    assert people.officer.holdings.get().ends == today() + SOON
    assert nadia.may(Permission.PLAN_MAKE, Scope(ScopeKind.AREA, people.area.pk))
    page = client_for(nadia).get(f"/people/hand-overs/{made.pk}/").content.decode()
    assert "Ring the diocese first." in page
    assert f"/plans/{plan.pk}/" in page
    assert client_for(nadia).get(f"/plans/{plan.pk}/").status_code == 200
    assert AuditEvent.objects.filter(action="role.hand_over").count() == 1
    (waits,) = [w for w in waiting_for(nadia) if "took over" in w.title]
    assert (waits.url, waits.hint) == (f"/people/hand-overs/{made.pk}/", "1 thing was open")
    own = client_for(nadia).get(f"/people/roles/{nadia.holdings.get().pk}/").content.decode()
    assert f"What {people.officer.name} handed over" in own
    Invitation.objects.update(answered_at=timezone.now() - timedelta(days=30))
    assert not [w for w in waiting_for(nadia) if "took over" in w.title]


def test_only_those_between_whom_a_role_passes_and_who_manages_people_see_it(
    people: People, client: Client, client_for: ClientFor
) -> None:
    made = handed_over(people, holding=people.head.holdings.get(), by=people.head)
    nadia = accepted(made, client)
    url = f"/people/hand-overs/{made.pk}/"
    seen = {
        name: client_for(person).get(url).status_code
        for name, person in (people.by_name() | {"nadia": nadia}).items()
    }
    assert seen == {
        "anonymous": 302,
        "head": 200,
        "nadia": 200,
        "officer": 200,
        "other_officer": 404,
        "administrator": 404,
    }


def test_the_form_asks_for_a_successor_and_a_double_click_for_one(
    people: People, client_for: ClientFor
) -> None:
    client, held = client_for(people.officer), people.officer.holdings.get()
    url, day = f"/people/roles/{held.pk}/hand-over/", today() + SOON
    when = {"last_day_day": day.day, "last_day_month": day.month, "last_day_year": day.year}
    form = {"name": "Nadia New", "email": "nadia@example.org", **when}
    assert (
        "does not follow themselves"
        in client.post(url, {**form, "email": people.officer.email}).content.decode()
    )
    assert (
        "must be today or later" in client.post(url, {**form, "last_day_year": day.year - 1}).content.decode()
    )
    first, second = client.post(url, form).url, client.post(url, form).url
    assert first == second == f"/people/hand-overs/{HandOver.objects.get().pk}/"
    waiting = Message.objects.filter(kind="invitation", state="waiting").get()
    assert people.officer.name in str(waiting.letter)
    other = client.post(url, {**form, "email": "third@example.org"}).content.decode()
    assert "is asked already" in other


def test_a_hand_over_waits_on_both_home_pages(people: People) -> None:
    made = handed_over(people, email=people.head.email)
    assert [item.url for item in waiting_for(people.officer)] == [f"/people/hand-overs/{made.pk}/"]
    assert [item.state for item in waiting_for(people.head)] == ["To answer"]


def test_two_heads_do_not_name_one_successor_unnoticed(people: People) -> None:
    second = factories.person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk))
    handed_over(people)
    with pytest.raises(ValueError, match="already named"):
        handed_over(people, holding=second.holdings.get(), by=second)


def test_a_role_is_over_at_the_end_of_its_last_day_never_later_than_it_was(
    people: People, client: Client
) -> None:
    RoleHolding.objects.filter(person=people.officer).update(ends=today() + timedelta(days=2))
    made = handed_over(people, last_day=today() + timedelta(days=2))
    HandOver.objects.update(last_day=today() + timedelta(days=9))
    accepted(made, client)
    assert people.officer.holdings.get().ends == today() + timedelta(days=2)


def test_somebody_whose_last_role_ends_is_out_at_the_next_request(
    people: People, client_for: ClientFor
) -> None:
    client, held = client_for(people.head), people.head.holdings.get()
    assert client.get("/people/").status_code == 200
    manager = client_for(people.officer)
    page = manager.get(f"/people/roles/{held.pk}/end/").content.decode()
    assert "This is the last role" in page
    assert manager.post(f"/people/roles/{held.pk}/end/").url == "/people/"
    manager.post(f"/people/roles/{held.pk}/end/")
    assert client.get("/people/").url.startswith("/sign-in/")
    assert AuditEvent.objects.filter(action="role.end").count() == 1
    assert Message.objects.filter(kind="role.ended", to=people.head.email).count() == 1


def test_an_old_session_does_not_come_back_with_the_person(people: People, client_for: ClientFor) -> None:
    client, held = client_for(people.head), people.head.holdings.get()
    actions.end_role(by=people.officer, holding=held)
    invitation = actions.invite(
        by=people.officer, email=people.head.email, name="A", role=Role.HEAD, scope=held.scope
    )
    assert actions.accept(by=None, invitation=invitation)
    again = Person.objects.get(pk=people.head.pk)
    assert again.is_active
    assert again.may(Permission.PEOPLE_MANAGE, held.scope), "held again on the day on which it ended"
    assert client.get("/people/").status_code == 302


def test_somebody_with_another_role_stays(people: People, client_for: ClientFor) -> None:
    give_role(by=None, person=people.head, role=Role.ADVISER, scope=Scope(ScopeKind.AREA, people.area.pk))
    client = client_for(people.head)
    held = people.head.holdings.get(role=Role.HEAD)
    assert client.post(f"/people/roles/{held.pk}/end/").url == "/"
    assert client.get("/people/").status_code == 403, "what the role allowed is closed"
    assert client.get("/tasks/").status_code == 200


def test_people_are_warned_once_of_a_term_that_ends(people: People) -> None:
    RoleHolding.objects.filter(person=people.head).update(ends=today() + timedelta(days=28))
    RoleHolding.objects.filter(person=people.officer).update(ends=today() + timedelta(days=29))
    for _ in range(3):
        assert tasks.warn_of_ends() == 1
    told = Message.objects.get(kind="role.term")
    assert told.to == people.head.email
    assert [item.state for item in waiting_for(people.head)] == ["Ends soon"]
    RoleHolding.objects.filter(person=people.head).update(ends=today() + timedelta(days=20))
    tasks.warn_of_ends()
    assert Message.objects.filter(kind="role.term").count() == 2, "another end is another warning"


def test_a_role_and_its_history_are_seen_by_its_holder_and_who_manages(
    people: People, client_for: ClientFor
) -> None:
    held = people.head.holdings.get()
    handed_over(people, holding=held, by=people.officer)
    page = client_for(people.head).get(f"/people/roles/{held.pk}/").content.decode()
    assert f"{people.officer.name} (authority officer) named a successor" in page
    assert "Isthmus gave the role" in page
    assert str(held.pk) in client_for(people.head).get("/people/me/").content.decode()
    assert client_for(people.other_officer).get(f"/people/roles/{held.pk}/").status_code == 404
