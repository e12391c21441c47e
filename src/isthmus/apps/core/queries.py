"""Reads of core that are used twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import AuditEvent, Job, JobState, LedgerEntry, LedgerHead
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope, ScopeKind, on_scopes

STALE = timedelta(seconds=40)


def job_counts() -> dict[str, int]:
    """Number of jobs in each state; a state without jobs is 0."""
    counts = {state.value: 0 for state in JobState}
    counts.update(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return counts


def jobs_of(person: Actor) -> QuerySet[Job]:
    """The long tasks that `person` started, newest first: those of a scope only while they hold a role there."""
    mine = Q(scope_kind=ScopeKind.INSTALLATION) | on_scopes(person.scopes(Permission.JOB_VIEW))
    return Job.objects.filter(mine, started_by_id=person.pk)


def silent_jobs() -> QuerySet[Job]:
    """Jobs that say they run but whose worker has not been heard of for `STALE`, and jobs that wait for a task
    which a worker took and never began."""
    cutoff = timezone.now() - STALE
    waiting = list(
        Job.objects.filter(state=JobState.QUEUED).exclude(task_id="").values_list("task_id", flat=True)
    )
    alive = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING, started_at__gte=cutoff)
    lost = DBTaskResult.objects.filter(pk__in=waiting).exclude(alive).values_list("pk", flat=True)
    return Job.objects.filter(
        Q(state=JobState.RUNNING, heartbeat_at__lt=cutoff)
        | Q(state=JobState.QUEUED, task_id__in=[str(pk) for pk in lost])
    )


def history(target_kind: str, target_id: Any) -> QuerySet[AuditEvent]:
    """What happened to one thing, newest first."""
    return histories([(target_kind, target_id)])


def histories(targets: Iterable[tuple[str, Any]]) -> QuerySet[AuditEvent]:
    """What happened to several things that belong together, newest first; nothing where there are none."""
    which = Q(pk__in=())
    for target_kind, target_id in targets:
        which |= Q(target_kind=target_kind, target_id=str(target_id))
    return AuditEvent.objects.filter(which).select_related("actor", "payload").order_by("-at", "-pk")


def events_in(scope: Scope) -> QuerySet[AuditEvent]:
    """What happened in one scope, newest first."""
    return AuditEvent.objects.filter(scope_kind=scope.kind, scope_id=scope.id).order_by("-at", "-pk")


def heads_of(chain: Scope) -> QuerySet[LedgerHead]:
    """The published heads of a chain, newest first."""
    heads = LedgerHead.objects.filter(chain__scope_kind=chain.kind, chain__scope_id=chain.id)
    return heads.select_related("chain").order_by("-size")


def entries_of(chain: Scope) -> QuerySet[LedgerEntry]:
    """The entries of a chain in their order, each with its event and what that tells."""
    entries = LedgerEntry.objects.filter(chain__scope_kind=chain.kind, chain__scope_id=chain.id)
    return entries.select_related("chain", "event", "event__payload").order_by("position")
