"""What was looked into about a plan, in words and tables; who could be a hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Table
from isthmus.apps.core.models import Job, JobState
from isthmus.apps.networks.models import Plan, PlanStudy, StudyKind
from isthmus.apps.networks.presenters.plans import COMPETE, rule_in_words
from isthmus.apps.networks.presenters.rules import names_of
from isthmus.apps.register.models import Organisation

TEXTS = {
    StudyKind.PRICES: "Each rule in turn is left out and the plan searched again: what it costs to keep. A search is "
    "no proof, so a rule may cost more than said here.",
    StudyKind.STABILITY: "The plan is searched again many times, each time with distances, needs and what matters a "
    "little changed. Pairs that stay together are firm; others hang on a detail, and may be chosen by people.",
    StudyKind.OTHERS: "Plans that are nearly as good (at most 3% worse) and differ as much as was found. Each becomes "
    "a plan of its own, to be compared.",
}


@dataclass(frozen=True)
class Study:
    """One thing that can be looked into. `job` is there while the worker is at it."""

    kind: str
    label: str
    text: str
    button: str
    job: Job | None
    said: str
    table: Table | None


def studies(plan: Plan, *, may_know: bool) -> list[Study]:
    """Every kind, with what was found; `may_know` says whether the reader may know of competition."""
    rows = {study.kind: study for study in PlanStudy.objects.filter(plan=plan).select_related("job")}
    return [_study(plan, kind, rows.get(kind), may_know) for kind in StudyKind]


def _study(plan: Plan, kind: StudyKind, study: PlanStudy | None, may_know: bool) -> Study:
    job = study.job if study else None
    works = job is not None and not job.is_over
    said, table = "", None
    if study and study.result:
        said, table = _found(plan, kind, study, may_know)
    elif job is not None and not works:
        said = "The work was stopped." if job.state == JobState.CANCELLED else job.message
    button = "Look again" if study and study.result else "Look into this"
    return Study(kind, str(kind.label), TEXTS[kind], button, job if works else None, said, table)


def _found(plan: Plan, kind: StudyKind, study: PlanStudy, may_know: bool) -> tuple[str, Table | None]:
    result = study.result
    if kind == StudyKind.PRICES:
        rows = [
            (rule_in_words(row["rule"], plan), numbers.decimal(row["price"], 1, "km"), _broken(row["broken"]))
            for row in result["prices"]
            if may_know or COMPETE not in row["rule"]
        ]
        if not rows:
            return "There is no rule to show.", None
        columns = [Column("Rule"), Column("Costs", numeric=True), Column("Without it")]
        return "", Table("Rules", columns, rows)
    if kind == StudyKind.STABILITY:
        return _firm(plan, study)
    if not result["others"]:
        return (
            "No other plan was found that is nearly as good and differs in at least one pair of twenty.",
            None,
        )
    links = zip(result["others"], result["plans"], strict=False)
    known = set(Plan.objects.filter(pk__in=result["plans"]).values_list("pk", flat=True))
    others: list[tuple[Cell | str, ...]] = [
        (
            Cell(f"Another way {number}", url=reverse("networks:plan", args=[key]))
            if key in known
            else f"Another way {number}, removed",
            numbers.decimal(row["objective"], 1, "km"),
            numbers.percent(row["common"] * 100),
        )
        for number, (row, key) in enumerate(links, 1)
    ]
    columns = [Column("Plan"), Column("Objective", numeric=True), Column("Same pairs", numeric=True)]
    return f"This plan’s objective is {numbers.decimal(result['objective'], 1, 'km')}.", Table(
        "Other good plans", columns, others
    )


def _broken(times: int) -> str:
    return f"broken {numbers.count(times, 'time')}" if times else "kept all the same"


def _firm(plan: Plan, study: PlanStudy) -> tuple[str, Table | None]:
    result = study.result
    schools = Organisation.objects.filter(urn__in=[urn for urn, _share in result["least"]])
    names = names_of(schools.only("urn", "name"))
    rows = [(names.get(urn, urn), f"{round(share * 100)}%") for urn, share in result["least"]]
    said = (
        f"In {numbers.count(result['runs'], 'search', 'searches')} two schools of a network stayed together "
        f"{round(result['overall'] * 100)}% of the time."
    )
    columns = [Column("School"), Column("Stays with its partners", numeric=True)]
    return said, Table("Places that hang on a detail", columns, rows)


def by_theme(
    strengths: Mapping[str, Sequence[str]], schools: Sequence[Organisation]
) -> list[tuple[str, list[Organisation]]]:
    """Schools that said they can help others, by theme; themes and schools by name."""
    found: dict[str, list[Organisation]] = {}
    for school in schools:
        for theme in strengths.get(school.urn or "", ()):
            found.setdefault(theme, []).append(school)
    return sorted(found.items())
