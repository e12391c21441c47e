"""Long work: progress, cancel, failure, a second try after a killed worker, and never two winners."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from isthmus.apps.core import jobs
from isthmus.apps.core.jobs import JobCancelled, JobContext, JobFailed
from isthmus.apps.core.models import AuditEvent, Job, JobState
from isthmus.apps.core.queries import STALE, job_counts, jobs_of
from isthmus.site import worker
from tests.conftest import People

pytestmark = pytest.mark.django_db
Work = Callable[[JobContext], None]


@pytest.fixture
def kind() -> Iterator[Callable[..., str]]:
    """`kind(work, on_end=None)` registers a kind of job for one test."""
    made: list[str] = []

    def make(work: Work, on_end: Callable[[Job], None] | None = None) -> str:
        name = f"test.{len(made)}"
        jobs.job_kind(name, title="A test", on_end=on_end)(work)
        made.append(name)
        return name

    yield make
    for name in made:
        del jobs._KINDS[name]


def started(name: str, **params: Any) -> Job:
    return jobs.start(name, by=None, params=params)


def run(job: Job, attempt: int | None = None) -> Job:
    """What the worker does with one try of a job."""
    jobs.run_job.call(str(job.pk), job.attempt if attempt is None else attempt)
    job.refresh_from_db()
    return job


def fall_silent(job: Job) -> None:
    """The worker died in the middle: the job says that it runs, and nobody beats."""
    long_ago = timezone.now() - STALE - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, heartbeat_at=long_ago)


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "waited for 10 s"
        time.sleep(0.01)


def test_a_job_runs_with_its_params_and_ends_done(kind: Callable[..., str], people: People) -> None:
    seen: list[dict[str, Any]] = []

    def work(job: JobContext) -> None:
        seen.append(job.params)
        job.progress(250, "nearly there")
        assert job.percent == 99, "only the end is 100"

    job = jobs.start(kind(work), by=people.officer, params={"n": 3}, result_url="/there/")
    assert (job.state, job.title) == (JobState.QUEUED, "A test")
    assert list(jobs_of(people.officer)) == [job]
    assert not jobs_of(people.other_officer)

    run(job)

    assert seen == [{"n": 3}]
    assert (job.state, job.percent, job.message) == (JobState.DONE, 100, "nearly there")
    assert job.finished_at >= job.started_at >= job.created_at
    event = AuditEvent.objects.get(target_id=str(job.pk))
    assert (event.action, event.actor_id) == ("job.start", people.officer.pk)


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_waits_and_ends(kind: Callable[..., str]) -> None:
    done: list[int] = []
    name = kind(lambda job: done.append(job.params["n"]))
    for n in (1, 2):
        started(name, n=n)
    assert worker.run(once=True) == 0
    assert done == [1, 2]
    assert job_counts()["done"] == 2


@pytest.mark.django_db(transaction=True)
def test_progress_and_checkpoint_are_seen_while_the_job_runs(
    kind: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)

    def work(context: JobContext) -> None:
        context.checkpoint({"at": 7})
        context.progress(40, "halfway, nearly")
        wait_for(lambda: Job.objects.get(pk=job.pk).percent == 40)
        wait_for(lambda: Job.objects.get(pk=job.pk).saved == {"at": 7})
        assert Job.objects.get(pk=job.pk).message == "halfway, nearly"

    job = started(kind(work))
    assert run(job).state == JobState.DONE, job.message


@pytest.mark.django_db(transaction=True)
def test_cancel_stops_a_running_job(
    kind: Callable[..., str], monkeypatch: pytest.MonkeyPatch, people: People
) -> None:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)
    ends: list[str] = []

    def work(context: JobContext) -> None:
        jobs.cancel(job, by=people.officer)
        jobs.cancel(job, by=people.officer)  # a double click
        wait_for(lambda: context.cancelled)
        context.progress(50)
        raise AssertionError("progress went on after cancel")

    job = started(kind(work, lambda ended: ends.append(ended.state)))
    assert run(job).state == JobState.CANCELLED
    assert ends == [JobState.CANCELLED]
    assert AuditEvent.objects.filter(action="job.cancel").count() == 1


def test_cancel_before_the_start_means_it_never_runs(kind: Callable[..., str], people: People) -> None:
    ran: list[JobContext] = []
    ends: list[str] = []
    job = started(kind(ran.append, lambda ended: ends.append(ended.state)))
    assert jobs.cancel(job, by=people.officer).state == JobState.CANCELLED
    run(job)
    assert (ran, ends, job.state) == ([], [JobState.CANCELLED], JobState.CANCELLED)


def test_cancel_of_what_is_over_changes_nothing(kind: Callable[..., str], people: People) -> None:
    job = run(started(kind(lambda job: None)))
    assert jobs.cancel(job, by=people.officer).state == JobState.DONE
    assert not AuditEvent.objects.filter(action="job.cancel").exists()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (JobFailed("Row 3 has no URN. Put it in."), "Row 3 has no URN. Put it in."),
        (
            RuntimeError("the person's secret"),
            "Something went wrong on our side. Start it again; nothing was lost.",
        ),
    ],
)
def test_failure_is_told_in_words(kind: Callable[..., str], error: Exception, message: str) -> None:
    ends: list[str] = []

    def work(job: JobContext) -> None:
        raise error

    job = run(started(kind(work, lambda ended: ends.append(ended.state))))
    assert (job.state, job.message, ends) == (JobState.FAILED, message, [JobState.FAILED])


def test_a_killed_worker_means_a_second_try_from_the_checkpoint(kind: Callable[..., str]) -> None:
    tries: list[tuple[int, Any]] = []
    job = started(kind(lambda context: tries.append((context.job.attempt, context.saved))))
    first = job.task_id
    fall_silent(job)
    Job.objects.filter(pk=job.pk).update(saved={"at": 7})

    assert jobs.recover() == 1
    assert jobs.recover() == 0, "it waits now; nothing is silent"
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 2)
    assert job.task_id != first
    assert not DBTaskResult.objects.filter(pk=first).exists()

    run(job, attempt=1)
    assert tries == [], "the try that was given up may not run"
    assert run(job).state == JobState.DONE
    assert tries == [(2, {"at": 7})]


def test_a_worker_killed_before_it_began_means_a_second_try_too(kind: Callable[..., str]) -> None:
    job = started(kind(lambda job: None))
    task = DBTaskResult.objects.get(pk=job.task_id)
    task.claim("a worker that is killed now")
    assert jobs.recover() == 0, "a worker that just took it may still begin"
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=timezone.now() - STALE - timedelta(seconds=1))
    assert jobs.recover() == 1
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 2)
    assert run(job).state == JobState.DONE


def test_a_job_that_beats_is_left_alone(kind: Callable[..., str]) -> None:
    job = started(kind(lambda job: None))
    fall_silent(job)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
    assert jobs.recover() == 0


def test_a_job_of_this_very_process_is_left_alone(kind: Callable[..., str]) -> None:
    def work(context: JobContext) -> None:
        fall_silent(job)  # its beat waits behind a long transaction
        assert jobs.recover() == 0

    job = started(kind(work))
    assert run(job).state == JobState.DONE, job.message


def test_a_silent_job_that_was_cancelled_ends_cancelled(kind: Callable[..., str]) -> None:
    job = started(kind(lambda job: None))
    fall_silent(job)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    jobs.recover()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_job_that_kills_its_workers_is_given_up(kind: Callable[..., str]) -> None:
    ends: list[str] = []
    job = started(kind(lambda job: None, lambda ended: ends.append(ended.state)))
    for _ in range(jobs.MOST_ATTEMPTS):
        fall_silent(job)
        jobs.recover()
    job.refresh_from_db()
    assert (job.state, ends) == (JobState.FAILED, [JobState.FAILED])
    assert "three times" in job.message
    assert jobs.MOST_ATTEMPTS == 3, "the sentence says three"


def test_a_try_that_was_taken_over_cannot_end_the_job(kind: Callable[..., str]) -> None:
    ends: list[str] = []

    def work(context: JobContext) -> None:
        fall_silent(job)
        jobs._HERE.clear()  # the other worker is another process
        assert jobs.recover() == 1
        raise JobFailed("too late")

    job = started(kind(work, lambda ended: ends.append(ended.state)))
    run(job)
    assert (job.state, job.attempt, ends) == (JobState.QUEUED, 2, [])


def test_a_try_that_was_taken_over_cannot_write_progress(kind: Callable[..., str]) -> None:
    def work(context: JobContext) -> None:
        Job.objects.filter(pk=job.pk).update(attempt=2, message="the second try")
        context.progress(80, "the first try")
        context._write()
        with pytest.raises(JobCancelled):
            context.progress(81)

    job = started(kind(work))
    run(job)
    assert (job.percent, job.message) == (0, "the second try")


def test_the_same_try_delivered_twice_runs_once(kind: Callable[..., str]) -> None:
    ran: list[int] = []

    def work(context: JobContext) -> None:
        ran.append(1)
        run(job)  # the second delivery, while the first still runs

    job = started(kind(work))
    run(job)
    run(job)
    assert ran == [1]


@pytest.mark.django_db(transaction=True)
def test_a_start_is_undone_with_its_transaction(kind: Callable[..., str]) -> None:
    name = kind(lambda job: None)

    def fails() -> None:
        with transaction.atomic():
            started(name)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert [m.objects.count() for m in (Job, DBTaskResult, AuditEvent)] == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_start_that_fails_half_way_leaves_nothing(
    kind: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    name = kind(lambda job: None)
    monkeypatch.setattr(jobs.audit, "record", fails)
    with pytest.raises(RuntimeError):
        started(name)
    assert [m.objects.count() for m in (Job, DBTaskResult)] == [0, 0]
