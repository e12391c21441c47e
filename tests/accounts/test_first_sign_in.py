"""From an invitation straight into a session: the link counts as a code by mail, and never as more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.people.models import PURPOSE, Invitation, InvitationState
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from tests import factories
from tests.accounts import signing as steps
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]
EMAIL = "nadia@example.org"


@pytest.fixture(autouse=True)
def in_earnest(settings: Any) -> None:
    """No demonstration: who accepts is a real person."""
    settings.DEMONSTRATION = False


def invited(people: People, role: Role = Role.ADVISER, **given: Any) -> Invitation:
    """An open invitation on the area."""
    fields = {"by": people.officer, "email": EMAIL, "name": "Nadia New"}
    return actions.invite(**fields, role=role, scope=Scope(ScopeKind.AREA, people.area.pk), **given)


def link(invitation: Invitation) -> str:
    return f"/invitations/{derived(PURPOSE, invitation.reference)}/"


def accepts(client: Client, invitation: Invitation) -> Any:
    return client.post(link(invitation))


def test_the_button_accepts_and_signs_in(people: People, client: Client) -> None:
    answer = accepts(client, invited(people))
    assert (answer.status_code, answer.url) == (302, "/")
    page = client.get("/").content.decode()
    assert "You have accepted the invitation." in page
    assert "What waits for you" in page
    assert steps.is_in(client)
    assert SignInSession.objects.get().person.email == EMAIL


def test_what_opens_the_link_without_pressing_changes_nothing(people: People, client: Client) -> None:
    invitation = invited(people)
    before = AuditEvent.objects.count()
    for ask in (client.get, client.head, client.options):
        ask(link(invitation))
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN
    assert not steps.is_in(client)
    assert AuditEvent.objects.count() == before
    assert not Person.objects.filter(email=EMAIL).exists()


def test_the_link_signs_in_once(people: People, client_for: ClientFor) -> None:
    invitation = invited(people)
    first, second = client_for(None), client_for(None)
    accepts(first, invitation)
    assert accepts(second, invitation).url == link(invitation)
    assert steps.is_in(first)
    assert not steps.is_in(second), "a link that was used lets nobody in, whoever has it"
    assert "works no more" in second.get(link(invitation)).content.decode()


@pytest.mark.parametrize("end", [InvitationState.REVOKED, InvitationState.DECLINED])
def test_a_link_that_is_over_lets_nobody_in(people: People, client: Client, end: InvitationState) -> None:
    invitation = invited(people)
    if end == InvitationState.REVOKED:
        actions.take_back(by=people.officer, invitation=invitation)
    else:
        actions.decline(by=None, invitation=invitation)
    accepts(client, invitation)
    assert not steps.is_in(client)


@pytest.mark.django_db(transaction=True)
def test_a_second_step_is_set_up_before_anything_opens(people: People, client: Client) -> None:
    answer = accepts(client, invited(people, Role.AUTHORITY_OFFICER))
    assert answer.url == "/account/"
    assert not steps.is_in(client)
    assert client.get("/people/").url == "/account/"
    page = client.get("/account/").content.decode()
    assert "nothing else opens before" in page
    assert 'href="/people/"' not in page, "what would not open is not offered"
    secret = client.get("/account/app/").context["form"].secret
    client.post("/account/app/", {"code": steps.totp(secret)})
    assert 'href="/"' in client.get("/account/recovery-codes/").content.decode()
    assert steps.is_in(client)
    assert 'href="/people/"' in client.get("/account/").content.decode()


@pytest.mark.parametrize("role", [Role.ADVISER, Role.AUTHORITY_OFFICER])
def test_whoever_has_a_second_step_gives_it(people: People, client: Client, role: Role) -> None:
    nadia = steps.real(Role.GOVERNOR, Scope(ScopeKind.ORGANISATION, people.school.pk), email=EMAIL)
    secret = steps.give_app(nadia)
    assert accepts(client, invited(people, role)).url == "/sign-in/second-step/"
    assert not steps.is_in(client)
    assert RoleHolding.objects.filter(person=nadia, role=role).exists(), "the role is theirs all the same"
    assert client.post("/sign-in/second-step/", {"code": steps.totp(secret)}).url == "/"
    assert steps.is_in(client)


def test_somebody_else_who_is_signed_in_is_asked_to_sign_out(people: People, client_for: ClientFor) -> None:
    invitation = invited(people)
    client = client_for(people.head)
    page = client.get(link(invitation)).content.decode()
    assert "sign out first" in page
    assert "Accept the invitation" not in page
    accepts(client, invitation)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN, "a post that the page does not offer does nothing either"
    assert client.post("/sign-out/", {"next": link(invitation)}).url == link(invitation)
    assert "Accept the invitation" in client.get(link(invitation)).content.decode()
    accepts(client, invitation)
    assert int(client.session["_auth_user_id"]) == Person.objects.get(email=EMAIL).pk


def test_somebody_else_whose_second_step_is_due_is_asked_too(people: People, client: Client) -> None:
    other = steps.real(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk), password=steps.PASSWORD)
    steps.by_password(client, other)
    invitation = invited(people)
    assert "sign out first" in client.get(link(invitation)).content.decode()
    accepts(client, invitation)
    assert not Person.objects.filter(email=EMAIL).exists()


def test_who_is_here_already_stays_signed_in(people: People, client: Client) -> None:
    nadia = steps.real(
        Role.GOVERNOR, Scope(ScopeKind.ORGANISATION, people.school.pk), email=EMAIL, password=steps.PASSWORD
    )
    steps.by_password(client, nadia)
    key = client.session.session_key
    assert accepts(client, invited(people)).url == "/"
    assert client.session.session_key == key
    accepts(client, invited(people, Role.AUTHORITY_OFFICER))
    assert client.get("/tasks/").url == "/account/", "the new role asks for a second step at the next request"


def test_a_half_done_sign_in_is_no_way_round_the_second_step(people: People, client: Client) -> None:
    nadia = steps.real(
        Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk), email=EMAIL, password=steps.PASSWORD
    )
    steps.by_password(client, nadia)
    assert accepts(client, invited(people)).url == "/account/"
    assert not steps.is_in(client)


def test_somebody_who_left_comes_back_with_the_role(people: People, client: Client) -> None:
    nadia = steps.real(email=EMAIL)
    Person.objects.filter(pk=nadia.pk).update(is_active=False)
    accepts(client, invited(people))
    assert steps.is_in(client)


def test_an_invented_person_is_not_signed_in_by_a_link(people: People, client: Client) -> None:
    factories.person(email=EMAIL)
    invitation = invited(people)
    assert accepts(client, invitation).url == link(invitation)
    assert not steps.is_in(client)


def test_signing_out_leads_to_no_other_site(people: People, client_for: ClientFor) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example"):
        assert client_for(people.head).post("/sign-out/", {"next": elsewhere}).url == "/"
