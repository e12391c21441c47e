"""Working a plan out, in the worker."""

from __future__ import annotations

import time
from dataclasses import dataclass

from isthmus.apps.core.jobs import JobCancelled, JobContext, JobFailed, job_kind
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.networks import actions, adapters
from isthmus.apps.networks.actions.workbench import Stale, record_again
from isthmus.apps.networks.adapters import workbench
from isthmus.apps.networks.adapters.studies import look_into
from isthmus.apps.networks.adapters.travel import TravelRefused, fetch
from isthmus.apps.networks.choices import AS_IT_IS, EFFORTS, FROM_NOTHING, HUBS, Choices
from isthmus.apps.networks.models import MemberRole, Plan, PlanRule, PlanState, PlanStudy, RuleKind, StudyKind
from isthmus.apps.networks.presenters.rules import rules_in_words
from isthmus.apps.networks.queries.plans import schools_to_group
from isthmus.apps.networks.queries.workbench import locked_in
from isthmus.apps.register.models import Organisation
from isthmus.apps.register.queries import places_near

CHECKPOINT_SECONDS = 2.0


def _ended(job: Job) -> None:
    plan = Plan.objects.filter(job=job).first()
    if plan is not None:
        state = PlanState.STOPPED if job.state == JobState.CANCELLED else PlanState.FAILED
        actions.end_without_result(by=None, plan=plan, state=state)


@job_kind("networks.plan", title="Plan of networks", on_end=_ended)
def work_out(job: JobContext) -> None:
    """Work out one plan, going on from the last checkpoint where an earlier try died."""
    plan = Plan.objects.select_related("about", "owner").filter(pk=job.params["plan"]).first()
    if plan is None:
        raise JobCancelled
    job.progress(1, "Reading the schools")
    choices = Choices.from_json(plan.choices)
    schools = list(schools_to_group(plan.about, choices.phases))
    if not schools:
        raise JobFailed("There are no open schools in the phases you chose. Ask again with more phases.")
    try:
        posed = _posed(job, plan, choices, schools)
        result = _search(job, plan, choices, posed, schools)
    except adapters.CannotPose as error:
        raise JobFailed(str(error)) from error
    if job.cancelled:
        raise JobCancelled
    job.progress(96, "Keeping the plan")
    _keep(job, plan, choices, schools, posed, result)
    job.message = "Ready"


@dataclass(frozen=True)
class _Posed:
    """What the method is asked, and what it was told besides the register."""

    given: adapters.Given
    rules: list[PlanRule]
    problem: adapters.Problem


def _posed(job: JobContext, plan: Plan, choices: Choices, schools: list[Organisation]) -> _Posed:
    rules = list(plan.rules.all())
    for rule in rules:
        if rule.kind == RuleKind.TRAVEL and rule.data.get("source") == "service" and rule.large is None:
            _fetch_minutes(job, rule, schools)
    given = adapters.gather(plan, choices, rules, schools)
    return _Posed(given, rules, adapters.pose(schools, choices, given, rules))


def _fetch_minutes(job: JobContext, rule: PlanRule, schools: list[Organisation]) -> None:
    def on_progress(share: float) -> None:
        job.progress(1 + int(share * 3), f"Asking the routing service: {share:.0%}")

    try:
        actions.keep_minutes(by=None, rule=rule, rows=fetch(schools, on_progress=on_progress))
    except TravelRefused as error:
        raise JobFailed(str(error)) from error


def _search(
    job: JobContext, plan: Plan, choices: Choices, posed: _Posed, schools: list[Organisation]
) -> adapters.Result:
    if choices.what == HUBS:
        job.progress(10, "Choosing which hub serves which school")
        return adapters.serve_from_hubs(schools, choices, posed.given, posed.rules)[0]
    if choices.start == AS_IT_IS:
        today = adapters.scored(posed.problem, posed.given)
        if today is None:
            raise JobFailed(
                "There are no networks of these schools in that layer on that day. Choose another."
            )
        return today
    last = time.monotonic()

    def on_progress(progress: adapters.Progress) -> bool:
        nonlocal last
        if job.cancelled:
            return False
        job.progress(5 + int(progress.fraction * 90), f"Comparing plans: {progress.steps:,} so far")
        if time.monotonic() - last > CHECKPOINT_SECONDS:
            last = time.monotonic()
            job.checkpoint({"groups": [list(group) for group in progress.groups]})
        return True

    job.progress(4, "Starting the search")
    saved = job.saved["groups"] if job.saved else None
    return adapters.solve(
        posed.problem, choices, seed=plan.seed, given=posed.given, saved=saved, on_progress=on_progress
    )


