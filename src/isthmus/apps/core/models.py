"""Tables that every app shares: the record of what changed, and long tasks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from isthmus.apps.core.ledger_models import AuditEvent, AuditPayload, LedgerChain, LedgerEntry, LedgerHead
from isthmus.apps.core.outbox_models import Frequency, MailChoice, Message, MessageState
from isthmus.apps.core.scopes import ScopedModel, scope_known
from isthmus.apps.core.sharing_models import Sharing

__all__ = [
    "AuditEvent",
    "AuditPayload",
    "Frequency",
    "Job",
    "JobState",
    "LedgerChain",
    "LedgerEntry",
    "LedgerHead",
    "MailChoice",
    "Message",
    "MessageState",
    "Sharing",
]


class JobState(models.TextChoices):
    """Where a long task stands."""

    QUEUED = "queued", "Waiting to start"
    RUNNING = "running", "Running"
    DONE = "done", "Finished"
    CANCELLED = "cancelled", "Stopped"
    FAILED = "failed", "Did not finish"


class Job(ScopedModel):
    """A long task: what was asked, how far it is, and how to go on after the worker died."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    params = models.JSONField(default=dict)
    saved = models.JSONField(null=True)
    result_url = models.CharField(max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    cancel_requested = models.BooleanField(default=False)
    task_id = models.CharField(max_length=40, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")]
        constraints = [
            scope_known("job"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent_at_most_100"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in JobState]), name="job_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)
