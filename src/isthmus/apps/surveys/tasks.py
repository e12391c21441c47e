"""Closing a wave, in the worker: each step may be done again after a killed worker."""

from __future__ import annotations

import contextlib
import time

from django.db import OperationalError, transaction
from django.db.models import Q

from isthmus.apps.core import chores
from isthmus.apps.core.dates import today
from isthmus.apps.core.jobs import JobCancelled, JobContext, JobFailed, job_kind
from isthmus.apps.surveys import actions, emails
from isthmus.apps.surveys.actions.closing import KIND
from isthmus.apps.surveys.actions.rosters import LINKS
from isthmus.apps.surveys.adapters import reporting
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.marking import mark_used
from isthmus.apps.surveys.models import Invited, Wave, WaveKind, WaveState
from isthmus.apps.surveys.presenters.answering import promise
from isthmus.apps.surveys.scrubbing import scrub, stir

MAILS = 50
SCRUBS, PAUSE = 60, 5.0
"""How often the tables are tried to be written anew, and the seconds between."""


@job_kind(KIND, title="Report of a questionnaire")
def close(job: JobContext) -> None:
    """Take the order out of the answers, leave no trace of it in the database, then check what may be shown."""
    wave = Wave.objects.select_related("instrument").filter(pk=job.params["wave"]).first()
    if wave is None:
        raise JobCancelled
    if wave.state == WaveState.CLOSED:
        return
    job.progress(1, "Taking the order out of the answers")
    actions.mix(by=None, wave=wave)
    _scrub(job)

    def heard(share: float, words: str) -> None:
        job.progress(5 + int(share * 90), words)

    content = reporting.make(wave, read(wave.instrument.text), progress=heard)
    if job.cancelled:
        raise JobCancelled
    actions.end_close(by=None, wave=wave, content=content)
    job.message = "Ready"


@job_kind(LINKS, title="Mail with links")
def send_mail(job: JobContext) -> None:
    """Write to all who have a link, or remind those who are not marked as having answered. Nobody is told how many."""
    wave = Wave.objects.filter(pk=job.params["wave"]).first()
    reminder = int(job.params["reminder"])
    if wave is None or not wave.accepts:
        raise JobCancelled
    if reminder:
        mark_used()
    rows = Invited.objects.filter(school__wave=wave, mark__isnull=False)
    rows = rows.filter(answered=False) if reminder else rows
    left = list(rows.order_by("pk").values_list("pk", flat=True))
    said = promise(wave)
    for at in range(0, len(left), MAILS):
        job.progress(int(95 * at / len(left)), "Writing mail")
        with transaction.atomic():
            for one in rows.filter(pk__in=left[at : at + MAILS]).select_related("school__organisation"):
                emails.send_link(one, wave, said, reminder=reminder)
    job.message = "The mail is on its way"


def _scrub(job: JobContext) -> None:
    """Whoever holds the database is waited for, a backup for instance; in the end an hourly chore takes it up again."""
    for _time in range(SCRUBS):
        try:
            return scrub()
        except OperationalError:
            job.progress(2, "Waiting until the database is free")
            time.sleep(PAUSE)
    raise JobFailed(
        "Something holds the database. The report is made within an hour of its end; nothing is lost."
    )


@chores.hourly("surveys.stir")
def stir_what_is_open() -> None:
    """Once an hour those who answered by links are marked, many at once, and the order of the answers so far is taken
    out of the database; where it is busy, an hour later."""
    mark_used()
    if Wave.objects.filter(state=WaveState.OPEN, kind=WaveKind.ANONYMOUS).exists():
        with contextlib.suppress(OperationalError):
            stir()


@chores.hourly("surveys.close")
def close_what_is_over() -> None:
    """Close the waves whose last day is over, and take up again those whose close was stopped."""
    for wave in Wave.objects.filter(Q(state=WaveState.OPEN, until__lt=today()) | Q(state=WaveState.CLOSING)):
        actions.start_close(by=None, wave=wave, why="Its last day is over")
