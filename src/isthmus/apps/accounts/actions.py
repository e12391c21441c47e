"""Changes to people and their roles."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.queries import link_token, role_facts
from isthmus.apps.accounts.roles import Role
from isthmus.apps.accounts.signing.models import SignInLink, SignInSession
from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope
from isthmus.apps.core.tokens import hashed

WAYS_IN = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}


@transaction.atomic
def add_demonstration_person(*, by: Actor | None, email: str, name: str) -> Person:
    """An invented person, the same one each time; without a password, so only the demonstration lets them in."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email, name=name, is_demonstration=True)
        person.set_unusable_password()
        person.save()
        audit.record("person.add", by=by, target=person, after={"invented": True})
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
        audit.record("role.give", by=by, target=holding, scope=scope, after=role_facts(holding))
    return holding


@transaction.atomic
def add_person(*, by: Actor | None, email: str, name: str) -> Person:
    """Somebody who may sign in from now on, without a password; who is there already stays as they are."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email.lower(), name=name)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        audit.record("person.add", by=by, target=person, after={"invented": False})
    return person


@transaction.atomic
def make_sign_in_link(*, by: Actor | None, person: Person, hours: int) -> SignInLink:
    """A one-time link for `person`, for so many hours. Its token is `queries.link_token(link)`, kept nowhere."""
    now = timezone.now()
    link = SignInLink.objects.create(
        person=person, digest=secrets.token_hex(32), made_at=now, expires_at=now + timedelta(hours=hours)
    )
    link.digest = hashed(link_token(link))
    link.save(update_fields=["digest"])
    audit.record("sign_in_link.make", by=by, target=person, after={"link": f"works once, for {hours} hours"})
    return link


@transaction.atomic
def use_sign_in_link(*, by: Actor | None, link: SignInLink) -> bool:
    """Spend a link. True for exactly one of those who try, however many do at once."""
    now = timezone.now()
    spent = SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now)
    if spent:
        audit.record(
            "sign_in_link.use",
            by=by,
            target=link.person,
            before={"link": "not used"},
            after={"link": "used"},
        )
    return bool(spent)


@transaction.atomic
def end_sessions(*, by: Actor | None, person: Person, sessions: QuerySet[SignInSession]) -> int:
    """End open sessions of `person`; gives how many. Ending none changes nothing."""
    ended, _ = sessions.filter(person=person).delete()
    if ended:
        left = SignInSession.objects.filter(person=person).count()
        before, after = {"open_sessions": left + ended}, {"open_sessions": left}
        audit.record("session.end", by=by, target=person, before=before, after=after)
    return ended


@transaction.atomic
def change_password(*, by: Actor | None, person: Person, sessions: QuerySet[SignInSession]) -> None:
    """Record that the password is a new one, and end these sessions, which came in with the old."""
    ended, _ = sessions.filter(person=person).delete()
    left = SignInSession.objects.filter(person=person).count()
    before, after = {"open_sessions": left + ended}, {"open_sessions": left}
    audit.record("password.change", by=by, target=person, before=before, after=after)


@transaction.atomic
def change_way_in(*, by: Actor | None, person: Person, change: str, kind: str) -> None:
    """Record that a way in was added, removed or renewed: 'add', 'totp'. Allauth has made the change just before."""
    way = {"way_in": WAYS_IN.get(kind, kind)}
    before = None if change == "add" else way
    after = None if change == "remove" else way
    audit.record(f"way_in.{change}", by=by, target=person, before=before, after=after)
