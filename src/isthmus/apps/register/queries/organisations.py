"""Reads about organisations and areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from isthmus.apps.register.facts import CODES_IN_WORDS, FACTS, MEASURES, Fact
from isthmus.apps.register.models import SCHOOL_KINDS, Area, AreaKind, Dataset, Kind, Organisation, Status
from isthmus.apps.register.queries.areas import belongs

OPEN = (Status.OPEN, Status.PROPOSED_TO_CLOSE)
HIDDEN = {"headship", "position", "la_code", "establishment_number", "name"}


@dataclass(frozen=True)
class ShownFact:
    """A fact with its source: `value` is None where nothing is known; `none` says that there is known to be none.

    `date` is the day the fact was true, `source` the dataset's title.
    """

    name: str
    label: str
    value: Any
    unit: str
    date: date | None
    source: str
    none: bool = False
    words: str = ""


def area_members(area: Area, *, everything: bool = False) -> QuerySet[Organisation]:
    """The schools of an area of any kind that work now (with `everything`, closed and proposed ones too)."""
    found = Organisation.objects.filter(belongs(area), kind__in=SCHOOL_KINDS)
    return found if everything else found.filter(status__in=OPEN)


def areas_by_name() -> QuerySet[Area]:
    """Every authority without its geography, real ones first."""
    return (
        Area.objects.filter(kind=AreaKind.AUTHORITY)
        .defer("boundary", "places")
        .order_by("fictional", "name", "code")
    )


def areas_with_counts() -> QuerySet[Area]:
    """Authorities, each with `schools` (open ones) and `on_map` (those of them with a position)."""
    working = Q(organisations__kind__in=SCHOOL_KINDS, organisations__status__in=OPEN)
    return areas_by_name().annotate(
        schools=Count("organisations", filter=working),
        on_map=Count("organisations", filter=working & Q(organisations__latitude__isnull=False)),
    )


def counts_by_phase(area: Area) -> dict[str, int]:
    """Number of open schools of each phase in `area`; phases without schools are left out."""
    rows = area_members(area).order_by().values_list("phase").annotate(Count("pk"))
    return dict(rows)


def trusts(area: Area | None = None) -> QuerySet[Organisation]:
    """Trusts that have a school in the register (in `area`, where one is given), by name."""
    schools = Organisation.objects.filter(trust__isnull=False)
    if area is not None:
        schools = schools.filter(belongs(area))
    found = Organisation.objects.filter(kind=Kind.TRUST, pk__in=schools.values("trust"))
    return found.only("name", "group_uid")


def group_members(group: Organisation) -> QuerySet[Organisation]:
    """The schools that are in a trust or federation now, by name."""
    found = Organisation.objects.filter(Q(trust=group) | Q(federation=group)).exclude(status=Status.CLOSED)
    heavy = ("measures", "provenance", "search", "authority__boundary", "authority__places")
    return found.defer(*heavy).select_related("authority")


def faiths() -> list[str]:
    """The religious characters in the register, by name."""
    found = Organisation.objects.exclude(religious_character="").order_by("religious_character")
    return list(found.values_list("religious_character", flat=True).distinct())


def namesakes(school: Organisation) -> QuerySet[Organisation]:
    """Other schools with the same name."""
    found = Organisation.objects.filter(sort_name=school.sort_name, kind__in=SCHOOL_KINDS).exclude(
        pk=school.pk
    )
    return found.select_related("authority")


def facts(organisation: Organisation) -> list[ShownFact]:
    """Every fact that is kept about a school, with date and source; value None where it is not known.

    Measures are listed only where a source says something about them. One query.
    """
    datasets = {dataset.code: dataset for dataset in Dataset.objects.filter(code__in=_codes(organisation))}

    def shown(name: str, fact: Fact, value: Any, words: str = "") -> ShownFact:
        code = organisation.provenance.get(name)
        dataset = datasets.get(code) if code else None
        return ShownFact(
            name,
            fact.label,
            value,
            fact.unit,
            dataset.date if dataset else None,
            dataset.title if dataset else "",
            none=value is None and dataset is not None,
            words=words,
        )

    found = [
        shown(name, fact, _value(organisation, name)) for name, fact in FACTS.items() if name not in HIDDEN
    ]
    for code, fact in MEASURES.items():
        value = organisation.measures.get(code)
        if value is not None:
            words = CODES_IN_WORDS.get(value, "") if isinstance(value, str) else ""
            found.append(shown(code, fact, None if words else value, words))
    return found


def _codes(organisation: Organisation) -> set[str]:
    return set(organisation.provenance.values())


def _value(organisation: Organisation, name: str) -> Any:
    """The fact's value; None for an empty text."""
    if name == "status":
        return Status(organisation.status).label
    if name == "phase":
        return organisation.get_phase_display() or None
    if name == "ages":
        low, high = organisation.low_age, organisation.high_age
        return f"{low} to {high}" if low is not None and high is not None else None
    value = getattr(organisation, FACTS[name].columns[0])
    return None if value == "" else value
