"""Work on a finished plan: move by hand, undo, lock, and work out again around what is locked.

Each change is based on a version that the person saw. Where somebody else was quicker, a change that theirs does not
touch is made all the same; any other is refused with what they did, so that the person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.models import Job
from isthmus.apps.networks.adapters import workbench as adapters
from isthmus.apps.networks.adapters.workbench import Bench, Cannot, Moves, Preview
from isthmus.apps.networks.models import (
    AdoptionState,
    Plan,
    PlanLock,
    PlanState,
    PlanStep,
    ProposedMember,
    ProposedNetwork,
    StepKind,
)
from isthmus.apps.networks.queries.workbench import (
    AGAIN,
    locks_of,
    steps_since,
    to_undo,
    version_of,
    working_again,
)
from isthmus.apps.register.models import Organisation


class Stale(Exception):
    """Somebody else changed the plan since the version that the change is based on, in what it touches."""

    def __init__(self, steps: Sequence[PlanStep]) -> None:
        super().__init__("The plan was changed meanwhile.")
        self.steps = list(steps)


class NeedsWhy(Cannot):
    """The change breaks a rule, and nobody has said why it should be made all the same."""


def _told(objective: float | None) -> float | None:
    return None if objective is None else round(objective, 1)


def _locked(plan: Plan) -> Plan:
    """The plan, so that nobody else changes it in this transaction. Raises `Cannot` where it may not be changed."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("about").get(pk=plan.pk)
    if plan.state != PlanState.READY:
        raise Cannot("This plan is not ready, so nothing in it can be moved.")
    if plan.adoptions.exclude(state=AdoptionState.CANCELLED).exists():
        raise Cannot("This plan is being adopted. Cancel the adoption first, then change the plan.")
    return plan


@transaction.atomic
def move(
    *, by: Actor, plan: Plan, base: int, school: str, to: int, instead: str | None = None, why: str = ""
) -> PlanStep:
    """Move a school (URN) to network `to`, or let it change places with `instead`, on what `base` showed.

    Raises `Stale`, `Cannot` where it makes no sense or something is locked, `NeedsWhy` where a rule breaks.
    """
    plan = _locked(plan)
    version = version_of(plan)
    since = steps_since(plan, base) if base < version else []
    bench = adapters.bench_of(plan)
    touched = {school, *([instead] if instead else [])}
    if since and _meet(plan, since, touched, {to, bench.home.get(school)}):
        raise Stale(since)
    told = bench.preview(school, to, instead)
    _check_locks(plan, told)
    if told.breaks and not why:
        raise NeedsWhy("This change breaks a rule of the plan. Say why it should be made all the same.")
    kind = StepKind.EXCHANGE if instead else StepKind.MOVE
    step = _keep(
        by=by, plan=plan, bench=bench, kind=kind, moves=told.moves, breaks=told.breaks, why=why, delta=told
    )
    audit.record(
        "plan.move",
        by=by,
        target=plan,
        scope=plan.scope,
        detail={"version": step.number, "change": step.words},
        before={"objective, km": _told(step.objective_before)},
        after={"objective, km": _told(step.objective_after)},
        why=why,
    )
    return step


def _meet(plan: Plan, steps: Sequence[PlanStep], schools: set[str], networks: set[int | None]) -> bool:
    """Whether steps touched any of these schools or networks."""
    keys = {pk for step in steps for pk, _from, _to in step.moves}
    theirs = {number for step in steps for _pk, *numbers in step.moves for number in numbers}
    if theirs & networks or any(step.kind in (StepKind.LOCK, StepKind.UNLOCK) for step in steps):
        return True
    return Organisation.objects.filter(pk__in=keys, urn__in=schools).exists()


def _check_locks(plan: Plan, told: Preview) -> None:
    networks, schools = locks_of(plan)
    if not networks and not schools:
        return
    numbers = {number for _urn, *ends in told.moves for number in ends if number is not None}
    held = ProposedNetwork.objects.filter(plan=plan, pk__in=networks, number__in=numbers).first()
    if held is not None:
        raise Cannot(f"The network {held.number}. {held.name} is locked. Unlock it first.")
    urns = [urn for urn, _from, _to in told.moves]
    school = Organisation.objects.filter(pk__in=schools, urn__in=urns).first()
    if school is not None:
        raise Cannot(f"{school.name} is locked in its network. Unlock it first.")


