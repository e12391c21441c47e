"""Closing a wave: no more answers, then answers without their numbers in an order drawn anew, then the report."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict

from django.db import connection, transaction
from django.utils import timezone

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.surveys import emails
from isthmus.apps.surveys.models import (
    Answer,
    Ballot,
    Comment,
    Invited,
    PaperBatch,
    Report,
    Roster,
    Wave,
    WaveState,
)

CHUNK = 2000
KIND = "surveys.close"


def _locked(wave: Wave) -> Wave:
    return Wave.objects.select_for_update(of=("self",)).get(pk=wave.pk)


def _told(wave: Wave) -> dict[str, str]:
    return {"state": str(WaveState(wave.state).label)}


@transaction.atomic
def start_close(*, by: Actor | None, wave: Wave, why: str = "") -> Job | None:
    """Take no more answers, and have the worker make the report; again where that was stopped or failed.

    None where it was not open, is closed, or is being closed.
    """
    kept = _locked(wave)
    under_way = Job.objects.filter(
        kind=KIND, params__wave=kept.pk, state__in=(JobState.QUEUED, JobState.RUNNING)
    )
    if kept.state not in (WaveState.OPEN, WaveState.CLOSING) or under_way.exists():
        return None
    before = _told(kept)
    kept.state = WaveState.CLOSING
    kept.save(update_fields=["state"])
    audit.record(
        "wave.close", by=by, target=kept, scope=kept.scope, before=before, after=_told(kept), why=why
    )
    return jobs.start(
        KIND,
        by=by,
        params={"wave": kept.pk},
        scope=kept.scope,
        title=f"Report of ‘{kept.name}’"[:120],
        result_url=f"/surveys/{kept.pk}/report/",
    )


@transaction.atomic
def mix(*, by: Actor | None, wave: Wave) -> int:
    """Move a closed wave's ballots to the answers, without their numbers and in an order drawn anew.

    Comments go apart from answers, each question's in an order of its own. Gives how many ballots were moved; a second
    time none are left.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # whoever is being answered is waited for; see `intake.take`
            table = connection.ops.quote_name(Ballot._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    kept = _locked(wave)
    if kept.state != WaveState.CLOSING:
        return 0
    ballots = list(Ballot.objects.filter(wave=kept))
    draw = random.SystemRandom()
    draw.shuffle(ballots)
    answers = [Answer(wave=kept, school_id=b.school_id, who=b.who, codes=bytes(b.codes)) for b in ballots]
    Answer.objects.bulk_create(answers, batch_size=CHUNK)
    said: dict[str, list[Comment]] = defaultdict(list)
    for ballot in ballots:
        for item, text in ballot.comments.items():
            said[item].append(Comment(wave=kept, school_id=ballot.school_id, item=item, text=text))
    for item in sorted(said):
        draw.shuffle(said[item])
        Comment.objects.bulk_create(said[item], batch_size=CHUNK)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # what is removed is written over, in the file and in its log
            cursor.execute("PRAGMA secure_delete = ON")
    Ballot.objects.filter(wave=kept).delete()
    _forget(kept)
    audit.record("wave.mix", by=by, target=kept, scope=kept.scope, after={"answers": len(ballots)})
    return len(ballots)


def _forget(wave: Wave) -> None:
    """Remove the lists of people, their links, mail that was not sent, and forms that were typed and not handed in."""
    emails.forget(wave)
    Invited.objects.filter(school__wave=wave).delete()
    Roster.objects.filter(school__wave=wave).delete()
    PaperBatch.objects.filter(school__wave=wave).delete()


@transaction.atomic
def end_close(*, by: Actor | None, wave: Wave, content: str) -> Report:
    """Keep the report and end the close. A report that is there stays as it is."""
    kept = _locked(wave)
    digest = hashlib.sha256(content.encode()).hexdigest()
    report, made = Report.objects.get_or_create(wave=kept, defaults={"content": content, "digest": digest})
    if made:
        before = _told(kept)
        kept.state, kept.closed_at = WaveState.CLOSED, timezone.now()
        kept.save(update_fields=["state", "closed_at"])
        audit.record(
            "wave.report",
            by=by,
            target=kept,
            scope=kept.scope,
            detail={"sha256": digest},
            before=before,
            after=_told(kept),
        )
    return report
