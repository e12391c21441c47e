"""What officers do with a consultation: write it, open it, remind, close it, hand a link over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit, mail
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.networks.actions.existing import area_scope
from isthmus.apps.networks.emails import consultation as emails
from isthmus.apps.networks.models import (
    CONSULTATION_PURPOSE,
    Consultation,
    ConsultationAnswer,
    ConsultationState,
    Layer,
    Sees,
)
from isthmus.apps.networks.queries.consultation import heads_of
from isthmus.apps.register.models import Area, Organisation


@dataclass(frozen=True)
class Asking:
    """What is said of a consultation. The last three stay as they are once it was opened: schools answered to them."""

    name: str
    text: str
    until: date
    layer: Layer | None = None
    sees: Sees = Sees.OWN
    most_wishes: int = 5


def _told(consultation: Consultation) -> dict[str, Any]:
    layer = consultation.layer.name if consultation.layer else "to come"
    told = {"name": consultation.name, "text": consultation.text, "open until": in_words(consultation.until)}
    sees = str(Sees(consultation.sees).label)
    return {**told, "layer": layer, "a school sees": sees, "most wishes": consultation.most_wishes}


@transaction.atomic
def start_consultation(
    *, by: Actor | None, area: Area, asking: Asking, schools: Sequence[Organisation], token: UUID
) -> Consultation:
    """Write down a consultation of these schools; nobody is told yet. The same `token` again gives the first."""
    kept, made = Consultation.objects.get_or_create(
        area=area, token=token, defaults={**_fields(asking), "made_by_id": by.pk if by else None}
    )
    if made:
        ConsultationAnswer.objects.bulk_create(
            ConsultationAnswer(consultation=kept, organisation=school) for school in schools
        )
        detail = {"schools": len(schools)}
        audit.record(
            "consultation.start",
            by=by,
            target=kept,
            scope=area_scope(area),
            detail=detail,
            after=_told(kept),
        )
    return kept


def _fields(asking: Asking) -> dict[str, Any]:
    return {**asdict(asking), "layer": asking.layer}


@transaction.atomic
def change_consultation(
    *,
    by: Actor,
    consultation: Consultation,
    asking: Asking,
    schools: Sequence[Organisation] | None = None,
) -> Consultation:
    """Change what is said of a consultation, and before it is opened also the schools, the layer and what they see."""
    kept = _locked(consultation)
    before = _told(kept)
    draft = kept.state == ConsultationState.DRAFT
    fields = _fields(asking) if draft else {"name": asking.name, "text": asking.text, "until": asking.until}
    for name, value in fields.items():
        setattr(kept, name, value)
    new, gone = _asked_otherwise(kept, schools) if draft and schools is not None else (set(), set())
    if _told(kept) == before and not new and not gone:
        return kept
    kept.save()
    kept.answers.filter(organisation__in=gone).delete()
    ConsultationAnswer.objects.bulk_create(
        ConsultationAnswer(consultation=kept, organisation_id=key) for key in sorted(new)
    )
    audit.record(
        "consultation.change",
        by=by,
        target=kept,
        scope=area_scope(kept.area),
        detail={"schools added": len(new), "schools taken out": len(gone)},
        before=before,
        after=_told(kept),
    )
    return kept


def _asked_otherwise(kept: Consultation, schools: Sequence[Organisation]) -> tuple[set[int], set[int]]:
    """The keys of schools that are to be asked too, and of those that are asked no more."""
    wanted = {school.pk for school in schools}
    there = set(kept.answers.values_list("organisation", flat=True))
    return wanted - there, there - wanted


def _locked(consultation: Consultation) -> Consultation:
    rows = Consultation.objects.select_related("area", "layer")
    return rows.select_for_update(of=("self",)).get(pk=consultation.pk)


@transaction.atomic
def open_consultation(*, by: Actor | None, consultation: Consultation) -> bool:
    """Ask the schools: those whose head is known get mail, for each of the others there is a link to hand over.

    One that was closed is opened again, with the links that it had and no mail. False, and nothing done, where it is
    open already (a double click) or its last day is over.
    """
    kept = _locked(consultation)
    if kept.state == ConsultationState.OPEN or kept.until < today():
        return False
    first = kept.state == ConsultationState.DRAFT
    now = timezone.now()
    kept.state, kept.opened_at, kept.closed_at = ConsultationState.OPEN, kept.opened_at or now, None
    kept.save()
    written = _ask(kept) if first else 0
    audit.record(
        "consultation.open",
        by=by,
        target=kept,
        scope=area_scope(kept.area),
        detail={"by mail": written, "again": not first},
    )
    return True


def _ask(kept: Consultation) -> int:
    """Make every school's link, and write to those whose head is known; gives how many."""
    answers = list(kept.answers.select_related("organisation"))
    heads = heads_of(answer.organisation_id for answer in answers)
    now = timezone.now()
    for answer in answers:
        answer.consultation = kept
        answer.round = 1
        answer.token_hash = hashed(derived(CONSULTATION_PURPOSE, answer.reference))
        head = heads.get(answer.organisation_id)
        if head is not None:
            answer.name, answer.email, answer.sent_at = head.name, head.email, now
    fields = ["round", "token_hash", "name", "email", "sent_at"]
    ConsultationAnswer.objects.bulk_update(answers, fields, batch_size=500)
    known = [answer for answer in answers if answer.email]
    for answer in known:
        emails.asked(answer)
    return len(known)


