"""A school answers a consultation, a part at a time; what it says counts once it was sent.

Whoever has the school's link may answer for it; `by` is who is signed in, or None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.needs import actions as needs
from isthmus.apps.needs.models import Level
from isthmus.apps.networks.actions.existing import area_scope
from isthmus.apps.networks.emails import consultation as emails
from isthmus.apps.networks.models import ConsultationAnswer, ConsultationWish, WishKind
from isthmus.apps.networks.queries.answering import (
    levels,
    seen_levels,
    seen_rest,
    seen_wishes,
    themes_asked,
)
from isthmus.apps.networks.queries.consultation import others, wished
from isthmus.apps.register.models import Organisation


class Outcome(Enum):
    """What became of a change: kept, nothing to change, somebody else changed it first, or it takes no answers."""

    KEPT = "kept"
    SAME = "same"
    OTHERS = "others"
    OVER = "over"


def _locked(answer: ConsultationAnswer) -> ConsultationAnswer:
    rows = ConsultationAnswer.objects.select_related(
        "consultation__area", "consultation__layer", "organisation"
    )
    kept = rows.select_for_update(of=("self",)).get(pk=answer.pk)
    # Somebody may have closed it while this waited for the lock.
    kept.consultation.refresh_from_db(fields=["state", "until"])
    return kept


def _changed(kept: ConsultationAnswer, by: Actor | None, part: str, number: int) -> None:
    """Note the change, without its words: they are confidential, and the record is kept for ever."""
    kept.changed_at = timezone.now()
    kept.save()
    scope = area_scope(kept.consultation.area)
    detail = {"part": part, "named": number, "after it was sent": kept.answered_at is not None}
    audit.record("consultation.say", by=by, target=kept, scope=scope, detail=detail)


@transaction.atomic
def keep_wishes(
    *,
    by: Actor | None,
    answer: ConsultationAnswer,
    kind: WishKind,
    schools: Sequence[Organisation],
    seen: str,
    reason: str = "",
) -> Outcome:
    """Keep the schools that a school wishes to work with, or would rather not now (with `reason`), as the whole list.

    `seen` is what `seen_wishes` gave when the page was made. Raises ValueError where more are wished for than may be,
    or one was not asked.
    """
    kept = _locked(answer)
    if not kept.consultation.accepts:
        return Outcome.OVER
    named = {school.pk for school in schools}
    if kind == WishKind.WITH and len(named) > kept.consultation.most_wishes:
        raise ValueError(f"More than {kept.consultation.most_wishes} schools")
    if others(kept).filter(pk__in=named).count() != len(named):
        raise ValueError("A school that is not asked")
    before = set(kept.wishes.filter(kind=kind).values_list("organisation", flat=True))
    told = reason if kind == WishKind.NOT_NOW and named else ""
    if before == named and (kind == WishKind.WITH or kept.not_now_reason == told):
        return Outcome.SAME
    if (
        seen_wishes(kept, kind) != seen
        or kept.wishes.exclude(kind=kind).filter(organisation__in=named).exists()
    ):
        return Outcome.OTHERS
    kept.wishes.filter(kind=kind, organisation__in=before - named).delete()
    ConsultationWish.objects.bulk_create(
        ConsultationWish(answer=kept, organisation_id=key, kind=kind) for key in sorted(named - before)
    )
    if kind == WishKind.NOT_NOW:
        kept.not_now_reason = told
    _changed(kept, by, kind.value, len(named))
    return Outcome.KEPT


@transaction.atomic
def keep_levels(
    *, by: Actor | None, answer: ConsultationAnswer, said: Mapping[int, Level], seen: str
) -> Outcome:
    """Say where the school stands on themes (by key), as its needs and strengths: only what is new is written.

    The one event is that of `needs.say`.
    """
    kept = _locked(answer)
    if not kept.consultation.accepts:
        return Outcome.OVER
    known = levels(kept)
    new = {key: level for key, level in said.items() if known.get(key) != level}
    if not new:
        return Outcome.SAME
    if seen_levels(known) != seen:
        return Outcome.OTHERS
    asked = {theme.pk: theme for theme in themes_asked(kept)}
    note = f"Said in the consultation ‘{kept.consultation.name}’"
    statements = [needs.Said(asked[key], level, note=note) for key, level in new.items() if key in asked]
    needs.say(by=by, area=kept.consultation.area, school=kept.organisation, said=statements)
    kept.changed_at = timezone.now()
    kept.save(update_fields=["changed_at"])
    return Outcome.KEPT


@transaction.atomic
def keep_rest(
    *,
    by: Actor | None,
    answer: ConsultationAnswer,
    nominee_name: str,
    nominee_email: str,
    agreed: bool,
    note: str,
    seen: str,
) -> Outcome:
    """Keep whom the school proposes as a co-leader, and its note. Raises ValueError for a name without `agreed`."""
    kept = _locked(answer)
    if not kept.consultation.accepts:
        return Outcome.OVER
    if nominee_name and not agreed:
        raise ValueError("A co-leader who has not agreed")
    mail = nominee_email if nominee_name else ""
    if (kept.nominee_name, kept.nominee_email, kept.note) == (nominee_name, mail, note):
        return Outcome.SAME
    if seen_rest(kept) != seen:
        return Outcome.OTHERS
    kept.nominee_name, kept.nominee_email, kept.note = nominee_name, mail, note
    kept.nominee_agreed = bool(nominee_name)
    _changed(kept, by, "co-leader and note", int(bool(nominee_name)))
    return Outcome.KEPT


@transaction.atomic
def send_answer(*, by: Actor | None, answer: ConsultationAnswer, email: str, seen: int) -> Outcome:
    """Send what was saved: from now it counts. A receipt goes to `email`, where there is one.

    `seen` is how many receipts there were when the page was made: it tells a double click.
    """
    kept = _locked(answer)
    if not kept.consultation.accepts:
        return Outcome.OVER
    if kept.receipts != seen:
        return Outcome.SAME
    now = timezone.now()
    kept.answered_at, kept.changed_at = kept.answered_at or now, now
    kept.receipts += 1
    kept.save()
    if email:
        not_now = kept.wishes.filter(kind=WishKind.NOT_NOW).count()
        emails.receipt(kept, email, wished(kept, WishKind.WITH), not_now)
    scope = area_scope(kept.consultation.area)
    audit.record("consultation.answer", by=by, target=kept, scope=scope, detail={"receipt": bool(email)})
    return Outcome.KEPT
