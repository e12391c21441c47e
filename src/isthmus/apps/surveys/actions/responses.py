"""Answers that carry a name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.scopes import INSTALLATION
from isthmus.apps.surveys.models import Invited, Response, Roster, Wave, WaveKind, WaveSchool


@transaction.atomic
def respond(
    *,
    by: Actor | None,
    school: WaveSchool,
    ballot: int,
    who: str,
    codes: bytes,
    comments: dict[str, Any],
    name: str = "",
    mark: str = "",
) -> bool:
    """Keep a named answer; the same person's, or the same ballot's, again replaces it. False once it is closed.

    `mark` is the hash of a link's token: it counts for one ballot. Where links were sent nobody without one
    answers.

    What was said stands in the answer alone: the event tells that there is one.
    """
    wave = Wave.objects.select_for_update(of=("self",)).get(pk=school.wave_id)
    if not wave.accepts or wave.kind == WaveKind.ANONYMOUS:
        return False
    if by is None and not _let_in(school, ballot, who, mark):
        return False
    own = {"person_id": by.pk} if by else {"ballot": ballot}
    before = Response.objects.filter(wave=wave, school=school, **own).first()
    said = (who, codes, comments, name)
    if before and said == (before.who, bytes(before.codes), before.comments, before.name):
        return True
    kept = before or Response(wave=wave, school=school, person_id=by.pk if by else None, ballot=ballot)
    kept.who, kept.codes, kept.comments, kept.name = who, codes, comments, name
    kept.answered_at = timezone.now()
    kept.save()
    # Those who run a confidential wave would count by its events how many answered, school by school and to the second.
    secret = wave.kind == WaveKind.CONFIDENTIAL
    detail = {} if secret else {"school": school.organisation_id, "again": before is not None}
    target, scope = (kept, INSTALLATION) if secret else (wave, wave.scope)
    audit.record("wave.respond", by=by, target=target, scope=scope, detail=detail)
    return True


def _let_in(school: WaveSchool, ballot: int, who: str, mark: str) -> bool:
    """Whether an answer may come: by a link that was not used for another, or where no links were sent."""
    if not mark:
        return not Roster.objects.filter(school=school, sent=True).exists()
    link = Invited.objects.filter(mark=mark, school=school, who=who)
    return link.filter(answered=False).update(answered=True) == 1 or (
        link.exists() and Response.objects.filter(school=school, ballot=ballot).exists()
    )