def _keep(
    *,
    by: Actor | None,
    plan: Plan,
    bench: Bench,
    kind: StepKind,
    moves: Moves,
    breaks: Sequence[str] = (),
    why: str = "",
    delta: Preview | None = None,
    undoes: PlanStep | None = None,
) -> PlanStep:
    """Write the next version: who is where, how spread the networks are, what the objective is, and the step."""
    rows = ProposedMember.objects.filter(plan=plan, organisation__urn__in=[urn for urn, _f, _t in moves])
    places = {m.organisation.urn or "": m for m in rows.select_related("organisation")}
    networks = {n.number: n for n in plan.networks.all()}
    for urn, _before, to in moves:
        places[urn].network = None if to is None else networks[to]
    ProposedMember.objects.bulk_update(places.values(), ["network"], batch_size=500)
    changed = []
    for number, urns in bench.after(moves).items():
        network = networks[number]
        network.size, (network.mean_km, network.furthest_km) = len(urns), bench.spread(urns)
        changed.append(network)
    ProposedNetwork.objects.bulk_update(changed, ["size", "mean_km", "furthest_km"], batch_size=500)
    before = plan.objective
    version = version_of(plan) + 1
    if delta is not None:
        plan.objective = (before or 0.0) + delta.delta
        plan.terms = {
            n: plan.terms.get(n, 0.0) + delta.terms.get(n, 0.0) for n in {**plan.terms, **delta.terms}
        }
    else:
        plan.objective, plan.terms = adapters.bench_of(plan).objective()
    _judge(plan, bool(bench.broken(moves)))
    names = {pk: m.organisation.name for pk, m in places.items()}
    return PlanStep.objects.create(
        plan=plan,
        number=version,
        kind=kind,
        moves=[[places[urn].organisation_id, was, to] for urn, was, to in moves],
        words=_words(kind, moves, names, networks, undoes),
        why=why,
        breaks=list(breaks),
        objective_before=before,
        objective_after=plan.objective,
        undoes=undoes,
        by_id=by.pk if by else None,
    )


def _judge(plan: Plan, broken: bool) -> None:
    """A bound holds for plans that keep the rules: where one is broken, no gap is known."""
    comparable = plan.bound is not None and plan.objective is not None and not broken
    plan.gap = None
    if comparable and plan.objective:
        plan.gap = max(0.0, (plan.objective - (plan.bound or 0.0)) / plan.objective)
    plan.proven = comparable and (plan.objective or 0.0) <= (plan.bound or 0.0) + 1e-6
    plan.save(update_fields=["objective", "terms", "gap", "proven"])


def _words(
    kind: StepKind,
    moves: Moves,
    names: dict[str, str],
    networks: dict[int, ProposedNetwork],
    undoes: PlanStep | None,
) -> str:
    def network(number: int | None) -> str:
        return "no network" if number is None else f"{number}. {networks[number].name}"

    if kind == StepKind.UNDO and undoes is not None:
        return f"Undone: {undoes.words}"[:600]
    if kind == StepKind.EXCHANGE:
        (one, was, to), (other, _was, _to) = moves
        return f"{names[one]} ({network(was)}) and {names[other]} ({network(to)}) changed places"[:600]
    if kind == StepKind.MOVE:
        urn, was, to = moves[0]
        return f"{names[urn]} moved from {network(was)} to {network(to)}"[:600]
    return f"Worked out again around what is locked: {len(moves)} schools moved"