@transaction.atomic
def remind(*, by: Actor, consultation: Consultation, seen: int) -> int | None:
    """Write again to those who were written to and have not answered; gives how many.

    None, and nothing sent, where somebody reminded them since `seen` reminders (a double click) or it takes no answers.
    """
    kept = _locked(consultation)
    if not kept.accepts or kept.reminders != seen:
        return None
    kept.reminders, kept.reminded_at = kept.reminders + 1, timezone.now()
    kept.save(update_fields=["reminders", "reminded_at"])
    silent = kept.answers.filter(answered_at=None).exclude(email="").select_related("organisation")
    number = 0
    for answer in silent:
        answer.consultation = kept
        emails.reminder(answer, kept.reminders)
        number += 1
    detail = {"by mail": number, "reminder": kept.reminders}
    audit.record("consultation.remind", by=by, target=kept, scope=area_scope(kept.area), detail=detail)
    return number


@transaction.atomic
def close_consultation(*, by: Actor, consultation: Consultation) -> bool:
    """Take no more answers. False where it is not open."""
    kept = _locked(consultation)
    if kept.state != ConsultationState.OPEN:
        return False
    kept.state, kept.closed_at = ConsultationState.CLOSED, timezone.now()
    kept.save()
    # Whoever is sending an answer at this moment still counts; whoever comes later finds it closed.
    list(kept.answers.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    silent = kept.answers.filter(answered_at=None)
    unsent = [(one.mail_key, emails.reminder_key(one, kept.reminders)) for one in silent]
    mail.withdraw(key for keys in unsent for key in keys)
    said = kept.answers.filter(answered_at__isnull=False).count()
    audit.record(
        "consultation.close", by=by, target=kept, scope=area_scope(kept.area), detail={"answers": said}
    )
    return True


@transaction.atomic
def remove_consultation(*, by: Actor, consultation: Consultation) -> bool:
    """Remove a consultation that nobody was told of. False where it was opened or is gone."""
    rows = Consultation.objects.select_related("area", "layer").select_for_update(of=("self",))
    kept = rows.filter(pk=consultation.pk).first()
    if kept is None or kept.state != ConsultationState.DRAFT:
        return False
    audit.record("consultation.remove", by=by, target=kept, scope=area_scope(kept.area), before=_told(kept))
    kept.delete()
    return True


@transaction.atomic
def give_link(
    *, by: Actor, answer: ConsultationAnswer, seen_round: int, name: str = "", email: str = ""
) -> bool:
    """Make a school's link anew; the old one works no more. With `email` it goes there, else it is handed over.

    False, and nothing done, where somebody made one since `seen_round` or the consultation takes no answers.
    """
    rows = ConsultationAnswer.objects.select_related("consultation__area", "organisation")
    kept = rows.select_for_update(of=("self",)).get(pk=answer.pk)
    if not kept.consultation.accepts or kept.round != seen_round:
        return False
    mail.withdraw([kept.mail_key])
    kept.round += 1
    kept.token_hash = hashed(derived(CONSULTATION_PURPOSE, kept.reference))
    kept.name, kept.email, kept.sent_at = name, email.lower(), timezone.now() if email else None
    kept.save()
    if email:
        emails.asked(kept)
    scope = area_scope(kept.consultation.area)
    audit.record("consultation.link", by=by, target=kept, scope=scope, detail={"by mail": bool(email)})
    return True
