"""Roles: where each is held, in which term, and what it permits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from isthmus.apps.accounts.actions import add_demonstration_person, give_role
from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
HERE, THERE = Scope(ScopeKind.AREA, 1), Scope(ScopeKind.AREA, 2)


def again(person: Person) -> Person:
    """The person as the next request sees them."""
    return Person.objects.get(pk=person.pk)


def test_a_permission_holds_on_the_scope_of_its_role_only() -> None:
    officer = factories.person(Role.AUTHORITY_OFFICER, HERE)
    assert officer.may(Permission.PLAN_MAKE)
    assert officer.may(Permission.PLAN_MAKE, HERE)
    assert not officer.may(Permission.PLAN_MAKE, THERE)
    assert not officer.may(Permission.PLAN_MAKE, Scope(ScopeKind.ORGANISATION, 1)), (
        "another kind, the same number"
    )
    assert not officer.may(Permission.REGISTER_IMPORT)
    assert officer.scopes(Permission.PLAN_MAKE) == [HERE]


def test_roles_add_up_and_a_person_without_any_may_nothing() -> None:
    somebody = factories.person(Role.AUTHORITY_OFFICER, HERE)
    give_role(by=None, person=somebody, role=Role.AUTHORITY_OFFICER, scope=THERE)
    assert sorted(again(somebody).scopes(Permission.PLAN_VIEW)) == [HERE, THERE]
    assert [p for p in Permission if factories.person().may(p)] == []


@pytest.mark.parametrize(
    ("starts", "ends", "may"),
    [(0, None, True), (-5, 0, True), (0, 0, True), (1, None, False), (-5, -1, False), (-5, 5, True)],
)
def test_a_role_counts_on_the_days_of_its_term(starts: int, ends: int | None, may: bool) -> None:
    person = factories.person()
    give_role(
        by=None,
        person=person,
        role=Role.AUTHORITY_OFFICER,
        scope=HERE,
        starts=today() + timedelta(days=starts),
        ends=None if ends is None else today() + timedelta(days=ends),
    )
    assert person.may(Permission.PLAN_VIEW, HERE) is may


def test_a_role_is_given_once_and_recorded_once(people: People) -> None:
    person = factories.person()
    for _ in range(2):
        holding = give_role(by=people.administrator, person=person, role=Role.AUTHORITY_OFFICER, scope=HERE)
    assert RoleHolding.objects.filter(person=person).get() == holding
    event = AuditEvent.objects.get(action="role.give", target_id=str(holding.pk))
    assert (event.actor_id, event.scope) == (people.administrator.pk, HERE)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_held_only_where_it_belongs(role: Role) -> None:
    wrong = next(Scope(kind, 1) for kind in ScopeKind if kind not in DESCRIPTIONS[role].held_on)
    with pytest.raises(ValueError, match="is held on"):
        give_role(by=None, person=factories.person(), role=role, scope=wrong)


def test_the_database_refuses_a_term_that_ends_before_it_starts() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        give_role(
            by=None,
            person=factories.person(),
            role=Role.AUTHORITY_OFFICER,
            scope=HERE,
            ends=today() - timedelta(days=1),
        )


def test_one_person_an_address_whatever_its_letters() -> None:
    person = add_demonstration_person(by=None, email="Olive@Example.org", name="Olive")
    assert add_demonstration_person(by=None, email="olive@example.ORG", name="Olive") == person
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="OLIVE@example.org", name="Another")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="", name="Nobody")
    assert not person.has_usable_password()


def test_the_page_of_roles_tells_what_the_code_decides(client: Client) -> None:
    text = client.get("/roles/").content.decode()
    for role, description in DESCRIPTIONS.items():
        assert role.label in text
        for permission in description.permissions:
            assert permission.words in text


def test_somebody_who_leaves_is_out_at_the_next_request(
    people: People, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.officer)
    assert client.get("/tasks/").status_code == 200
    Person.objects.filter(pk=people.officer.pk).update(is_active=False)
    assert client.get("/tasks/").status_code == 302
    assert again(people.officer).scopes(Permission.JOB_VIEW) == []


def test_a_role_that_ends_is_gone_at_the_next_request(
    people: People, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.officer)
    assert client.get("/tasks/").status_code == 200
    RoleHolding.objects.filter(person=people.officer).update(
        starts=today() - timedelta(days=9), ends=today() - timedelta(days=1)
    )
    assert client.get("/tasks/").status_code == 403
