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
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.networks.adapters import plans as adapters
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import MemberRole, Plan, PlanState, ProposedMember, ProposedNetwork
from isthmus.apps.register.models import Area, Organisation

STATES = {
    "optimal": PlanState.READY,
    "feasible": PlanState.READY,
    "infeasible": PlanState.NO_PLAN,
    "undecided": PlanState.UNDECIDED,
}


@transaction.atomic
def ask_for_plan(*, by: Actor, owner: Area, about: Area, name: str, choices: Choices, token: UUID) -> Plan:
    """Ask the worker for a plan. The same `token` a second time (a double click) gives the first plan again."""
    plan, made = Plan.objects.get_or_create(
        owner=owner,
        request_token=token,
        defaults={"about": about, "name": name, "choices": choices.to_json(), "created_by_id": by.pk},
    )
    if made:
        scope = Scope(ScopeKind.AREA, owner.pk)
        plan.job = jobs.start(
            "networks.plan",
            by=by,
            scope=scope,
            title=f"Plan of networks: {name}"[:200],
            params={"plan": plan.pk},
            result_url=reverse("networks:plan", args=[plan.pk]),
        )
        plan.save(update_fields=["job"])
        audit.record("plan.ask", by=by, target=plan, scope=scope, after=_facts(plan))
    return plan


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
    before_it = _facts(plan)
    plan.given, plan.before = given.to_json(), before
    _keep_figures(plan, result, words)
    kept = ProposedNetwork.objects.bulk_create(
        ProposedNetwork(
            plan=plan,
            number=number,
            name=name,
            size=len(group.schools),
            mean_km=group.mean_km,
            furthest_km=group.furthest_km,
        )
        for number, (group, name) in enumerate(zip(groups, names, strict=True), 1)
    )
    places = [ProposedMember(plan=plan, organisation=school) for school in unplaced]
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
    after = {**_facts(plan), "networks": len(kept), "schools_without_a_network": len(unplaced)}
    audit.record("plan.worked_out", by=by, target=plan, scope=plan.scope, before=before_it, after=after)
    return True


def _facts(plan: Plan) -> dict[str, Any]:
    """What the record tells of a plan, also when the plan is gone."""
    return {"name": plan.name, "schools_of": plan.about.name, "state": plan.get_state_display()}


def _keep_figures(plan: Plan, result: adapters.Result, words: Mapping[str, str]) -> None:
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
    before = _facts(plan)
    if Plan.objects.filter(pk=plan.pk, state=PlanState.WAITING).update(state=state):
        plan.state = state
        audit.record("plan.end", by=by, target=plan, scope=plan.scope, before=before, after=_facts(plan))


@transaction.atomic
def remove_plan(*, by: Actor, plan: Plan, why: str = "") -> bool:
    """Remove a plan and stop its work. The record keeps that it was. False where it was gone already."""
    # The job first: so does the worker's end of a job, and two that lock in one order never wait for each other.
    if plan.job is not None:
        jobs.cancel(plan.job, by=by)
    found = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if found is None:
        return False
    audit.record("plan.remove", by=by, target=found, scope=found.scope, before=_facts(found), why=why)
    found.delete()
    return True
