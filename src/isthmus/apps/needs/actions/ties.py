"""Which schools compete, as an officer says or as it is estimated, and the ties that schools have."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.needs.actions.voices import area_scope, role_at
from isthmus.apps.needs.adapters.estimating import TooManySchools, estimates
from isthmus.apps.needs.models import Competition, Estimate, Over, Tie, TieKind
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import area_members

__all__ = [
    "TieThere",
    "TooManySchools",
    "end_competition",
    "estimate_competition",
    "keep_tie",
    "record_competition",
    "remove_tie",
]

ESTIMATED = (
    *("first_id", "second_id", "index", "km", "shared_ages", "of_first", "of_second"),
    *("size_assumed", "estimated_on"),
)


class TieThere(ValueError):
    """There is a tie of this kind between the two schools already; the text says so."""


def _in_charge(area: Area) -> Area:
    """The area's own row, locked: changes of one area come one after the other."""
    return Area.objects.select_for_update(of=("self",)).get(pk=area.in_charge_id)


@transaction.atomic
def record_competition(
    *,
    by: Actor | None,
    area: Area,
    first: Organisation,
    second: Organisation,
    over: Over,
    competes: bool,
    reason: str,
) -> Competition:
    """Record that two schools compete, or that they do not (which outweighs an estimate). The same again changes it."""
    area = _in_charge(area)
    low, high = sorted((first, second), key=lambda school: school.pk)
    there = Competition.objects.filter(area=area, first=low, second=high, over=over, ended_on=None).first()
    before = {"competes": there.competes, "reason": there.reason} if there else None
    if there and (there.competes, there.reason) == (competes, reason):
        return there
    kept = there or Competition(area=area, first=low, second=high, over=over, said_on=today())
    kept.competes, kept.reason = competes, reason
    kept.said_by_id, kept.said_as = (by.pk if by else None), role_at(by, area_scope(area))
    kept.save()
    after = {"competes": competes, "reason": reason}
    audit.record("competition.record", by=by, target=kept, scope=area_scope(area), before=before, after=after)
    return kept


@transaction.atomic
def end_competition(*, by: Actor | None, competition: Competition, why: str) -> None:
    """What was recorded of two schools no longer holds, from today. An estimate of them counts again."""
    _in_charge(competition.area)
    competition = Competition.objects.select_related("area").get(pk=competition.pk)
    if competition.ended_on is not None:
        return
    competition.ended_on = today()
    competition.save(update_fields=["ended_on"])
    audit.record(
        "competition.end",
        by=by,
        target=competition,
        scope=area_scope(competition.area),
        before={"last day": ""},
        after={"last day": competition.ended_on.isoformat()},
        why=why,
    )


@transaction.atomic
def estimate_competition(*, by: Actor | None, area: Area) -> int:
    """Estimate anew which open schools of an area may compete for pupils; gives the number of pairs.

    Where nothing came out differently since earlier today, nothing is written. Raises `TooManySchools` where an area
    has more than can be compared at once.
    """
    area = _in_charge(area)
    rows = estimates(area, area_members(area).defer("measures", "provenance", "search"), today())
    known = set(Estimate.objects.filter(area=area).values_list(*ESTIMATED))
    if known and known == {tuple(getattr(row, name) for name in ESTIMATED) for row in rows}:
        return len(rows)
    Estimate.objects.filter(area=area).delete()
    Estimate.objects.bulk_create(rows, batch_size=1000)
    after = {"pairs that may compete": len(rows)}
    audit.record("competition.estimate", by=by, target=area, scope=area_scope(area), after=after)
    return len(rows)


@transaction.atomic
def keep_tie(
    *,
    by: Actor | None,
    area: Area,
    tie: Tie | None,
    kind: TieKind,
    first: Organisation,
    second: Organisation,
    note: str,
    since: date | None,
    until: date | None,
) -> Tie:
    """Record a tie (`tie` None) or correct one. The same tie again, while it lasts, corrects the first.

    Raises `TieThere` where a correction would make a second of two schools.
    """
    area = _in_charge(area)
    if kind != TieKind.FEEDER and first.pk > second.pk:
        first, second = second, first
    alike = Tie.objects.select_related("first", "second").filter(
        area=area, kind=kind, first=first, second=second
    )
    lasting = alike.filter(until=None)
    if tie is None:
        found = alike.filter(since=since, until=until).first() or lasting.first()
        tie = found or Tie(area=area, said_on=today())
    else:
        tie = Tie.objects.select_related("first", "second").get(pk=tie.pk)
        if until is None and lasting.exclude(pk=tie.pk).exists():
            raise TieThere("there is a tie of this kind between the two already")
    said = (kind, first.pk, second.pk, note, since, until)
    if tie.pk and said == (tie.kind, tie.first_id, tie.second_id, tie.note, tie.since, tie.until):
        return tie
    before = _told(tie) if tie.pk else None
    tie.kind, tie.first, tie.second = kind, first, second
    tie.note, tie.since, tie.until = note, since, until
    tie.said_by_id, tie.said_as = (by.pk if by else None), role_at(by, area_scope(area))
    tie.save()
    audit.record("tie.keep", by=by, target=tie, scope=area_scope(area), before=before, after=_told(tie))
    return tie


def _told(tie: Tie) -> dict[str, str]:
    days = {"from": tie.since, "to": tie.until}
    said = {"kind": tie.kind, "first": tie.first.name, "second": tie.second.name, "note": tie.note}
    return said | {name: in_words(day) if day else "" for name, day in days.items()}


@transaction.atomic
def remove_tie(*, by: Actor | None, tie: Tie, why: str) -> None:
    """Remove a tie that never was. One that is over gets its last day instead."""
    _in_charge(tie.area)
    there = Tie.objects.select_related("area", "first", "second").filter(pk=tie.pk).first()
    if there is None:
        return
    audit.record(
        "tie.remove", by=by, target=there, scope=area_scope(there.area), before=_told(there), why=why
    )
    there.delete()
