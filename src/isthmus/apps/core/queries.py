"""Reads of core that are used twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import AuditEvent, Job, JobState
from isthmus.apps.core.scopes import Scope

STALE = timedelta(seconds=40)


def job_counts() -> dict[str, int]:
    """Number of jobs in each state; a state without jobs is 0."""
    counts = {state.value: 0 for state in JobState}
    counts.update(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return counts


def jobs_of(person: Actor) -> QuerySet[Job]:
    """The long tasks that `person` started, newest first."""
    return Job.objects.filter(started_by_id=person.pk)


def silent_jobs() -> QuerySet[Job]:
    """Jobs that say they run but whose worker has not been heard of for `STALE`."""
    return Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - STALE)


def history(target_kind: str, target_id: Any) -> QuerySet[AuditEvent]:
    """What happened to one thing, newest first."""
    return AuditEvent.objects.filter(target_kind=target_kind, target_id=str(target_id)).order_by("-at", "-pk")


def events_in(scope: Scope) -> QuerySet[AuditEvent]:
    """What happened in one scope, newest first."""
    return AuditEvent.objects.filter(scope_kind=scope.kind, scope_id=scope.id).order_by("-at", "-pk")
