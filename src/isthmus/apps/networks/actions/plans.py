"""Changes to plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job
from isthmus.apps.networks.adapters import plans as adapters
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import (
    MemberRole,
    Plan,
    PlanRule,
    PlanState,
    ProposedMember,
    ProposedNetwork,
)
from isthmus.apps.register.models import Area, Organisation

STATES = {
    "optimal": PlanState.READY,
    "feasible": PlanState.READY,
    "infeasible": PlanState.NO_PLAN,
    "undecided": PlanState.UNDECIDED,
}


@transaction.atomic
def ask_for_plan(
    *,
    by: Actor,
    owner: Area,
    about: Area,
    name: str,
    choices: Choices,
    token: UUID,
    like: Plan | None = None,
) -> Plan:
    """Ask the worker for a plan, under the rules of the plan `like`. The same `token` a second time (a double click)
    gives the first plan again."""
    plan, made = Plan.objects.get_or_create(
        owner=owner,
        request_token=token,
        defaults={"about": about, "name": name, "choices": choices.to_json(), "created_by_id": by.pk},
    )
    if made:
        copy_rules(plan, like)
        start_work(plan, by)
        audit.record("plan.ask", by=by, target=plan, scope=plan.scope, after=facts(plan))
    return plan


def start_work(plan: Plan, by: Actor) -> None:
    """Put a plan's work in the queue, within the action that asked for it."""
    plan.job = jobs.start(
        "networks.plan",
        by=by,
        scope=plan.scope,
        title=f"Plan of networks: {plan.name}"[:200],
        params={"plan": plan.pk},
        result_url=reverse("networks:plan", args=[plan.pk]),
    )
    plan.save(update_fields=["job", "state"])


def copy_rules(plan: Plan, like: Plan | None) -> None:
    """Give a new plan the rules of another, within the action that makes it. Minutes by road are fetched afresh."""
    if like is None:
        return
    PlanRule.objects.bulk_create(
        PlanRule(
            plan=plan,
            kind=rule.kind,
            data=rule.data,
            large=None if rule.data.get("source") == "service" else rule.large,
        )
        for rule in like.rules.all()
    )


@transaction.atomic
def record_result(
    *,
    by: Actor | None,
    plan: Plan,
    attempt: int,
    result: adapters.Result,
    groups: Sequence[adapters.Group],
    names: Sequence[str],
    unplaced: Sequence[Organisation],
    words: Mapping[str, str],
    given: adapters.Given,
    before: dict[str, Any],
    roles: Mapping[str, MemberRole] | None = None,
) -> bool:
    """Keep what was worked out, whole. False, and nothing kept, where another worker has taken the job over or
    the plan is no longer waiting. `words` are the method's rules as the person who asked would say them; `roles` are
    by URN."""
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    mine = plan.job_id is not None and Job.objects.filter(pk=plan.job_id, attempt=attempt).exists()
    if plan.state != PlanState.WAITING or not mine:
        return False
    before_it = facts(plan)
    plan.given, plan.before = given.to_json(), before
    keep_figures(plan, result, words)
    keep_groups(plan, groups, names, roles)
    ProposedMember.objects.bulk_create(ProposedMember(plan=plan, organisation=school) for school in unplaced)
    after = {**facts(plan), "networks": len(groups), "schools_without_a_network": len(unplaced)}
    audit.record("plan.worked_out", by=by, target=plan, scope=plan.scope, before=before_it, after=after)
    return True


def keep_groups(
    plan: Plan,
    groups: Sequence[adapters.Group],
    names: Sequence[str],
    roles: Mapping[str, MemberRole] | None = None,
) -> None:
    """Keep the networks of a plan with their schools, within the action that has them."""
    kept = ProposedNetwork.objects.bulk_create(
        ProposedNetwork(
            plan=plan,
            number=number,
            name=name[:120],
            size=len(group.schools),
            mean_km=group.mean_km,
            furthest_km=group.furthest_km,
        )
        for number, (group, name) in enumerate(zip(groups, names, strict=True), 1)
    )
    places: list[ProposedMember] = []
    for network, group in zip(kept, groups, strict=True):
        places += [
            ProposedMember(
                plan=plan,
                network=network,
                organisation=school,
                role=(roles or {}).get(school.urn or "", MemberRole.MEMBER),
            )
            for school in group.schools
        ]
    ProposedMember.objects.bulk_create(places, batch_size=2000)


def facts(plan: Plan) -> dict[str, Any]:
    """What the record tells of a plan, also when the plan is gone."""
    return {"name": plan.name, "schools_of": plan.about.name, "state": plan.get_state_display()}


def keep_figures(plan: Plan, result: adapters.Result, words: Mapping[str, str]) -> None:
    """Keep how good a plan is, within the action that has the result."""
    data: dict[str, Any] = result.to_dict()
    # Networks as they are today are shown whether or not they keep the rules.
    plan.state = PlanState.READY if data["groups"] else STATES[result.status]
    plan.proven = result.status == "optimal"
    for field in (
        "objective",
        "bound",
        "gap",
        "terms",
        "rates",
        "steps",
        "seconds",
        "version",
        "warnings",
    ):
        setattr(plan, field, data[field])
    plan.conflict = [words.get(rule, rule) for rule in data["conflict"]]
    plan.relaxation = data["relaxation"] and {
        "rule": words.get(data["relaxation"]["rule"], data["relaxation"]["rule"]),
        "broken": data["relaxation"]["broken"],
        "objective": data["relaxation"]["objective"],
    }
    plan.worked_out_at = timezone.now()
    plan.save()


@transaction.atomic
def end_without_result(*, by: Actor | None, plan: Plan, state: PlanState) -> None:
    """The work ended and there is no plan: it was stopped, or it failed."""
    before = facts(plan)
    if Plan.objects.filter(pk=plan.pk, state=PlanState.WAITING).update(state=state):
        plan.state = state
        audit.record("plan.end", by=by, target=plan, scope=plan.scope, before=before, after=facts(plan))


@transaction.atomic
def remove_plan(*, by: Actor, plan: Plan, why: str = "") -> bool:
    """Remove a plan and stop its work. The record keeps that it was. False where it was gone already, or is kept
    because it was adopted or prepared to be."""
    # The job first: so does the worker's end of a job, and two that lock in one order never wait for each other.
    if plan.job is not None:
        jobs.cancel(plan.job, by=by)
    found = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if found is None or found.adoptions.exists():
        return False
    audit.record("plan.remove", by=by, target=found, scope=found.scope, before=facts(found), why=why)
    found.delete()
    return True
