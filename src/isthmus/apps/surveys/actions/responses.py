"""Answers that carry a name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.surveys.models import Response, Wave, WaveKind, WaveSchool


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
) -> bool:
    """Keep a named answer; the same person's, or the same ballot's, again replaces it. False once it is closed.

    What was said stands in the answer alone: the event tells that there is one.
    """
    wave = Wave.objects.select_for_update(of=("self",)).get(pk=school.wave_id)
    if not wave.accepts or wave.kind == WaveKind.ANONYMOUS:
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
    detail = {"school": school.organisation_id, "again": before is not None}
    audit.record("wave.respond", by=by, target=wave, scope=wave.scope, detail=detail)
    return True
