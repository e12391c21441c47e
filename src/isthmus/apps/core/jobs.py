"""Long work in the worker: progress, cancel, checkpoint, and a second try after a killed worker.

The queue is django-tasks. What it has not - a heartbeat, progress, cancel, recovery - stands in `Job`. Each
try has a number; a try that was given up can no longer write, so two workers never both finish one job.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from isthmus.apps.core import audit, notices
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.core.queries import silent_jobs
from isthmus.apps.core.scopes import INSTALLATION, Scope

log = structlog.get_logger("isthmus.jobs")
BEAT_SECONDS = 1.0
MOST_ATTEMPTS = 3


class JobCancelled(Exception):
    """Somebody stopped the job, or another worker has taken it over."""


class JobFailed(Exception):
    """The job cannot succeed; the text says why and what to do."""


@dataclass(frozen=True)
class Kind:
    """What a kind of job runs, what it is called, and what follows when it ends without success."""

    title: str
    run: Callable[[JobContext], None]
    on_end: Callable[[Job], None] | None


_KINDS: dict[str, Kind] = {}
_HERE: set[UUID] = set()
"""Jobs that this very process works on."""


def job_kind(
    name: str, *, title: str, on_end: Callable[[Job], None] | None = None
) -> Callable[[Callable[[JobContext], None]], Callable[[JobContext], None]]:
    """Register the decorated function as the work of jobs of kind `name`.

    `on_end(job)` runs in the transaction that marks the job cancelled or failed.
    """

    def add(run: Callable[[JobContext], None]) -> Callable[[JobContext], None]:
        _KINDS[name] = Kind(title, run, on_end)
        return run

    return add


@transaction.atomic
def start(
    kind: str,
    *,
    by: Actor | None,
    params: dict[str, Any],
    scope: Scope = INSTALLATION,
    title: str = "",
    result_url: str = "",
) -> Job:
    """Put a job in the queue; it starts when the transaction around this call commits."""
    job = Job.objects.create(
        kind=kind,
        title=title or _KINDS[kind].title,
        params=params,
        scope_kind=scope.kind,
        scope_id=scope.id,
        result_url=result_url,
        started_by_id=by.pk if by else None,
    )
    _enqueue(job)
    audit.record("job.start", by=by, target=job, scope=scope, after={"task": job.title})
    return job


def _enqueue(job: Job) -> None:
    job.task_id = str(run_job.enqueue(str(job.pk), job.attempt).id)
    job.save(update_fields=["task_id"])


@transaction.atomic
def cancel(job: Job, *, by: Actor, why: str = "") -> Job:
    """Ask a job to stop. One that has not started is stopped at once; one that is over is left as it is."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_over or job.cancel_requested:
        return job
    before = {"state": job.get_state_display()}
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    if job.state == JobState.QUEUED:
        _finish(job, JobState.CANCELLED, "Stopped before it started.")
    job.refresh_from_db()
    after = {"state": job.get_state_display() if job.is_over else "stopping"}
    audit.record("job.cancel", by=by, target=job, scope=job.scope, before=before, after=after, why=why)
    return job


