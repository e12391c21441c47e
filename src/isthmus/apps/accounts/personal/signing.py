"""Signing in: open sessions, links, counters of tries, and the ways in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db.models import Exists, OuterRef, Q

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.personal.people import not_over, over_since, person_of
from isthmus.apps.accounts.signing.models import SharedCount, SignInLink, SignInSession
from isthmus.apps.core import personal
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.personal import Basis, Erased, Held, Keep, Part, PersonalData, Subject


def _dispose_sessions(cutoff: datetime, held: Held) -> int:
    """Sessions, links and counters that ran out. A legal hold keeps none: what ran out opens nothing and proves
    nothing, the record of sign-in does."""
    sessions = personal.batch(SignInSession.objects.filter(expire_date__lt=cutoff))
    gone = SignInSession.objects.filter(pk__in=sessions).delete()[0]
    links = personal.batch(SignInLink.objects.filter(expires_at__lt=cutoff))
    gone += SignInLink.objects.filter(pk__in=links).delete()[0]
    counts = personal.batch(SharedCount.objects.filter(expires__lt=cutoff))
    return gone + SharedCount.objects.filter(pk__in=counts).delete()[0]


def _sessions_of(subject: Subject) -> Iterator[Part]:
    if subject.person_id is None:
        return
    sessions = SignInSession.objects.filter(person=subject.person_id).order_by("signed_in_at", "session_key")
    rows = [(s.device, moment_in_words(s.signed_in_at), in_words(s.last_seen)) for s in sessions]
    yield Part("Where you are signed in", ("Device", "Signed in", "Last seen"), rows)
    links = SignInLink.objects.filter(person=subject.person_id).order_by("made_at")
    made = [(moment_in_words(link.made_at), moment_in_words(link.used_at)) for link in links]
    yield Part("Links to sign in that were made for you", ("Made", "Used"), made)


def _erase_sessions(subject: Subject) -> Erased:
    if subject.person_id is None:
        return Erased()
    gone = SignInSession.objects.filter(person=subject.person_id).delete()[0]
    return Erased(gone + SignInLink.objects.filter(person=subject.person_id).delete()[0])


def _dispose_ways(cutoff: datetime, held: Held) -> int:
    owned = Q(Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
    owned |= Q(Exists(SocialAccount.objects.filter(user=OuterRef("pk"))))
    owned |= ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    people = Person.objects.filter(over_since(cutoff)).filter(owned).exclude(pk__in=held.people)
    rows = personal.batch(people.exclude(email__in=held.emails))
    for person in Person.objects.filter(pk__in=rows):
        _forget_ways(person)
    return len(rows)


def _forget_ways(person: Person) -> int:
    gone = Authenticator.objects.filter(user=person.pk).delete()[0]
    gone += SocialAccount.objects.filter(user=person.pk).delete()[0]
    if person.has_usable_password():
        Person.objects.filter(pk=person.pk).update(password=make_password(None))
        gone += 1
    return gone


def _ways_of(subject: Subject) -> Iterator[Part]:
    person = person_of(subject)
    if person is None:
        return
    rows = [
        (str(way.get_type_display()), moment_in_words(way.created_at), moment_in_words(way.last_used_at))
        for way in Authenticator.objects.filter(user=person.pk).order_by("created_at")
    ]
    rows += [
        (
            f"{account.provider}: {account.uid}",
            moment_in_words(account.date_joined),
            moment_in_words(account.last_login),
        )
        for account in SocialAccount.objects.filter(user=person.pk).order_by("pk")
    ]
    if person.has_usable_password():
        rows.append(("Password, kept as a hash that cannot be turned back", "", ""))
    yield Part("Your ways in, without their secrets", ("Way in", "Added", "Last used"), rows)


def _erase_ways(subject: Subject) -> Erased:
    person = person_of(subject)
    if person is None:
        return Erased()
    if Person.objects.filter(not_over(), pk=person.pk).exists():
        kept = Authenticator.objects.filter(user=person.pk).count()
        kept += SocialAccount.objects.filter(user=person.pk).count() + int(person.has_usable_password())
        why = "The person holds a role and must be able to sign in. End their roles first"
        return Erased(0, kept, why if kept else "")
    return Erased(_forget_ways(person))


personal.declare(
    PersonalData(
        key="sessions",
        title="Sessions, sign-in links and counters of tries",
        subjects="People who sign in, or try to",
        what="Kind of device ('Firefox on Windows'), when somebody signed in, the day they were last seen; keyed "
        "hashes that count tries. No internet address is kept",
        purpose="To keep people signed in, let them end a session elsewhere, and slow down guessing",
        basis=Basis.PUBLIC_TASK,
        recipients="The person themselves",
        source="The browser that signs in",
        columns={
            "accounts.SignInSession": ("person", "device", "session_data", "session_key"),
            "accounts.SignInLink": ("person", "digest"),
            "accounts.SharedCount": ("cache_key", "value"),
        },
        keep=Keep(
            days=0,
            since="the session or link ran out (a session after twelve hours) or the tries stopped counting",
            least=0,
            most=30,
            why="Nothing is done with it after that",
        ),
        dispose=_dispose_sessions,
        of=_sessions_of,
        erase=_erase_sessions,
        risks=(
            "Somebody guesses a code or password → tries are counted for all web processes together, and then refused",
            "A session is taken over → its cookie is sent over HTTPS only and scripts cannot read it; a new password "
            "ends all others",
        ),
    )
)
personal.declare(
    PersonalData(
        key="ways-in",
        title="Ways in: passwords, passkeys, authenticator apps, accounts elsewhere",
        subjects="People with an account",
        what="Hash of the password, public keys of passkeys, secrets of authenticator apps and recovery codes, the "
        "number by which a provider such as Microsoft or DfE Sign-in knows the person, and what it says about them",
        purpose="To make sure that it is the person who signs in",
        basis=Basis.PUBLIC_TASK,
        recipients="A sign-in provider, where the person chooses one",
        source="The person themselves; the provider they choose",
        columns={
            "accounts.Person": ("password",),
            "mfa.Authenticator": ("user", "type", "data"),
            "socialaccount.SocialAccount": ("user", "provider", "uid", "extra_data"),
            "socialaccount.SocialToken": ("account", "token", "token_secret"),
        },
        keep=Keep(
            days=30,
            since="the last role ended",
            least=0,
            most=183,
            why="Somebody who comes back within the month finds their passkey",
        ),
        dispose=_dispose_ways,
        of=_ways_of,
        erase=_erase_ways,
        risks=(
            "A password is stolen → roles that see most ask for a second step, and a reset never goes past it",
        ),
    )
)
personal.not_personal(
    "socialaccount.SocialApp",
    "a provider as it is set up, not a person; kept in the settings, and this table stays empty",
    "provider",
    "provider_id",
    "name",
    "client_id",
    "secret",
    "key",
    "settings",
)
