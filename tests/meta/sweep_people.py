"""The sweep's part for people: roles, invitations, hand-overs and mail, with whose each is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.people.models import PURPOSE, HandOver, Invitation
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import mail
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import MailChoice, Message
from isthmus.apps.core.notices import TASK
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.core.tokens import derived
from tests import factories
from tests.conftest import People
from tests.meta.sweep import POST_ONLY, Arguments, World, names

POST_ONLY |= {"accounts:send_again", "accounts:take_back"}
# Whose things somebody may not see. The administrator looks after officers, so an area's officer is not hidden.
STRANGER = {
    "anonymous": "officer",
    "officer": "other_officer",
    "other_officer": "officer",
    "head": "officer",
    "administrator": "head",
}


def build(people: People) -> None:
    """For each person: an invitation on their scope, and a hand-over of their role that was accepted."""
    places = {
        people.officer: (Role.ADVISER, Scope(ScopeKind.AREA, people.area.pk)),
        people.other_officer: (Role.ADVISER, Scope(ScopeKind.AREA, people.other_area.pk)),
        people.head: (Role.GOVERNOR, Scope(ScopeKind.ORGANISATION, people.school.pk)),
        people.administrator: (Role.ADMINISTRATOR, INSTALLATION),
    }
    for person, (role, scope) in places.items():
        actions.invite(by=person, email=f"asked-by-{person.pk}@example.org", name="A", role=role, scope=scope)
        actions.name_successor(
            by=person,
            holding=person.holdings.get(),
            email=f"follows-{person.pk}@example.org",
            name="B",
            last_day=today() + timedelta(days=3),
        )
        factories.person(role, scope, email=f"held-under-{person.pk}@example.org")
    mail.send(TASK, mail.letter("Hello"), to="somebody@example.org", key="sweep")
    mail.choice("somebody@example.org", TASK.name)


def _person(world: World, who: str) -> Person:
    person = world.people.by_name()[who]
    return person or world.people.officer


def _holding(world: World, who: str) -> Arguments:
    return {"pk": RoleHolding.objects.get(person=_person(world, who)).pk}


def _held_under(world: World, who: str) -> Arguments:
    return {
        "pk": RoleHolding.objects.get(person__email=f"held-under-{_person(world, who).pk}@example.org").pk
    }


def _invited(world: World, who: str) -> Arguments:
    return {"pk": Invitation.objects.get(email=f"asked-by-{_person(world, who).pk}@example.org").pk}


def _hand_over(world: World, who: str) -> Arguments:
    return {"pk": HandOver.objects.get(holding__person=_person(world, who)).pk}


def _token(world: World, who: str) -> Arguments:
    asked = Invitation.objects.get(email=f"asked-by-{_person(world, who).pk}@example.org")
    return {"token": derived(PURPOSE, asked.reference)}


def _nobodys(world: World, who: str) -> Arguments:
    return None


def _strangers(find: Any) -> Any:
    return lambda world, who: find(world, STRANGER[who])


names(
    "accounts:holding",
    "accounts:end_role",
    "accounts:name_successor",
    own=_holding,
    other=_strangers(_holding),
)
names("accounts:change_term", own=_held_under, other=_strangers(_held_under))
names(
    "accounts:people_export",
    "accounts:invitations_export",
    own=lambda world, who: {"ending": "csv"},
    other=_nobodys,
)
names(
    "accounts:invited",
    "accounts:send_again",
    "accounts:take_back",
    own=_invited,
    other=_strangers(_invited),
)
names("accounts:hand_over", own=_hand_over, other=_strangers(_hand_over))
names("accounts:invitation", "accounts:decline", own=_token, other=_nobodys)
names(
    "core:mail_stop",
    own=lambda world, who: {"pk": MailChoice.objects.get(email="somebody@example.org").pk},
    other=_nobodys,
)
names(
    "demonstration-mail:message",
    own=lambda world, who: {"pk": Message.objects.get(key="sweep").pk},
    other=_nobodys,
)
