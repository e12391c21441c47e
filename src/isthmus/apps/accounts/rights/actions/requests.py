"""Changes of requests: asking, recording, more time, an answer; what is put right and what may no longer be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.rights import emails
from isthmus.apps.accounts.rights.actions.copies import begin
from isthmus.apps.accounts.rights.columns import Place
from isthmus.apps.accounts.rights.models import Came, RequestState, Restriction, Right, SubjectRequest
from isthmus.apps.accounts.rights.queries import place_for, subject_of
from isthmus.apps.accounts.signing.models import SignInSession
from isthmus.apps.core import audit, mail
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import after_months, today
from isthmus.apps.core.models import Message, MessageState

MONTHS, MORE_MONTHS = 1, 2
"""The clock of UK GDPR, Article 12(3): one calendar month, and two more where a request is hard."""


def _state(state: RequestState) -> dict[str, str]:
    """How the record tells where a request stands."""
    return {"state": str(state.label)}


def _due(asked: SubjectRequest) -> dict[str, str]:
    return {"due": asked.due_on.isoformat()}


OPEN = _state(RequestState.OPEN)


def _locked(asked: SubjectRequest) -> SubjectRequest:
    return SubjectRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)


def _close(asked: SubjectRequest, by: Actor | None, state: RequestState, answer: str) -> None:
    asked.state, asked.answer, asked.closed_at = state, answer, timezone.now()
    asked.closed_by_id = by.pk if by else None
    asked.save(update_fields=["state", "answer", "closed_at", "closed_by"])
    emails.closed(asked)


@transaction.atomic
def ask(*, by: Person, right: Right, text: str = "") -> SubjectRequest:
    """Somebody who is signed in asks about their own data; a copy is begun at once.

    While the same is being dealt with, a second time (a double click) gives the first again.
    """
    subject = subject_of(by.email)
    scope = place_for(subject)
    asked, made = SubjectRequest.objects.get_or_create(
        email=by.email,
        right=right,
        state=RequestState.OPEN,
        defaults={
            "person_id": by.pk,
            "name": by.name,
            "text": text,
            "due_on": after_months(today(), MONTHS),
            "scope_kind": scope.kind,
            "scope_id": scope.id,
        },
    )
    if made:
        emails.received(asked)
        if right == Right.COPY:
            begin(asked)
        detail = {"right": right.value}
        audit.record("rights.ask", by=by, target=asked, scope=scope, detail=detail, after=_due(asked))
    return asked


@transaction.atomic
def record(
    *,
    by: Actor,
    right: Right,
    name: str,
    email: str,
    came: Came,
    received_on: date,
    identity_how: str,
    text: str = "",
) -> SubjectRequest:
    """Record what somebody asked by letter or mail, after `by` checked who they are. The clock runs since it came.

    While the same is being dealt with, a second time gives the first again.
    """
    subject = subject_of(email)
    scope = place_for(subject)
    asked, made = SubjectRequest.objects.get_or_create(
        email=subject.email,
        right=right,
        state=RequestState.OPEN,
        defaults={
            "person_id": subject.person_id,
            "name": name,
            "text": text,
            "came": came,
            "identity_how": identity_how,
            "identity_by_id": by.pk,
            "received_on": received_on,
            "due_on": after_months(received_on, MONTHS),
            "scope_kind": scope.kind,
            "scope_id": scope.id,
        },
    )
    if made:
        emails.received(asked)
        detail = {"right": right.value, "came": came.value, "identity": identity_how}
        audit.record("rights.record", by=by, target=asked, scope=scope, detail=detail, after=_due(asked))
    return asked


@transaction.atomic
def extend(*, by: Actor, asked: SubjectRequest, reason: str) -> bool:
    """Take two months more, once, with a reason that the subject is told. False where that was done or it is over."""
    asked = _locked(asked)
    if not asked.is_open or asked.extension_reason:
        return False
    before = _due(asked)
    asked.due_on = after_months(asked.received_on, MONTHS + MORE_MONTHS)
    asked.extension_reason = reason
    asked.save(update_fields=["due_on", "extension_reason"])
    emails.extended(asked)
    after = _due(asked)
    audit.record(
        "rights.extend", by=by, target=asked, scope=asked.scope, before=before, after=after, why=reason
    )
    return True


@transaction.atomic
def withdraw(*, by: Actor, asked: SubjectRequest) -> bool:
    """The subject takes a request back. False where it is over."""
    asked = _locked(asked)
    if not asked.is_open:
        return False
    _close(asked, by, RequestState.WITHDRAWN, "")
    now = _state(RequestState.WITHDRAWN)
    audit.record("rights.withdraw", by=by, target=asked, scope=asked.scope, before=OPEN, after=now)
    return True


@transaction.atomic
def complete(*, by: Actor, asked: SubjectRequest, answer: str) -> bool:
    """What was asked is done, as `answer` says. False where it is over."""
    asked = _locked(asked)
    if not asked.is_open:
        return False
    _close(asked, by, RequestState.DONE, answer)
    now = _state(RequestState.DONE)
    audit.record(
        "rights.complete", by=by, target=asked, scope=asked.scope, before=OPEN, after=now, why=answer
    )
    return True


@transaction.atomic
def refuse(*, by: Actor, asked: SubjectRequest, reason: str) -> bool:
    """What was asked is not done, with a reason that the subject is told. False where it is over."""
    asked = _locked(asked)
    if not asked.is_open:
        return False
    _close(asked, by, RequestState.REFUSED, reason)
    now = _state(RequestState.REFUSED)
    audit.record("rights.refuse", by=by, target=asked, scope=asked.scope, before=OPEN, after=now, why=reason)
    return True


@transaction.atomic
def put_right(*, by: Actor, asked: SubjectRequest, values: Mapping[Place, str], answer: str) -> bool:
    """Write what is right into the places that a subject may have put right, and close the request.

    A new address of an account ends its sessions, and both addresses are told. False where the request is over or
    nothing would change. Raises ValidationError where a value does not fit.
    """
    asked = _locked(asked)
    changed = {place: value for place, value in values.items() if place.value() != value}
    if not asked.is_open or not changed:
        return False
    before = {place.label: place.value() for place in changed}
    for place, value in changed.items():
        place.write(value)
    after = {place.label: place.value() for place in changed}
    _close(asked, by, RequestState.DONE, answer)  # to the old address; then to the new one
    person = Person.objects.filter(pk=asked.person_id or 0).first()
    if person is not None and person.email != asked.email:
        SignInSession.objects.filter(person=person).delete()
        asked.email = person.email
        asked.save(update_fields=["email"])
        emails.new_address(asked)
    audit.record(
        "rights.put_right", by=by, target=asked, scope=asked.scope, before=before, after=after, why=answer
    )
    return True


@transaction.atomic
def restrict(*, by: Actor, asked: SubjectRequest, answer: str) -> bool:
    """Keep the subject's data, but use it no more: mail that waits is taken back. False where the request is over."""
    asked = _locked(asked)
    if not asked.is_open:
        return False
    Restriction.objects.get_or_create(
        email=asked.email, lifted_at=None, defaults={"person_id": asked.person_id, "request": asked}
    )
    waits = (MessageState.WAITING, MessageState.FAILED, MessageState.GATHERED)
    unsent = Message.objects.filter(to=asked.email, state__in=waits)
    mail.withdraw(unsent.exclude(kind__in=mail.kinds_despite_restriction()).values_list("key", flat=True))
    _close(asked, by, RequestState.DONE, answer)
    was, now = {**OPEN, "use": "not restricted"}, {**_state(RequestState.DONE), "use": "restricted"}
    audit.record("rights.restrict", by=by, target=asked, scope=asked.scope, before=was, after=now, why=answer)
    return True


@transaction.atomic
def lift_restriction(*, by: Actor, restriction: Restriction, why: str) -> bool:
    """Let the data be used again; the subject is told first. False where that was done already."""
    lifted = Restriction.objects.filter(pk=restriction.pk, lifted_at=None).update(lifted_at=timezone.now())
    if not lifted:
        return False
    asked = restriction.request
    emails.lifted(asked, why)
    was, now = {"use": "restricted"}, {"use": "not restricted"}
    audit.record(
        "rights.lift_restriction", by=by, target=asked, scope=asked.scope, before=was, after=now, why=why
    )
    return True
