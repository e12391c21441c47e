"""Changes to people and their roles."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope


@transaction.atomic
def add_demonstration_person(*, by: Actor | None, email: str, name: str) -> Person:
    """An invented person, the same one each time; without a password, so only the demonstration lets them in."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email, name=name, is_demonstration=True)
        person.set_unusable_password()
        person.save()
        audit.record("person.add", by=by, target=person, detail={"demonstration": True})
    return person


@transaction.atomic
def give_role(
    *,
    by: Actor | None,
    person: Person,
    role: Role,
    scope: Scope,
    starts: date | None = None,
    ends: date | None = None,
) -> RoleHolding:
    """Let `person` hold `role` on `scope`; giving it a second time for the same day changes nothing."""
    holding, made = RoleHolding.objects.get_or_create(
        person=person,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        starts=starts or today(),
        defaults={"ends": ends},
    )
    if made:
        audit.record("role.give", by=by, target=holding, scope=scope, detail={"role": role})
    return holding
