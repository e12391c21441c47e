"""What is looked into once there is a plan: asked for, kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job
from isthmus.apps.networks.actions.plans import copy_rules, keep_figures, keep_groups
from isthmus.apps.networks.models import Plan, PlanStudy, ProposedMember, StudyKind

if TYPE_CHECKING:
    from isthmus.apps.networks.adapters.plans import Group, Result


@transaction.atomic
def ask_for_study(*, by: Actor, plan: Plan, kind: StudyKind) -> PlanStudy:
    """Ask the worker to look into a plan. While it looks into one thing of the plan nothing more happens."""
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    for other in PlanStudy.objects.filter(plan=plan).select_related("job"):
        if other.job is not None and not other.job.is_over:
            return other
    study, _made = PlanStudy.objects.get_or_create(plan=plan, kind=kind)
    study.job = jobs.start(
        "networks.study",
        by=by,
        scope=plan.scope,
        title=f"{kind.label}: {plan.name}"[:200],
        params={"study": study.pk},
        result_url=reverse("networks:plan_studies", args=[plan.pk]),
    )
    study.result = {}
    study.save()
    audit.record(
        "plan.study", by=by, target=plan, scope=plan.scope, after={"what is looked into": kind.label}
    )
    return study


@transaction.atomic
def record_study(
    *,
    by: Actor | None,
    study: PlanStudy,
    attempt: int,
    result: dict[str, Any],
    others: Sequence[tuple[Result, Sequence[Group], Sequence[str]]] = (),
) -> bool:
    """Keep what was found, and the other plans with their networks as plans of their own. False, and nothing kept,
    where another worker has taken the job over."""
    held = PlanStudy.objects.select_for_update(of=("self",)).filter(pk=study.pk).first()
    if (
        held is None
        or held.job_id is None
        or not Job.objects.filter(pk=held.job_id, attempt=attempt).exists()
    ):
        return False
    kept = [_variant(study.plan, number, *other) for number, other in enumerate(others, 1)]
    held.result = {**result, "plans": kept}
    held.save(update_fields=["result"])
    audit.record(
        "plan.studied",
        by=by,
        target=study.plan,
        scope=study.plan.scope,
        before={study.get_kind_display(): "asked for"},
        after={study.get_kind_display(): "found", "plans made": len(kept)},
    )
    return True


def _variant(plan: Plan, number: int, result: Result, groups: Sequence[Group], names: Sequence[str]) -> int:
    """Another plan under the same choices and rules; its key."""
    found = Plan.objects.create(
        owner=plan.owner,
        about=plan.about,
        name=f"{plan.name[:100]}: another way {number}",
        choices=plan.choices,
        created_by=plan.created_by,
        given=plan.given,
        before=plan.before,
        seed=plan.seed,
    )
    copy_rules(found, plan)
    keep_figures(found, result, {})
    keep_groups(found, groups, names)
    unplaced = plan.members.filter(network=None).values_list("organisation", flat=True)
    ProposedMember.objects.bulk_create(ProposedMember(plan=found, organisation_id=key) for key in unplaced)
    return found.pk