@transaction.atomic
def undo(*, by: Actor, plan: Plan, base: int) -> PlanStep:
    """Go back the newest step that still counts. Raises `Stale` where somebody changed the plan since `base`."""
    plan = _locked(plan)
    version = version_of(plan)
    if base != version:
        raise Stale(steps_since(plan, base))
    last = to_undo(plan)
    if last is None:
        raise Cannot("There is nothing to undo.")
    urns = dict(
        Organisation.objects.filter(pk__in=[pk for pk, _f, _t in last.moves]).values_list("pk", "urn")
    )
    moves = [(urns[pk] or "", to, was) for pk, was, to in last.moves]
    held, schools = locks_of(plan)
    numbers = {number for _urn, *ends in moves for number in ends}
    if schools & set(urns) or plan.networks.filter(pk__in=held, number__in=numbers - {None}).exists():
        raise Cannot("What would go back is locked. Unlock it first.")
    bench = adapters.bench_of(plan)
    told = None
    if last.kind != StepKind.AGAIN and moves[0][2] is not None:
        told = bench.preview(moves[0][0], moves[0][2], moves[1][0] if len(moves) > 1 else None)
    step = _keep(by=by, plan=plan, bench=bench, kind=StepKind.UNDO, moves=moves, undoes=last, delta=told)
    audit.record(
        "plan.undo",
        by=by,
        target=plan,
        scope=plan.scope,
        detail={"version": step.number, "undoes": last.number},
        before={"objective, km": _told(step.objective_before)},
        after={"objective, km": _told(step.objective_after)},
    )
    return step


@transaction.atomic
def lock(
    *,
    by: Actor,
    plan: Plan,
    on: bool,
    network: ProposedNetwork | None = None,
    school: Organisation | None = None,
) -> bool:
    """Lock or unlock a network, or a school in its network. False where it is so already (a double click)."""
    plan = _locked(plan)
    found = PlanLock.objects.filter(plan=plan, network=network, organisation=school)
    if found.exists() == on:
        return False
    if on:
        PlanLock.objects.create(plan=plan, network=network, organisation=school)
    else:
        found.delete()
    thing = f"{network.number}. {network.name}" if network else getattr(school, "name", "")
    PlanStep.objects.create(
        plan=plan,
        number=version_of(plan) + 1,
        kind=StepKind.LOCK if on else StepKind.UNLOCK,
        words=f"{thing} {'locked' if on else 'unlocked'}"[:600],
        objective_before=plan.objective,
        objective_after=plan.objective,
        by_id=by.pk,
    )
    audit.record(
        "plan.lock",
        by=by,
        target=plan,
        scope=plan.scope,
        after={"what": thing, "locked": "yes" if on else "no"},
    )
    return True


@transaction.atomic
def work_out_again(*, by: Actor, plan: Plan) -> Job:
    """Ask the worker to improve the plan around what is locked; while it does, asking again gives the same task."""
    plan = _locked(plan)
    running = working_again(plan)
    if running is not None:
        return running
    version = version_of(plan)
    job = jobs.start(
        AGAIN,
        by=by,
        scope=plan.scope,
        title=f"Again around what is locked: {plan.name}"[:200],
        params={"plan": plan.pk, "version": version},
        result_url=reverse("networks:workbench", args=[plan.pk]),
    )
    audit.record("plan.again", by=by, target=plan, scope=plan.scope, detail={"version": version})
    return job


@transaction.atomic
def record_again(
    *, by: Actor | None, plan: Plan, version: int, groups: Sequence[Sequence[str]], job: Job, attempt: int
) -> PlanStep | None:
    """Keep what was worked out again as the next version; None where it is no better, or another worker has the task.

    Raises `Stale` where the plan was changed meanwhile: what people did stands.
    """
    plan = _locked(plan)
    if not Job.objects.filter(pk=job.pk, attempt=attempt).exists():
        return None
    now = version_of(plan)
    if now != version:
        raise Stale(steps_since(plan, version))
    bench = adapters.bench_of(plan)
    new = {urn: bench.numbers[at] for at, group in enumerate(groups) for urn in group}
    moves = [(urn, was, new[urn]) for urn, was in bench.home.items() if urn in new and new[urn] != was]
    if not moves:
        return None
    step = _keep(by=by, plan=plan, bench=bench, kind=StepKind.AGAIN, moves=moves)
    PlanStep.objects.filter(pk=step.pk).update(by=F("by") if by else job.started_by_id)
    audit.record(
        "plan.worked_out_again",
        by=by,
        target=plan,
        scope=plan.scope,
        detail={"version": step.number, "moved": len(moves)},
        before={"objective, km": _told(step.objective_before)},
        after={"objective, km": _told(step.objective_after)},
    )
    return step
