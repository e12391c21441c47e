"""A school leaves: what it takes along, the time in which it may stay, the removal and its certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions as people_actions
from isthmus.apps.accounts.people.models import HandOver, Invitation
from isthmus.apps.accounts.rights import actions, journal
from isthmus.apps.accounts.rights.actions import CannotPurge
from isthmus.apps.accounts.rights.actions.removing import why_not_yet
from isthmus.apps.accounts.rights.files import stored
from isthmus.apps.accounts.rights.models import Erasure, Leaving
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.waiting import waiting_for
from isthmus.apps.needs.models import Competition, Level, Over, Statement, Tie, TieKind
from isthmus.apps.networks.models import Consultation, Layer, MemberRole, Membership, Network, WishKind
from isthmus.apps.register.models import Organisation, Theme
from tests import factories
from tests.accounts.rights import data_folder, opened, work
from tests.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]
__all__ = ["data_folder"]
Clients = Callable[[Person | None], Client]


def of(people: People) -> Scope:
    return Scope(ScopeKind.ORGANISATION, people.school.pk)


@pytest.fixture
def peopled(people: People) -> People:
    """The school has a governor with a second role elsewhere, an open invitation and a hand-over."""
    other = Scope(ScopeKind.ORGANISATION, factories.school(people.area).pk)
    both = factories.person(Role.GOVERNOR, of(people), name="Gwen Governor", email="gwen@example.org")
    RoleHolding.objects.create(person=both, role=Role.GOVERNOR, scope_kind=other.kind, scope_id=other.id)
    people_actions.name_successor(
        by=people.head,
        holding=people.head.holdings.get(),
        email="next@example.org",
        name="Nina Next",
        last_day=today() + timedelta(days=9),
    )
    people_actions.invite(
        by=people.head, email="asked@example.org", name="Ada Asked", role=Role.GOVERNOR, scope=of(people)
    )
    audit.record("school.say", by=people.head, target=people.school, scope=of(people), why="We said so")
    return people


def leaves(people: People, *, ready: bool = True) -> Leaving:
    """The school leaves; `ready`: it has had its copy, and its time is over."""
    found = actions.begin_leaving(by=people.head, scope=of(people), reason="It joins another partnership")
    if ready:
        actions.make_copy(by=people.head, thing=found)
        work(found)
        Leaving.objects.filter(pk=found.pk).update(purge_from=today())
        found.refresh_from_db()
    return found


def test_the_head_takes_a_copy_of_everything(peopled: People, client_for: Clients) -> None:
    client = client_for(peopled.head)
    form = {"place": str(of(peopled)), "reason": "It joins another partnership"}
    assert "Choose a school" in client.post("/leaving/begin/", {"reason": "x"}).content.decode()
    foreign = f"organisation:{factories.school(peopled.area).pk}"
    assert "Choose a school" in client.post("/leaving/begin/", {**form, "place": foreign}).content.decode()
    for _ in range(2):
        assert client.post("/leaving/begin/", form).status_code == 302
    found = Leaving.objects.get()
    assert found.purge_from == today() + timedelta(days=28)
    client.post(f"/leaving/{found.pk}/copy/")
    client.post(f"/leaving/{found.pk}/copy/")
    bundle = work(found)
    url = f"/your-information/copies/{bundle.pk}/save/"
    for other in (peopled.other_officer, peopled.administrator):
        assert client_for(other).post(url).status_code == 404
    files = opened(b"".join(client.post(url).streaming_content))  # type: ignore[attr-defined]  # a stream
    whole = "\n".join(files.values())
    for name in ("Gwen Governor", "Nina Next", "Ada Asked", peopled.head.email):
        assert name in whole
    assert [c["title"] for c in json.loads(files["data.json"])] == [
        "Invitations and hand-overs",
        "Its needs, strengths and ties",
        "Networks that it is or was in",
        "Questionnaires that asked it",
        "Roles held there",
        "What it answered about networks",
    ]
    assert "ready" in client_for(peopled.officer).get(f"/leaving/{found.pk}/").content.decode()


def test_the_copy_holds_what_is_its_own_and_nothing_confidential(peopled: People) -> None:
    own, other, third = peopled.school, factories.school(peopled.area), factories.school(peopled.area)
    said: dict[str, Any] = {"said_on": today(), "said_by": peopled.officer, "said_as": "officer"}
    theme = Theme.objects.create(area=peopled.area, name="Phonics")
    layer = Layer.objects.create(area=peopled.area, name="Localities")
    network = Network.objects.create(layer=layer, name="The Downs", purpose="x")
    for school, of_whom in ((own, "own"), (other, "other")):
        Statement.objects.create(
            organisation=school, theme=theme, level=Level.NEED, note=f"{of_whom} need", **said
        )
        Membership.objects.create(
            network=network, organisation=school, role=MemberRole.MEMBER, why_joined=f"{of_whom} reason"
        )
    Tie.objects.create(
        area=peopled.area, kind=TieKind.FEEDER, first=own, second=other, note="own link", **said
    )
    Tie.objects.create(
        area=peopled.area, kind=TieKind.FEEDER, first=other, second=third, note="other link", **said
    )
    Competition.objects.create(
        area=peopled.area, first=own, second=other, over=Over.PUPILS, reason="other rivalry", **said
    )
    asked = Consultation.objects.create(
        area=peopled.area, name="Spring", until=today(), token=uuid4(), state="open", opened_at=timezone.now()
    )
    for school, wished, of_whom in ((own, third, "own"), (other, own, "other")):
        answer = asked.answers.create(organisation=school, note=f"{of_whom} note")
        answer.wishes.create(organisation=wished, kind=WishKind.NOT_NOW)

    found = actions.begin_leaving(by=peopled.head, scope=of(peopled), reason="x")
    actions.make_copy(by=peopled.head, thing=found)
    files = opened(stored(work(found).file).read_bytes())
    whole = "\n".join(files.values())
    for text in ("own need", "own reason", "own link", "own note", f"not work with now {third.name}"):
        assert text in whole, text
    for text in (
        "other need",
        "other reason",
        "other link",
        "other rivalry",
        "other note",
        f"now {own.name}",
    ):
        assert text not in whole, text


def test_nothing_is_removed_before_its_time_or_without_a_copy(peopled: People, client_for: Clients) -> None:
    found = leaves(peopled, ready=False)
    assert len(why_not_yet(found)) == 2
    with pytest.raises(CannotPurge, match="may still stay"):
        actions.purge(by=peopled.officer, leaves=found)
    page = client_for(peopled.officer).post(f"/leaving/{found.pk}/purge/").content.decode()
    assert "It cannot be removed now" in page
    Leaving.objects.update(purge_from=today())
    found.refresh_from_db()
    with pytest.raises(CannotPurge, match="copy"):
        actions.purge(by=peopled.officer, leaves=found)
    assert RoleHolding.objects.filter(scope_kind="organisation", scope_id=peopled.school.pk).count() == 2


@pytest.mark.parametrize("given", [{"email": "gwen@example.org"}, {"data_class": "invitations"}])
def test_a_legal_hold_keeps_it(peopled: People, given: dict[str, str]) -> None:
    found = leaves(peopled)
    area = Scope(ScopeKind.AREA, peopled.area.pk)
    held = actions.place_hold(by=peopled.officer, scope=area, reason="A claim", **given)
    with pytest.raises(CannotPurge, match="legal hold"):
        actions.purge(by=peopled.officer, leaves=found)
    actions.lift_hold(by=peopled.officer, hold=held, why="Settled")
    assert actions.purge(by=peopled.officer, leaves=found) is not None


def test_everything_is_removed_but_register_facts(peopled: People, client_for: Clients) -> None:
    found = leaves(peopled)
    open_session = client_for(peopled.head)
    open_session.force_login(peopled.head)
    client = client_for(peopled.officer)
    waits = [w.title for w in waiting_for(Person.objects.get(pk=peopled.officer.pk))]
    assert f"Remove what is kept of {peopled.school.name}" in waits
    assert "You cannot undo this" in client.get(f"/leaving/{found.pk}/purge/").content.decode()
    assert client.post(f"/leaving/{found.pk}/purge/").status_code == 302
    client.post(f"/leaving/{found.pk}/purge/")

    scope = {"scope_kind": "organisation", "scope_id": peopled.school.pk}
    assert not RoleHolding.objects.filter(**scope).exists()
    assert not Invitation.objects.filter(**scope).exists()
    assert not HandOver.objects.exists()
    assert Organisation.objects.filter(pk=peopled.school.pk).exists()
    assert not SignInSession.objects.filter(person=peopled.head).exists()
    gone, stays = Person.objects.get(pk=peopled.head.pk), Person.objects.get(email="gwen@example.org")
    assert (gone.is_active, stays.is_active) == (False, True)
    assert AuditEvent.objects.get(action="school.say").told is None
    assert AuditEvent.objects.filter(action="leaving.purge").count() == 1
    found.refresh_from_db()
    certificate = {title: (removed, kept) for title, removed, kept, _ in found.certificate}
    assert certificate["Roles held there"] == (2, 0)
    assert certificate["Invitations and hand-overs"] == (3, 0)
    assert certificate["Accounts of people with no other role, closed"] == (1, 0)
    assert "Certificate of removal" in client.get(f"/leaving/{found.pk}/").content.decode()
    assert Message.objects.filter(kind="leaving.purged", to=peopled.head.email).count() == 1
    assert len(journal.read()) == 1


def test_it_may_stay_after_all(peopled: People, client_for: Clients) -> None:
    found = leaves(peopled)
    url = f"/leaving/{found.pk}/stop/"
    assert client_for(peopled.other_officer).post(url, {"reason": "x"}).status_code == 404
    client_for(peopled.head).post(url, {"reason": "We like it here"})
    client_for(peopled.head).post(url, {"reason": "We like it here"})
    assert actions.purge(by=peopled.officer, leaves=found) is None
    assert AuditEvent.objects.filter(action="leaving.stop").count() == 1
    assert RoleHolding.objects.filter(scope_kind="organisation", scope_id=peopled.school.pk).count() == 2


def test_a_removal_survives_a_restore(peopled: People) -> None:
    found = leaves(peopled)
    point = transaction.savepoint()
    actions.purge(by=peopled.officer, leaves=found)
    transaction.savepoint_rollback(point)
    assert RoleHolding.objects.filter(scope_kind="organisation", scope_id=peopled.school.pk).exists()
    assert [done.what for done in actions.replay_erasures(by=None)] == [Erasure.What.ORGANISATION]
    assert not RoleHolding.objects.filter(scope_kind="organisation", scope_id=peopled.school.pk).exists()
    assert actions.replay_erasures(by=None) == []


def test_a_number_that_is_another_school_now_is_left_alone(peopled: People) -> None:
    found = leaves(peopled)
    point = transaction.savepoint()
    actions.purge(by=peopled.officer, leaves=found)
    transaction.savepoint_rollback(point)
    Organisation.objects.filter(pk=peopled.school.pk).update(name="Another School")
    assert actions.replay_erasures(by=None) == []
    assert RoleHolding.objects.filter(scope_kind="organisation", scope_id=peopled.school.pk).exists()


def test_the_list_of_leaving_schools(
    people: People, client_for: Clients, list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)

    def one() -> None:
        school = Scope(ScopeKind.ORGANISATION, factories.school(people.area).pk)
        actions.begin_leaving(by=people.officer, scope=school, reason="x")

    list_query_count(one, lambda: client.get("/leaving/"))
    assert "No school has left" in client_for(people.other_officer).get("/leaving/").content.decode()
    assert client_for(people.administrator).get("/leaving/").status_code == 403
