"""Which schools compete and what ties they have. Competition is confidential: show it to nobody without
`Permission.COMPETITION_KEEP` on the area, and let no explanation of a plan tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from isthmus.apps.needs.models import Competition, Estimate, Over, Tie
from isthmus.apps.register.models import Area, Organisation, Status
from isthmus.apps.register.queries import area_members, carried_on_by


@dataclass(frozen=True)
class CompetingPair:
    """Two schools that compete, the lower key first. `index` is that of an estimate; None: an officer recorded it."""

    first: int
    second: int
    over: str
    index: float | None = None


@dataclass(frozen=True, order=True)
class RecordedTie:
    """Two schools with a tie; of a feeder link pupils move from `first` to `second`."""

    first: int
    second: int
    kind: str


def competitions_in_force(area: Area, day: date) -> QuerySet[Competition]:
    """What officers recorded and did not end, by an area's own people."""
    found = Competition.objects.filter(area=area.in_charge_id, said_on__lte=day)
    return found.filter(Q(ended_on=None) | Q(ended_on__gt=day))


def ties_in_force(area: Area, day: date) -> QuerySet[Tie]:
    """The ties of an area's schools on `day`."""
    found = Tie.objects.filter(Q(since=None) | Q(since__lte=day), area=area.in_charge_id)
    return found.filter(Q(until=None) | Q(until__gte=day))


def estimated_on(area: Area) -> date | None:
    """The day of the estimates that an area has."""
    found = Estimate.objects.filter(area=area.in_charge_id).order_by("-estimated_on")
    return found.values_list("estimated_on", flat=True).first()


def competing_pairs(area: Area, day: date) -> list[CompetingPair]:
    """Pairs of schools of `area` that compete on `day`: as officers recorded, and as estimated where none spoke of it.

    The estimates are those of the last time that somebody asked for them. Four to six queries; in order of keys.
    """
    here = set(area_members(area).order_by().values_list("pk", flat=True))
    columns = ("first_id", "second_id", "over", "competes")
    recorded = list(competitions_in_force(area, day).order_by("pk").values_list(*columns))
    estimates = Estimate.objects.filter(area=area.in_charge_id).values_list("first_id", "second_id", "index")
    guessed = list(estimates.order_by("pk"))
    now = _now_called([key for row in (*recorded, *guessed) for key in row[:2]])
    known: dict[tuple[int, int, str], bool] = {}
    for first, second, over, competes in recorded:
        low, high = _pair(now.get(first, first), now.get(second, second))
        known[low, high, over] = competes
    found = {CompetingPair(*pair) for pair, competes in known.items() if competes}
    for first, second, index in guessed:
        low, high = _pair(now.get(first, first), now.get(second, second))
        if (low, high, Over.PUPILS.value) not in known:
            found.add(CompetingPair(low, high, Over.PUPILS.value, index))
    both = (pair for pair in found if pair.first != pair.second and {pair.first, pair.second} <= here)
    return sorted(both, key=lambda pair: (pair.first, pair.second, pair.over))


def ties(area: Area, day: date) -> list[RecordedTie]:
    """The recorded ties between schools of `area` on `day`, in order of keys. Three to five queries."""
    here = set(area_members(area).order_by().values_list("pk", flat=True))
    rows = list(ties_in_force(area, day).values_list("first_id", "second_id", "kind"))
    now = _now_called([key for row in rows for key in row[:2]])
    found = {RecordedTie(now.get(a, a), now.get(b, b), kind) for a, b, kind in rows}
    return sorted(tie for tie in found if tie.first != tie.second and {tie.first, tie.second} <= here)


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _now_called(keys: Iterable[int]) -> dict[int, int]:
    """Old keys to those of today, for the closed schools among `keys` that one other carries on."""
    wanted = sorted(set(keys))
    held = Organisation.objects.filter(status=Status.CLOSED, urn__isnull=False).only("pk", "urn", "status")
    closed = [
        school for at in range(0, len(wanted), 5000) for school in held.filter(pk__in=wanted[at : at + 5000])
    ]
    return {pk: school.pk for pk, school in carried_on_by(closed).items()}


def ties_of(area: Area, school: Organisation, day: date) -> list[Tie]:
    """The ties of one school on `day`, with both schools, under its own URN."""
    found = ties_in_force(area, day).filter(Q(first=school) | Q(second=school))
    return list(found.select_related("first", "second").order_by("kind", "pk"))
