"""What the worker does: making copies, disposing of them, and emptying the last mail to somebody erased."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from isthmus.apps.accounts.privacy.queries import all_kept
from isthmus.apps.accounts.rights import actions, bundling, emails, files
from isthmus.apps.accounts.rights.actions.copies import KIND
from isthmus.apps.accounts.rights.actions.erasing import subject_of_request
from isthmus.apps.accounts.rights.bundling import Chapter
from isthmus.apps.accounts.rights.models import Bundle, Leaving
from isthmus.apps.core import leaving
from isthmus.apps.core.chores import hourly
from isthmus.apps.core.dates import today
from isthmus.apps.core.jobs import JobContext, JobFailed, job_kind
from isthmus.apps.core.models import Job, Message
from isthmus.apps.core.outbox_models import OVER
from isthmus.apps.core.personal import Subject
from isthmus.apps.core.scopes import Scope


def _failed(job: Job) -> None:
    bundle = Bundle.objects.filter(pk=job.params["bundle"], file="", gone_at=None).first()
    if bundle is not None:
        actions.give_up_copy(by=None, bundle=bundle)


@job_kind(KIND, title="Make a copy of information", on_end=_failed)
def make(job: JobContext) -> None:
    """Gather what is kept and write it into one file."""
    bundle = Bundle.objects.filter(pk=job.params["bundle"], file="", gone_at=None).first()
    if bundle is None:
        raise JobFailed("The copy is no longer wanted, or was made already.")
    thing = bundle.thing
    if isinstance(thing, Leaving):
        heading, chapters = "What Isthmus keeps of your school", of_organisation(thing.scope, job)
    else:
        heading, chapters = "What Isthmus keeps about you", of_subject(subject_of_request(thing), job)
    draft = files.draft()
    try:
        bundling.write(draft, heading, chapters)
        kept = actions.finish_copy(by=None, bundle=bundle, draft=draft)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if not kept:
        draft.unlink(missing_ok=True)
    job.message = "Ready"


def of_subject(subject: Subject, job: JobContext | None = None) -> Iterator[Chapter]:
    """What is kept about somebody, class by class, with why and for how long."""
    classes = all_kept()
    for number, kept in enumerate(classes):
        data = kept.data
        if job is not None:
            job.progress(100 * number // len(classes), data.title)
        about = (
            ("What it is", data.what),
            ("Why it is kept", data.purpose),
            ("Lawful basis", str(data.basis)),
            ("Who gets it", data.recipients),
            ("Where it comes from", data.source),
            ("How long it is kept", f"{kept.days:,} days after {data.keep.since}"),
        )
        yield Chapter(data.title, about, [part for part in data.of(subject) if part])


def of_organisation(scope: Scope, job: JobContext | None = None) -> Iterator[Chapter]:
    """What is kept of an organisation, kind by kind."""
    for data in leaving.kept():
        if job is not None:
            job.progress(50, data.title)
        yield Chapter(data.title, (), [part for part in data.of(scope) if part])


@hourly("rights.copies")
def dispose() -> int:
    """Delete copies whose days are over, and files that belong to no copy; returns how many copies."""
    over = Bundle.objects.filter(keep_until__lt=today(), gone_at=None).exclude(file="")
    count = sum(actions.dispose_of_copy(by=None, bundle=bundle) for bundle in over)
    wanted = set(Bundle.objects.exclude(file="").values_list("file", flat=True))
    before = (timezone.now() - timedelta(days=1)).timestamp()  # a copy being made is younger
    for path in files.folder().glob("*.zip"):
        with contextlib.suppress(FileNotFoundError):
            if path.name not in wanted and path.stat().st_mtime < before:
                path.unlink()
    return count


@hourly("rights.last-mail")
def empty_last_mail() -> int:
    """Empty what is left of mail that told somebody of their erasure: it was given up otherwise than by sending."""
    told = Message.objects.filter(kind=emails.ERASED.name, state__in=OVER, emptied_at=None)
    return told.update(to="", letter={}, token=None, person=None, error="", emptied_at=timezone.now())