@task()
def run_job(job_id: str, attempt: int) -> None:
    """Run one try of a job (called by the worker)."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=now
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    context = JobContext(job)
    log.info("job started", job=job_id, kind=job.kind, attempt=attempt)
    with context:
        try:
            _KINDS[job.kind].run(context)
        except JobCancelled:
            outcome, message = JobState.CANCELLED, "Stopped. Nothing was changed after that."
        except JobFailed as error:
            outcome, message = JobState.FAILED, str(error)
        except Exception:
            log.exception("job failed", job=job_id, kind=job.kind)
            outcome, message = (
                JobState.FAILED,
                "Something went wrong on our side. Start it again; nothing was lost.",
            )
        else:
            outcome, message = JobState.DONE, context.message
    with transaction.atomic():
        _finish(job, outcome, message)
    log.info("job ended", job=job_id, kind=job.kind, state=outcome)


def _finish(job: Job, state: JobState, message: str) -> None:
    """Mark this try as over, unless it was taken over meanwhile."""
    fields: dict[str, Any] = {"state": state, "message": message[:300], "finished_at": timezone.now()}
    if state == JobState.DONE:
        fields["percent"] = 100
    ended = Job.objects.filter(pk=job.pk, attempt=job.attempt).exclude(
        state__in=(JobState.DONE, JobState.CANCELLED, JobState.FAILED)
    )
    if ended.update(**fields):
        job.refresh_from_db()
        notices.job_ended(job)
        on_end = _KINDS[job.kind].on_end
        if on_end and state != JobState.DONE:
            on_end(job)


def recover() -> int:
    """Queue again the jobs whose worker died; returns how many. Run every few seconds by each worker."""
    count = 0
    for job in silent_jobs():
        if job.pk in _HERE:  # its beat only waits for the database, as this would
            continue
        with transaction.atomic():
            unchanged = Job.objects.filter(
                pk=job.pk, attempt=job.attempt, state=job.state, heartbeat_at=job.heartbeat_at
            )
            if not unchanged.update(attempt=job.attempt + 1, state=JobState.QUEUED):
                continue
            DBTaskResult.objects.filter(pk=job.task_id).delete()
            job.attempt += 1
            if job.cancel_requested:
                _finish(job, JobState.CANCELLED, "Stopped.")
            elif job.attempt > MOST_ATTEMPTS:
                _finish(
                    job,
                    JobState.FAILED,
                    "It stopped three times before it finished. Ask whoever runs Isthmus.",
                )
            else:
                _enqueue(job)
            count += 1
            log.warning("job recovered", job=str(job.pk), kind=job.kind, attempt=job.attempt)
    return count


class JobContext:
    """What a running job may use. A thread of its own writes heartbeat and progress.

    The thread has its own connection, so progress is seen even while the job holds one long transaction
    (on SQLite it is seen when that transaction ends, because there only one may write).
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.saved: dict[str, Any] | None = job.saved
        self.percent, self.message = job.percent, job.message
        self._unsaved: dict[str, Any] | None = None
        self._lock = threading.Lock()
        self._stop, self._cancelled = threading.Event(), threading.Event()
        if job.cancel_requested:
            self._cancelled.set()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    @property
    def cancelled(self) -> bool:
        """Whether somebody stopped the job; for loops that cannot raise."""
        return self._cancelled.is_set()

    def progress(self, percent: int, message: str = "") -> None:
        """Say how far the job is. Raises `JobCancelled` where it was stopped."""
        if self.cancelled:
            raise JobCancelled
        self.percent = max(0, min(99, int(percent)))
        self.message = message or self.message

    def checkpoint(self, saved: dict[str, Any]) -> None:
        """Keep `saved` (JSON), to be found in `self.saved` by the next try if this one dies."""
        with self._lock:
            self._unsaved = saved

    def __enter__(self) -> JobContext:
        # Inside a test's transaction a second connection would wait for ever.
        if not connection.in_atomic_block:
            self._thread.start()
        _HERE.add(self.job.pk)
        return self

    def __exit__(self, *_exc: object) -> None:
        _HERE.discard(self.job.pk)
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                try:
                    self._write()
                except OperationalError:
                    continue  # the database is busy; the next beat tries again
        finally:
            connection.close()

    def _write(self) -> None:
        with self._lock:
            unsaved, self._unsaved = self._unsaved, None
        fields: dict[str, Any] = {
            "percent": self.percent,
            "message": self.message[:300],
            "heartbeat_at": timezone.now(),
        }
        if unsaved is not None:
            fields["saved"] = unsaved
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state=JobState.RUNNING)
        if not mine.update(**fields) or Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            self._cancelled.set()
