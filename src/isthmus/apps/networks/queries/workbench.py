"""Reads of versions of plans."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from isthmus.apps.core.models import Job, JobState
from isthmus.apps.networks.models import Plan, PlanLock, PlanStep, StepKind
from isthmus.apps.register.models import RegisterImport

AGAIN = "networks.again"
"""The kind of the task that works a plan out again around what is locked."""


def version_of(plan: Plan) -> int:
    """The number of the newest version; 0 is the plan as it was worked out."""
    return PlanStep.objects.filter(plan=plan).aggregate(newest=Max("number"))["newest"] or 0


def newest_import() -> int:
    """The newest import of the register: after one, what a plan's problem was made of may be different."""
    return RegisterImport.objects.aggregate(newest=Max("pk"))["newest"] or 0


def steps_since(plan: Plan, version: int) -> list[PlanStep]:
    """What was done after `version`, oldest first."""
    rows = PlanStep.objects.filter(plan=plan, number__gt=version).select_related("by")
    return list(rows.order_by("number"))


def steps_of(plan: Plan) -> QuerySet[PlanStep]:
    """Every step, with who did it and what undid it."""
    return PlanStep.objects.filter(plan=plan).select_related("by", "undone_by")


def to_undo(plan: Plan) -> PlanStep | None:
    """The newest step that moved schools and still counts."""
    kinds = (StepKind.MOVE, StepKind.EXCHANGE, StepKind.AGAIN)
    rows = PlanStep.objects.filter(plan=plan, kind__in=kinds, undone_by=None)
    return rows.order_by("-number").first()


def locks_of(plan: Plan) -> tuple[set[int], set[int]]:
    """What is locked: the keys of the networks, and of the schools."""
    rows = PlanLock.objects.filter(plan=plan).values_list("network_id", "organisation_id")
    pairs = list(rows)
    return {network for network, _s in pairs if network}, {school for _n, school in pairs if school}


def working_again(plan: Plan) -> Job | None:
    """The task that works this plan out again at the moment, if there is one."""
    open_states = (JobState.QUEUED, JobState.RUNNING)
    rows = Job.objects.filter(kind=AGAIN, params__plan=plan.pk, state__in=open_states)
    return rows.order_by("-created_at").first()


def last_again(plan: Plan) -> Job | None:
    """The newest task of that kind, over or not."""
    return Job.objects.filter(kind=AGAIN, params__plan=plan.pk).order_by("-created_at").first()


def locked_in(plan: Plan) -> tuple[set[int], set[str]]:
    """What is locked: the numbers of the networks, and the URNs of the schools."""
    rows = PlanLock.objects.filter(plan=plan).values_list("network__number", "organisation__urn")
    pairs = list(rows)
    return {n for n, _u in pairs if n is not None}, {u for _n, u in pairs if u}
