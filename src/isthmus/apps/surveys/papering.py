"""Typing paper forms of an anonymous wave: what is typed waits until it was typed twice, then counts as any answer.

A form that is typed is a draft: without the person who typed it and without a time. No event tells of one form, for it
would tell how many there are, and that one of few people answered; that somebody began and ended typing is recorded
(`actions.papers`). Handed in, forms go through `intake.take` in an order drawn anew, and the drafts are removed. Where
that is broken off it is done again: each form counts by the number that it was given when it was typed.
"""

from __future__ import annotations

import random

from django.db import transaction

from isthmus.apps.core.access import Actor
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions.papers import end_typing
from isthmus.apps.surveys.models import PaperBatch, PaperSheet, WaveSchool

MOST_SHEETS = 500


def batch_of(school: WaveSchool, who: str) -> PaperBatch | None:
    """The pile that is being typed."""
    return PaperBatch.objects.filter(school=school, who=who).first()


def _locked(batch: PaperBatch) -> PaperBatch | None:
    return PaperBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk).first()


@transaction.atomic
def keep_sheet(batch: PaperBatch, number: int, codes: bytes, comments: dict[str, str]) -> bool:
    """Keep a form typed for the first time. The same again is the same; False where another has its number, or the pile
    is being typed again or is gone."""
    kept = _locked(batch)
    if kept is None or kept.again or not 1 <= number <= MOST_SHEETS:
        return False
    sheet, _made = PaperSheet.objects.get_or_create(
        batch=kept, number=number, defaults={"codes": codes, "comments": comments}
    )
    return (bytes(sheet.codes), sheet.comments) == (codes, comments)


@transaction.atomic
def type_again(batch: PaperBatch) -> bool:
    """From now on the same forms are typed for the second time."""
    kept = _locked(batch)
    if kept is None or not kept.sheets.exists():
        return False
    PaperBatch.objects.filter(pk=kept.pk).update(again=True)
    return True


@transaction.atomic
def settle_sheet(batch: PaperBatch, number: int, codes: bytes, comments: dict[str, str]) -> bool:
    """A form that was typed twice alike, or whose differences were settled by a look at it."""
    kept = _locked(batch)
    sheets = PaperSheet.objects.filter(batch=kept, number=number) if kept and kept.again else None
    return bool(sheets and sheets.update(codes=codes, comments=comments, checked=True))


@transaction.atomic
def drop_sheet(batch: PaperBatch, number: int) -> bool:
    """A form that was typed by mistake."""
    kept = _locked(batch)
    return kept is not None and PaperSheet.objects.filter(batch=kept, number=number).delete()[0] > 0


def hand_in(batch: PaperBatch, *, by: Actor) -> bool:
    """Let all forms count, and remove the drafts. False where one was not typed twice, or the wave is closed."""
    sheets = list(batch.sheets.all())
    if not batch.again or not sheets or not all(sheet.checked for sheet in sheets):
        return False
    random.SystemRandom().shuffle(sheets)
    school = WaveSchool.objects.get(pk=batch.school_id)
    for sheet in sheets:
        said = {"codes": bytes(sheet.codes), "comments": sheet.comments}
        taken = intake.take(school=school, ballot=sheet.ballot, who=batch.who, vouched=True, **said)
        if taken != intake.Taken.KEPT:
            return False
    return end_typing(by=by, batch=batch)
