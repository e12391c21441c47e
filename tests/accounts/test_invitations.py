"""Invitations: who may send them, what the link does, and that one answer has one effect."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import access, actions
from isthmus.apps.accounts.people.models import PURPOSE, Invitation, InvitationState
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core import mail
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent, Message, MessageState
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.core.waiting import waiting_for
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


def asked(people: People, **given: object) -> Invitation:
    """An open invitation of an adviser by the officer."""
    fields: dict[str, object] = {
        "by": people.officer,
        "email": "Nadia.New@Example.org",
        "name": "Nadia New",
        "role": Role.ADVISER,
        "scope": Scope(ScopeKind.AREA, people.area.pk),
    }
    return actions.invite(**(fields | given))  # type: ignore[arg-type]  # fields of a test


def link(invitation: Invitation) -> str:
    return f"/invitations/{derived(PURPOSE, invitation.reference)}/"


def the_mail(invitation: Invitation) -> mail.Rendered:
    return mail.render(Message.objects.get(key=invitation.mail_key))


def test_the_mail_carries_the_only_copy_of_the_link(people: People) -> None:
    invitation = asked(people)
    said = the_mail(invitation)
    assert said.to == "nadia.new@example.org"
    found = re.search(r"http://localhost:8000(/invitations/([\w-]{43})/)", said.text)
    assert found
    assert found[1] == link(invitation)
    assert found[1] in said.html
    assert invitation.token_hash == hashed(found[2])
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert found[2] not in str(cursor.fetchall()), f"{table} holds the token"


def test_the_mail_says_what_it_is_about_and_its_subject_says_nothing_private(people: People) -> None:
    said = the_mail(asked(people, note="See you on Thursday"))
    for words in ("Nadia New", people.officer.name, people.area.name, "adviser", "See you on Thursday"):
        assert words in said.text
        assert words not in said.subject
    assert "see the plans of networks of the area" in said.text


def test_looking_spends_nothing_and_the_button_accepts(people: People, client: Client) -> None:
    invitation = asked(people, ends=today() + timedelta(days=90))
    for _ in range(3):  # a scanner of mail, then the person
        page = client.get(link(invitation)).content.decode()
    assert page[page.index("<main") :].count("<button") == 1
    assert people.area.name in page
    assert not Person.objects.filter(email=invitation.email).exists()

    response = client.post(link(invitation), follow=True)
    assert "You have accepted" in response.content.decode()
    person = Person.objects.get(email="nadia.new@example.org")
    held = person.holdings.get()
    assert (held.role, held.scope, held.starts, held.ends) == (
        Role.ADVISER,
        invitation.scope,
        today(),
        today() + timedelta(days=90),
    )
    assert person.name == "Nadia New"
    assert not person.has_usable_password()
    assert "_auth_user_id" not in client.session, "a link is no way round the second factor"


def test_a_double_click_and_a_second_visit_change_nothing_more(people: People, client: Client) -> None:
    invitation = asked(people)
    for _ in range(3):
        client.post(link(invitation))
    client.post(f"{link(invitation)}decline/")
    assert RoleHolding.objects.filter(person__email=invitation.email).count() == 1
    assert AuditEvent.objects.filter(action="invitation.accept").count() == 1
    assert AuditEvent.objects.filter(action="invitation.decline").count() == 0
    assert Message.objects.filter(kind="invitation.answered").count() == 1


def test_somebody_who_is_here_already_is_found_and_keeps_their_name(people: People, client: Client) -> None:
    invitation = asked(people, email=people.head.email.upper(), name="Another Name")
    client.post(link(invitation))
    head = Person.objects.get(pk=people.head.pk)
    assert sorted(head.holdings.values_list("role", flat=True)) == ["adviser", "head"]
    assert head.name == people.head.name


def test_inviting_twice_sends_one_mail(people: People) -> None:
    first, second = asked(people), asked(people)
    assert first == second
    assert Message.objects.filter(kind="invitation").count() == 1


def test_sending_again_makes_a_new_link_and_the_old_one_works_no_more(people: People, client: Client) -> None:
    invitation = asked(people)
    old = link(invitation)
    assert actions.send_again(by=people.officer, invitation=invitation, seen_round=1)
    assert not actions.send_again(by=people.officer, invitation=invitation, seen_round=1), "a double click"
    invitation.refresh_from_db()
    assert client.get(old).status_code == 404
    assert client.post(old).status_code == 404
    assert client.get(link(invitation)).status_code == 200
    states = Message.objects.filter(kind="invitation").order_by("created_at").values_list("state", flat=True)
    assert list(states) == [MessageState.WITHDRAWN, MessageState.WAITING]


@pytest.mark.parametrize("end", ["taken back", "expired", "term over"])
def test_a_link_that_works_no_more_says_so_and_gives_nothing(
    people: People, client: Client, end: str
) -> None:
    invitation = asked(people)
    if end == "taken back":
        assert actions.take_back(by=people.officer, invitation=invitation)
        assert Message.objects.get(key=invitation.mail_key).state == MessageState.WITHDRAWN
    elif end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        Invitation.objects.update(ends=today() - timedelta(days=1))
    page = client.get(link(invitation)).content.decode()
    assert "works no more" in page
    assert "Accept" not in page
    client.post(link(invitation))
    assert not Person.objects.filter(email=invitation.email).exists()


def test_an_expired_invitation_is_sent_anew_by_inviting_again(people: People, client: Client) -> None:
    invitation = asked(people)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    again = asked(people, note="Once more")
    assert (again.pk, again.round, again.note) == (invitation.pk, 2, "Once more")
    client.post(link(again))
    assert Person.objects.filter(email=again.email).exists()


def test_declining_asks_first_and_tells_who_invited(people: People, client: Client) -> None:
    invitation = asked(people)
    assert client.get(f"{link(invitation)}decline/").status_code == 200
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN
    page = client.post(f"{link(invitation)}decline/", follow=True).content.decode()
    assert "You have declined" in page
    told = Message.objects.get(kind="invitation.answered")
    assert told.to == people.officer.email
    assert "declined" in str(told.letter)


def test_who_invites_sees_what_became_of_the_mail(people: People, client_for: ClientFor) -> None:
    invitation = asked(people)
    Message.objects.update(state=MessageState.GIVEN_UP, error="550 no such person")
    page = client_for(people.officer).get(f"/people/invitations/{invitation.pk}/").content.decode()
    assert "Given up" in page
    assert "550 no such person" in page


def test_an_unknown_link_is_not_found(client: Client) -> None:
    for token in ("x", "0" * 43, "'--"):
        assert client.get(f"/invitations/{token}/").status_code == 404


def test_who_may_give_which_role_where(people: People) -> None:
    area, school = Scope(ScopeKind.AREA, people.area.pk), Scope(ScopeKind.ORGANISATION, people.school.pk)
    there = Scope(ScopeKind.AREA, people.other_area.pk)
    give = access.roles_to_give
    assert Role.HEAD in give(people.officer, school)
    assert Role.AUTHORITY_OFFICER in give(people.officer, area)
    assert give(people.officer, there) == []
    assert give(people.officer, INSTALLATION) == []
    assert Role.GOVERNOR in give(people.head, school)
    assert Role.HEAD not in give(people.head, school), "heads are invited by the area"
    assert give(people.head, area) == []
    assert give(people.administrator, INSTALLATION) == [Role.ADMINISTRATOR]
    assert Role.AUTHORITY_OFFICER in give(people.administrator, area)
    assert give(people.administrator, school) == [], "an administrator sees no school's people"
    assert give(people.officer, Scope(ScopeKind.ORGANISATION, 10**9)) == [], "no such school"
    assert give(factories.person(), area) == []


def test_every_role_can_be_given_from_somewhere() -> None:
    for role, text in DESCRIPTIONS.items():
        assert role in [r for on in text.held_on for r in _given(text.given_from, on)]


def _given(managed: ScopeKind, on: ScopeKind) -> list[Role]:
    from isthmus.apps.accounts.roles import given_from

    return given_from(managed, on)


def test_the_form_invites(people: People, client_for: ClientFor) -> None:
    client = client_for(people.officer)
    school = f"organisation:{people.school.pk}"
    assert people.school.name in client.get("/people/invite/").content.decode()
    assert "Choose where the role is held" in client.get("/people/invite/?place=").content.decode()
    form = {"place": school, "role": "governor", "name": " Gita Green ", "email": " Gita@Example.org "}
    empty = client.post("/people/invite/", {"place": school}).content.decode()
    for said in ("Choose a role", "Enter the person&#x27;s full name", "Enter an e-mail address"):
        assert said in empty
    response = client.post("/people/invite/", form)
    invitation = Invitation.objects.get()
    assert response.url == f"/people/invitations/{invitation.pk}/"
    assert (invitation.name, invitation.email) == ("Gita Green", "gita@example.org")
    assert invitation.ends.year == today().year + 4, "the usual term of a governor"
    assert "Gita Green" in client.get(response.url).content.decode()


def test_nobody_invites_to_a_role_that_is_not_theirs_to_give(people: People, client_for: ClientFor) -> None:
    form = {"name": "A", "email": "a@example.org"}
    for person, place, role in (
        (people.head, f"organisation:{people.school.pk}", "head"),
        (people.head, f"area:{people.area.pk}", "authority officer"),
        (people.officer, f"area:{people.other_area.pk}", "adviser"),
        (people.officer, "installation:0", "administrator"),
        (people.administrator, f"organisation:{people.school.pk}", "head"),
    ):
        client_for(person).post("/people/invite/", {**form, "place": place, "role": role})
    assert not Invitation.objects.exists()


def test_people_and_invitations_are_listed_found_and_sorted(people: People, client_for: ClientFor) -> None:
    client = client_for(people.officer)
    asked(people)
    page = client.get("/people/").content.decode()
    assert people.officer.name in page
    assert people.head.name in page, "schools of the area too"
    assert f">{people.other_officer.name}<" not in page
    assert f">{people.officer.name}<" not in client.get(f"/people/?q={people.head.email}").content.decode()
    assert people.head.name in client.get("/people/?role=head&sort=-until").content.decode()
    assert "Nobody here fits" in client.get("/people/?when=over").content.decode()
    page = client.get("/people/invitations/?state=open&q=nadia").content.decode()
    assert "Nadia New" in page
    assert "1 invitation" in page
    assert "Nadia New" not in client_for(people.other_officer).get("/people/invitations/").content.decode()


def test_the_lists_cost_the_same_for_one_row_and_for_three(
    people: People, client_for: ClientFor, list_query_count: Callable[..., int]
) -> None:
    client, scope = client_for(people.officer), Scope(ScopeKind.AREA, people.area.pk)
    list_query_count(lambda: factories.person(Role.ADVISER, scope), lambda: client.get("/people/"))
    numbers = iter(range(9))
    list_query_count(
        lambda: asked(people, email=f"n{next(numbers)}@example.org"),
        lambda: client.get("/people/invitations/"),
    )


def test_an_invitation_waits_on_the_home_page_of_who_is_here_already(
    people: People, client_for: ClientFor
) -> None:
    invitation = asked(people, email=people.head.email)
    assert [item.url for item in waiting_for(people.head)] == [link(invitation)]
    page = client_for(people.head).get("/").content.decode()
    assert "You are invited to be adviser" in page
    client_for(people.head).post(link(invitation))
    assert waiting_for(people.head) == []


def test_the_database_holds_one_open_invitation_and_answers_to_closed_ones(people: People) -> None:
    invitation = asked(people)
    twin = {
        f: getattr(invitation, f) for f in ("email", "name", "role", "scope_kind", "scope_id", "expires_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(**twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(state=InvitationState.ACCEPTED)


def test_a_role_is_not_offered_where_it_is_not_held(people: People) -> None:
    with pytest.raises(ValueError, match="is not held on"):
        asked(people, role=Role.HEAD)
    assert not Message.objects.exists()
