"""A file given on a page: kept, checked in the worker, then applied or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job
from isthmus.apps.register.actions.importing import import_files, note
from isthmus.apps.register.adapters.report import ImportReport
from isthmus.apps.register.models import ImportState, RegisterImport

CHECK, APPLY = "register.check", "register.apply"
Progress = Callable[[int, str], None]


def begin(
    *, by: Actor, upload: UploadedFile[bytes], file_date: date | None, token: UUID | None = None
) -> RegisterImport:
    """Keep an uploaded file and have it checked. The same `token` again (a double click) gives the first import."""
    try:
        return _begin(by=by, upload=upload, file_date=file_date, token=token)
    except IntegrityError:
        first = RegisterImport.objects.filter(by=by.pk, token=token).first() if token else None
        if first is None:
            raise
        return first


@transaction.atomic
def _begin(
    *, by: Actor, upload: UploadedFile[bytes], file_date: date | None, token: UUID | None
) -> RegisterImport:
    if token and (first := RegisterImport.objects.filter(by=by.pk, token=token).first()):
        return first
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    kept = RegisterImport.objects.create(
        file_name=Path(upload.name or "file").name[:200],
        digest=digest.hexdigest(),
        file_date=file_date,
        state=ImportState.WAITING,
        by_id=by.pk,
        token=token,
    )
    kept.upload = upload  # after the row: a second of the same token keeps no file
    kept.save(update_fields=["upload"])
    audit.record(
        "register.upload",
        by=by,
        target=kept,
        detail={"sha256": kept.digest},
        after={"file": kept.file_name, "state": kept.get_state_display()},
    )
    return _start(CHECK, kept, by)


@transaction.atomic
def apply(*, by: Actor, kept: RegisterImport) -> RegisterImport:
    """Have a checked file written to the register. One that is not waiting to be applied is left as it is."""
    kept = RegisterImport.objects.select_for_update().get(pk=kept.pk)
    if kept.state != ImportState.CHECKED or not kept.upload:
        return kept
    before = {"state": kept.get_state_display()}
    kept.state = ImportState.WAITING
    kept.save(update_fields=["state"])
    after = {"state": kept.get_state_display()}
    audit.record("register.apply", by=by, target=kept, before=before, after=after)
    return _start(APPLY, kept, by)


@transaction.atomic
def put_aside(*, by: Actor, kept: RegisterImport) -> RegisterImport:
    """Forget an uploaded file without writing anything."""
    kept = RegisterImport.objects.select_for_update().get(pk=kept.pk)
    if kept.state != ImportState.CHECKED:
        return kept
    before = {"state": kept.get_state_display()}
    _forget(kept)
    kept.state = ImportState.PUT_ASIDE
    kept.save(update_fields=["state", "upload"])
    after = {"state": kept.get_state_display()}
    audit.record("register.put_aside", by=by, target=kept, before=before, after=after)
    return kept


def _start(kind: str, kept: RegisterImport, by: Actor) -> RegisterImport:
    kept.job = jobs.start(
        kind, by=by, params={"import": kept.pk}, result_url=reverse("register:import", args=[kept.pk])
    )
    kept.save(update_fields=["job"])
    return kept


def run(kept: RegisterImport, *, check_only: bool, progress: Progress, by: Actor | None) -> None:
    """Check or write the file of `kept`; called by the worker. A file that is refused is not kept."""
    if kept.state == ImportState.APPLIED:  # an earlier try of this job was killed just after it had written
        _forget(kept)
        kept.save()
        return
    report = import_files(
        [kept.upload.path],
        names=[kept.file_name],
        check_only=check_only,
        file_date=kept.file_date,
        progress=progress,
        by=by,
        kept=kept,
    )
    if report.applied:
        state = ImportState.APPLIED
    elif not report.ok:
        state = ImportState.REFUSED
    else:
        state = ImportState.UNCHANGED if report.nothing_changes else ImportState.CHECKED
    checked(by=by, kept=kept, report=report, state=state)


@transaction.atomic
def checked(*, by: Actor | None, kept: RegisterImport, report: ImportReport, state: ImportState) -> None:
    """Keep what a check found. An import that was written has noted and recorded itself in its own transaction."""
    before = {"state": kept.get_state_display()}
    if state != ImportState.CHECKED:
        _forget(kept)
    note(kept, report, state)
    if state != ImportState.APPLIED:
        after = {"state": kept.get_state_display()}
        audit.record("register.checked", by=by, target=kept, before=before, after=after)


@transaction.atomic
def stopped(*, by: Actor | None, job: Job) -> None:
    """The worker was stopped or failed: a file that was checked can be applied again, another is forgotten."""
    kept = RegisterImport.objects.filter(job=job, state=ImportState.WAITING).first()
    if kept is None:
        return
    before = {"state": kept.get_state_display()}
    kept.state = ImportState.CHECKED if job.kind == APPLY else ImportState.REFUSED
    if kept.state == ImportState.REFUSED:
        _forget(kept)
    kept.save()
    audit.record(
        "register.stopped", by=by, target=kept, before=before, after={"state": kept.get_state_display()}
    )


def _forget(kept: RegisterImport) -> None:
    """Delete the uploaded file once this is certain: it may hold names of heads."""
    if kept.upload:
        storage, name = kept.upload.storage, kept.upload.name
        kept.upload = ""
        if name:
            transaction.on_commit(lambda: storage.delete(name))