def _keep(
    job: JobContext,
    plan: Plan,
    choices: Choices,
    schools: list[Organisation],
    posed: _Posed,
    result: adapters.Result,
) -> None:
    words = rules_in_words(posed.rules, schools, posed.given)
    before = {} if choices.what == HUBS else adapters.before(posed.problem, posed.given, choices, schools)
    if before:
        before["broken"] = {words.get(rule, rule): number for rule, number in before["broken"].items()}
    fixed = {rule.data["network"] for rule in posed.rules if rule.kind == RuleKind.FIXED}
    known = fixed | set(posed.given.names if choices.start != FROM_NOTHING else ())
    names = [name if name in known else "" for name in result.names]
    roles: dict[str, MemberRole] = {}
    if choices.what == HUBS:
        called_by = {school.urn: school.name for school in schools}
        names = [called_by.get(urn, urn) for urn in result.names]
        roles = {urn: MemberRole.SPOKE for group in result.groups for urn in group}
        roles |= dict.fromkeys(result.names, MemberRole.HUB)
    groups = adapters.groups_of(result.groups, schools, names)
    places = places_near(plan.about, most=2000)
    called = adapters.name_groups(
        groups, [(name, latitude, longitude) for name, latitude, longitude, _people in places]
    )
    placed = {school.pk for group in groups for school in group.schools}
    actions.record_result(
        by=None,
        plan=plan,
        attempt=job.job.attempt,
        result=result,
        groups=groups,
        names=called,
        unplaced=[
            school
            for school in schools
            if school.pk not in placed and (choices.what != HUBS or school.easting is None)
        ]
        if groups
        else [],
        words=words,
        given=posed.given,
        roles=roles,
        before=before,
    )


@job_kind("networks.again", title="A plan again, around what is locked")
def work_out_again(job: JobContext) -> None:
    """Improve the newest version of a plan around its locks; what people changed meanwhile stands."""
    plan = Plan.objects.select_related("about").filter(pk=job.params["plan"]).first()
    if plan is None:
        raise JobCancelled
    job.progress(2, "Reading the plan")
    version = job.params["version"]
    networks, schools = locked_in(plan)

    def on_progress(progress: adapters.Progress) -> bool:
        job.progress(5 + int(progress.fraction * 90), f"Comparing plans: {progress.steps:,} so far")
        return not job.cancelled

    try:
        result = workbench.solve_around(
            workbench.bench_of(plan),
            networks=networks,
            schools=schools,
            seed=plan.seed + version,
            effort=EFFORTS[Choices.from_json(plan.choices).effort],
            on_progress=on_progress,
        )
        if job.cancelled:
            raise JobCancelled
        if not result.groups:
            raise JobFailed(
                "No plan keeps both the rules and what is locked. Unlock something and ask again."
            )
        step = record_again(
            by=None, plan=plan, version=version, groups=result.groups, job=job.job, attempt=job.job.attempt
        )
    except Stale as error:
        raise JobFailed(
            "The plan was changed while this was worked out, and that stands. Ask again."
        ) from error
    except (adapters.CannotPose, workbench.Cannot) as error:
        raise JobFailed(str(error)) from error
    job.message = f"Ready: {step.words}" if step else "Ready: nothing better was found, so nothing moved"


@job_kind("networks.study", title="A closer look at a plan")
def look_closer(job: JobContext) -> None:
    """Look into one thing about a plan; what was found before it was stopped is not kept."""
    study = (
        PlanStudy.objects.select_related("plan__about", "plan__owner").filter(pk=job.params["study"]).first()
    )
    if study is None or study.plan.state != PlanState.READY:
        raise JobCancelled
    plan, kind = study.plan, StudyKind(study.kind)
    schools = list(schools_to_group(plan.about, Choices.from_json(plan.choices).phases))
    words = rules_in_words(list(plan.rules.all()), schools, adapters.Given.from_json(plan.given))
    job.progress(1, "Reading the plan")

    def on_progress(done: int, of: int) -> bool:
        job.progress(1 + 95 * done // max(of, 1), f"Searched {done} of {of} times")
        return not job.cancelled

    result, others = look_into(plan, kind, words, on_progress)
    places = [place[:3] for place in places_near(plan.about, most=2000)]
    found = []
    for other in others:
        groups = adapters.groups_of(other.groups, schools)
        found.append((other, groups, adapters.name_groups(groups, places)))
    job.progress(97, "Keeping what was found")
    actions.record_study(by=None, study=study, attempt=job.job.attempt, result=result, others=found)
    job.message = "Ready"
