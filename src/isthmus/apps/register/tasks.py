"""Long work of the register, in the worker."""

from __future__ import annotations

from typing import cast

from isthmus.apps.core.access import Actor
from isthmus.apps.core.jobs import JobCancelled, JobContext, job_kind
from isthmus.apps.core.models import Job
from isthmus.apps.register.actions import uploads
from isthmus.apps.register.models import RegisterImport


def _ended(job: Job) -> None:
    uploads.stopped(by=None, job=job)


@job_kind(uploads.CHECK, title="Check of a register file", on_end=_ended)
def check(job: JobContext) -> None:
    """Check an uploaded file; nothing is written to the register."""
    uploads.run(
        _import(job), check_only=True, progress=job.progress, by=cast("Actor | None", job.job.started_by)
    )


@job_kind(uploads.APPLY, title="Import of a register file", on_end=_ended)
def apply(job: JobContext) -> None:
    """Write an uploaded file to the register."""
    uploads.run(
        _import(job), check_only=False, progress=job.progress, by=cast("Actor | None", job.job.started_by)
    )


def _import(job: JobContext) -> RegisterImport:
    kept = RegisterImport.objects.filter(pk=job.params["import"]).first()
    if kept is None or not kept.upload:
        raise JobCancelled
    return kept
