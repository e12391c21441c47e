"""Working a plan out, in the worker."""

from __future__ import annotations

import time

from isthmus.apps.core.jobs import JobCancelled, JobContext, JobFailed, job_kind
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.networks import actions, adapters
from isthmus.apps.networks.choices import Choices
from isthmus.apps.networks.models import Plan, PlanState
from isthmus.apps.networks.queries.plans import schools_to_group
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
    plan = Plan.objects.select_related("about").filter(pk=job.params["plan"]).first()
    if plan is None:
        raise JobCancelled
    job.progress(1, "Reading the schools")
    choices = Choices.from_json(plan.choices)
    schools = list(schools_to_group(plan.about, choices.phases))
    if not schools:
        raise JobFailed("There are no open schools in the phases you chose. Ask again with more phases.")
    try:
        result = _search(job, plan, choices, schools)
    except adapters.CannotPose as error:
        raise JobFailed(str(error)) from error
    if job.cancelled:
        raise JobCancelled
    job.progress(96, "Keeping the plan")
    groups = adapters.groups_of(result.groups, schools)
    places = places_near(plan.about, most=2000)
    names = adapters.name_groups(
        groups, [(name, latitude, longitude) for name, latitude, longitude, _people in places]
    )
    missing = set(result.unplaced)
    actions.record_result(
        by=None,
        plan=plan,
        attempt=job.job.attempt,
        result=result,
        groups=groups,
        names=names,
        unplaced=[school for school in schools if school.urn in missing],
    )
    job.message = "Ready"


def _search(job: JobContext, plan: Plan, choices: Choices, schools: list[Organisation]) -> adapters.Result:
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
    start = job.saved["groups"] if job.saved else None
    return adapters.solve(schools, choices, seed=plan.seed, start=start, on_progress=on_progress)
