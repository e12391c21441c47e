"""Mail that core itself sends: how a long task ended."""

from __future__ import annotations

from isthmus.apps.core import mail
from isthmus.apps.core.models import Job, JobState

TASK = mail.mail_kind("task", subject="A task that you started has ended", words="how long tasks ended")


def job_ended(job: Job) -> None:
    """Tell whoever started a task how it ended, once. Who stopped it knows, and is not told."""
    if job.started_by is None or job.state not in (JobState.DONE, JobState.FAILED):
        return
    ended = "has finished" if job.state == JobState.DONE else "did not finish"
    said = [f"‘{job.title}’ {ended}."]
    if job.state == JobState.FAILED and job.message:
        said.append(job.message)
    mail.send(
        TASK,
        mail.letter(*said, label="See what came of it", path=job.result_url or f"/tasks/{job.pk}/"),
        to=job.started_by.email,
        person_id=job.started_by.pk,
        key=f"task:{job.pk}",
    )
