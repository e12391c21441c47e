"""That somebody began and ended to type paper forms. No event tells how many, or whether they counted (`papering`)."""

from __future__ import annotations

from django.db import connection, transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.surveys.models import PaperBatch, Wave, WaveKind, WaveSchool


def takes_paper(wave: Wave) -> bool:
    """Whether forms can be typed now: of anonymous waves alone, for whoever types a form reads it."""
    return wave.kind == WaveKind.ANONYMOUS and wave.accepts


@transaction.atomic
def begin_typing(*, by: Actor, school: WaveSchool, who: str) -> PaperBatch | None:
    """Begin a pile of forms, or go on with the one that was begun. None where the wave takes none of these people's."""
    wave = Wave.objects.select_for_update(of=("self",)).get(pk=school.wave_id)
    if not takes_paper(wave) or who not in wave.asked:
        return None
    batch, made = PaperBatch.objects.get_or_create(school=school, who=who)
    if made:
        audit.record("paper.begin", by=by, target=wave, scope=wave.scope, after={"typing": "begun"})
    return batch


@transaction.atomic
def end_typing(*, by: Actor | None, batch: PaperBatch) -> bool:
    """Remove the drafts of a pile, whether it counted or was thrown away. False where that was done already."""
    kept = PaperBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk).first()
    if kept is None:
        return False
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # what is removed is written over
            cursor.execute("PRAGMA secure_delete = ON")
    wave = Wave.objects.get(schools=kept.school_id)
    audit.record("paper.end", by=by, target=wave, scope=wave.scope, after={"typing": "ended"})
    kept.delete()
    return True
