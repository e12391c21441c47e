"""Reads of requests, holds, restrictions, erasures and leaving schools."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.apps import apps
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people.models import Invitation, InvitationState
from isthmus.apps.accounts.rights.models import (
    Bundle,
    Erasure,
    Leaving,
    LegalHold,
    Restriction,
    SubjectRequest,
)
from isthmus.apps.core import personal
from isthmus.apps.core.chains import chain_of
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.personal import Held, PersonalData, Subject
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind, on_scopes


def subject_of(email: str) -> Subject:
    """Whose data is kept under this address."""
    email = email.strip().lower()
    person_id = Person.objects.filter(email=email).values_list("pk", flat=True).first()
    return Subject(email, person_id)


def place_for(subject: Subject) -> Scope:
    """Who deals with what a subject asks: the one area that they have to do with, or else the installation.

    An officer who deals with such requests for an area asks the installation: nobody judges their own.
    """
    holdings = RoleHolding.objects.filter(person_id=subject.person_id) if subject.person_id else []
    asked = Invitation.objects.filter(email=subject.email, state=InvitationState.OPEN)
    scopes = {row.scope for row in (*holdings, *asked)}
    chains = {chain_of(scope) for scope in scopes}
    person = Person.objects.filter(pk=subject.person_id).first() if subject.person_id else None
    if len(chains) != 1 or (person and person.scopes(Permission.PRIVACY_MANAGE)):
        return INSTALLATION
    return chains.pop()


def requests_on(scopes: Iterable[Scope]) -> QuerySet[SubjectRequest]:
    """Requests that are dealt with on these scopes."""
    return SubjectRequest.objects.filter(on_scopes(scopes)).select_related("person")


def requests_of(person_id: int) -> QuerySet[SubjectRequest]:
    """What one person asked, the newest first."""
    return SubjectRequest.objects.filter(person_id=person_id).order_by("-made_at")


def bundle_of(thing: SubjectRequest | Leaving) -> Bundle | None:
    """The copy that can be saved or is being made, if there is one."""
    return thing.bundles.select_related("job").filter(gone_at=None).first()


def holds_in_force(day: date | None = None) -> QuerySet[LegalHold]:
    """Legal holds that nobody lifted and whose last day has not passed."""
    return LegalHold.objects.filter(lifted_at=None).filter(Q(until=None) | Q(until__gte=day or today()))


def holds_against(subject: Subject, classes: Collection[PersonalData]) -> list[LegalHold]:
    """The holds that keep a subject's data in these classes from being erased."""
    on_subject = Q(email=subject.email)
    if subject.person_id:
        on_subject |= Q(person_id=subject.person_id)
    holds = list(holds_in_force().filter(on_subject | ~Q(data_class="")))
    with_data = {data.key for data in classes if any(hold.data_class == data.key for hold in holds)}
    kept = {key for key in with_data if (data := personal.find(key)) and any(data.of(subject))}
    return [hold for hold in holds if not hold.data_class or hold.data_class in kept]


@personal.holds_from
def held() -> Held:
    """Everybody, and every class of data, under a legal hold now."""
    holds = list(holds_in_force())
    return Held(
        people=frozenset(hold.person_id for hold in holds if hold.person_id is not None),
        emails=frozenset(hold.email for hold in holds if hold.email),
        classes=frozenset(hold.data_class for hold in holds if hold.data_class),
    )


@personal.restrictions_from
def restricted(emails: Collection[str]) -> set[str]:
    """Those of these addresses whose owners had the use of their data restricted.

    Somebody whose address changed since is found by their account.
    """
    in_force = Restriction.objects.filter(lifted_at=None)
    found = set(in_force.filter(email__in=emails).values_list("email", flat=True))
    return found | set(in_force.filter(person__email__in=emails).values_list("person__email", flat=True))


def restriction_of(person_id: int) -> Restriction | None:
    """The restriction on one person's data, if there is one."""
    return Restriction.objects.filter(person_id=person_id, lifted_at=None).first()


def events_about(subject: Subject) -> list[AuditEvent]:
    """The events whose target is the subject or something that is theirs: roles, invitations, requests."""
    own: dict[str, set[str]] = {}
    for model, rows in (
        (RoleHolding, RoleHolding.objects.filter(person_id=subject.person_id or 0)),
        (
            Invitation,
            Invitation.objects.filter(Q(email=subject.email) | Q(holding__person_id=subject.person_id or 0)),
        ),
        (SubjectRequest, SubjectRequest.objects.filter(_of(subject))),
        (LegalHold, LegalHold.objects.filter(_of(subject))),
    ):
        own[model._meta.label_lower] = {str(pk) for pk in rows.values_list("pk", flat=True)}
    if subject.person_id is not None:
        own[Person._meta.label_lower] = {str(subject.person_id)}
    wanted = Q(pk__in=[])
    for kind, ids in own.items():
        wanted |= Q(target_kind=kind, target_id__in=ids)
    return list(AuditEvent.objects.filter(wanted).order_by("pk"))


def _of(subject: Subject) -> Q:
    mine = Q(email=subject.email)
    return mine | Q(person_id=subject.person_id) if subject.person_id is not None else mine


def names_of(subject: Subject) -> set[str]:
    """The names under which the subject stands here: the account's, and those of invitations and requests."""
    names: set[str] = set(Person.objects.filter(pk=subject.person_id or 0).values_list("name", flat=True))
    names |= set(Invitation.objects.filter(email=subject.email).values_list("name", flat=True))
    names |= set(SubjectRequest.objects.filter(_of(subject)).values_list("name", flat=True))
    return names - {""}


def own_rows(subject: Subject) -> Q:
    """The condition that a request, a hold or a restriction is about the subject."""
    return _of(subject)


def known_erasures() -> set[str]:
    """The numbers of the erasures that this database knows."""
    return {str(pk) for pk in Erasure.objects.values_list("pk", flat=True)}


def kept_addresses() -> Iterator[str]:
    """Every address that stands anywhere in this database, each once: all columns that hold addresses are asked."""
    from django.db.models import EmailField

    seen: set[str] = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if not isinstance(field, EmailField):
                continue
            rows = model._base_manager.annotate(_address=Lower(field.name)).values_list("_address", flat=True)
            for address in rows.distinct().iterator():
                if address and address not in seen:
                    seen.add(address)
                    yield address


def leavings_on(scopes: Iterable[Scope]) -> QuerySet[Leaving]:
    """Organisations that leave or have left, of these scopes."""
    return Leaving.objects.filter(on_scopes(scopes)).select_related("asked_by")


def organisation(number: int) -> Scope:
    """The scope of an organisation."""
    return Scope(ScopeKind.ORGANISATION, number)
