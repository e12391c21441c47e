"""People and the roles they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import Invitation
from isthmus.apps.core import directory, personal
from isthmus.apps.core.dates import in_words, moment_in_words, today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject

GONE = "Somebody who left"
GONE_AT = "@gone.invalid"
"""What stands for an address that was erased; no mail reaches `.invalid` (RFC 2606)."""


def person_of(subject: Subject) -> Person | None:
    """The subject's account."""
    return Person.objects.filter(pk=subject.person_id).first() if subject.person_id else None


def name_of(subject: Subject) -> str:
    """The name on the subject's account, '' where there is none."""
    person = person_of(subject)
    return person.name if person else ""


@personal.names_from
def names_in(text: str) -> Iterator[str]:
    """Names of people with an account, and of people who were invited, that stand in `text`."""
    for model in (Person, Invitation):
        rows: QuerySet[Any] = model._default_manager.exclude(name__in=("", GONE))
        said = rows.annotate(said=Value(text, output_field=TextField())).filter(said__icontains=F("name"))
        yield from said.values_list("name", flat=True).distinct()


def not_over() -> Exists:
    """Whether a person holds a role now or later."""
    return Exists(RoleHolding.objects.not_over(today()).filter(person=OuterRef("pk")))


def over_since(cutoff: datetime) -> Q:
    """People all of whose roles, one at least, were over before `cutoff`."""
    last_day = cutoff.date()
    mine = RoleHolding.objects.filter(person=OuterRef("pk"))
    still = mine.filter(Q(ended_at=None) & (Q(ends=None) | Q(ends__gte=last_day)) | Q(ended_at__gte=cutoff))
    return Q(~Exists(still), Exists(mine))


def _silent_since(cutoff: datetime) -> Q:
    """People without any role, whose account nothing happened to and who did nothing since `cutoff`."""
    mine = RoleHolding.objects.filter(person=OuterRef("pk"))
    number = Cast(OuterRef("pk"), CharField())
    about = AuditEvent.objects.filter(at__gte=cutoff, target_kind=Person._meta.label_lower, target_id=number)
    done = AuditEvent.objects.filter(at__gte=cutoff, actor=OuterRef("pk"))
    seen = Q(last_login=None) | Q(last_login__lt=cutoff)
    return Q(~Exists(mine), ~Exists(about), ~Exists(done)) & seen


def _dispose(cutoff: datetime, held: Held) -> int:
    people = Person.objects.exclude(email__endswith=GONE_AT).filter(
        over_since(cutoff) | _silent_since(cutoff)
    )
    rows = personal.batch(people.exclude(pk__in=held.people).exclude(email__in=held.emails))
    for person in Person.objects.filter(pk__in=rows):
        empty(person)
    return len(rows)


def empty(person: Person) -> None:
    """Take name, address, password and roles off an account; its number stays, because the record names it."""
    person.holdings.all().delete()
    person.name, person.email, person.is_active, person.last_login = (
        GONE,
        f"gone-{person.pk}{GONE_AT}",
        False,
        None,
    )
    person.password = make_password(None)
    person.save()
    person.emailaddress_set.all().delete()


def _of(subject: Subject) -> Iterator[Part]:
    person = person_of(subject)
    if person is None:
        return
    yield Part(
        "Your account",
        facts=(
            ("Name", person.name),
            ("E-mail address", person.email),
            ("Number of the account", str(person.pk)),
            ("Can sign in", "yes" if person.is_active else "no"),
            ("Last signed in", moment_in_words(person.last_login)),
        ),
    )
    held = list(person.holdings.order_by("starts", "pk"))
    names = directory.names(holding.scope for holding in held)
    rows = [
        (
            str(holding.get_role_display()),
            names[holding.scope],
            in_words(holding.starts),
            in_words(holding.ended_at or holding.ends) if holding.ended_at or holding.ends else "no end",
        )
        for holding in held
    ]
    yield Part("Your roles", ("Role", "Of", "From", "Until"), rows)


def _erase(subject: Subject) -> Erased:
    person = person_of(subject)
    if person is None or person.email.endswith(GONE_AT):
        return Erased()
    now = person.holdings.not_over(today()).count()
    if now:
        why = "The person holds a role, which others must be able to see. End their roles first"
        return Erased(0, 1 + now, why)
    count = 1 + person.holdings.count()
    empty(person)
    return Erased(count)


personal.declare(
    PersonalData(
        key="people",
        title="People and the roles they hold",
        subjects="People with an account: officers, heads, governors and others in a partnership",
        what="Name, e-mail address, roles with their terms and places, the last sign-in",
        purpose="To let people act in the roles they were given, and to show others who holds which role",
        basis=Basis.PUBLIC_TASK,
        recipients="Those who look after people in the same area, trust or school",
        source="Whoever invited the person; the person themselves",
        columns={
            "accounts.Person": ("name", "email"),
            "accounts.RoleHolding": ("person", "role"),
            "account.EmailAddress": ("user", "email"),
            "account.EmailConfirmation": ("key",),
        },
        keep=Keep(
            days=2192,
            since="the last role ended or, without roles, anything last happened to the account",
            least=30,
            most=2557,
            why="Who acted in which role can matter for six years (Limitation Act 1980, section 5)",
        ),
        dispose=_dispose,
        of=_of,
        erase=_erase,
        rectify=("accounts.Person.name", "accounts.Person.email"),
        risks=(
            "Somebody who left still sees what they should not → with the last role every open session ends at its "
            "next request",
            "Somebody sees people of another area → every page fetches and checks in one call, and answers 404",
        ),
    )
)
personal.not_personal("accounts.RoleHolding", "names a kind of place", "scope_kind")
