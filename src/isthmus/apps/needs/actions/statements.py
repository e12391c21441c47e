"""Saying what a school needs and can give, and what met a need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.needs.actions.voices import area_scope, role_at, speaks_for_own
from isthmus.apps.needs.adapters.timeline import put
from isthmus.apps.needs.models import NEEDING, Level, Source, Staleness, Statement
from isthmus.apps.needs.queries import newest, stale_after
from isthmus.apps.register.models import Area, Organisation, Theme


@dataclass(frozen=True)
class Said:
    """What is said of one theme."""

    theme: Theme
    level: Level
    note: str = ""
    affected: str = ""
    their_words: str = ""


@transaction.atomic
def say(
    *,
    by: Actor | None,
    area: Area,
    school: Organisation,
    said: Sequence[Said],
    source: Source = Source.SAID,
    on: date | None = None,
) -> int:
    """Say where a school stands on themes of an area, as of today (or `on`); gives how many statements were written.

    The same again on the same day changes nothing. What met a need stays with it while the school goes on saying it.
    """
    school = Organisation.objects.select_for_update(of=("self",)).get(pk=school.pk)
    day = on or today()
    before = newest(area, [school], day)
    own = speaks_for_own(by, school)
    role = role_at(by, Scope(ScopeKind.ORGANISATION, school.pk), area_scope(area))
    new = []
    for one in said:
        statement = Statement(
            organisation=school,
            theme=one.theme,
            level=one.level,
            note=one.note,
            affected=one.affected,
            their_words=one.their_words,
            said_on=day,
            said_by_id=by.pk if by else None,
            said_as=role,
            on_behalf=not own,
            source=source,
        )
        old = before.get((school.pk, one.theme.pk))
        if old is not None and old.level == one.level:
            statement.solution, statement.met_on = old.solution, old.met_on
        new.append(statement)
    done = put(new)
    if not done.written:
        return 0
    audit.record(
        "needs.say",
        by=by,
        target=school,
        scope=Scope(ScopeKind.ORGANISATION, school.pk),
        detail={"written": done.written, "area": area.pk, "for the school": not own},
        before={s.theme.name: _label(before.get((school.pk, s.theme.pk))) for s in said},
        after={s.theme.name: str(s.level.label) for s in said},
    )
    return done.written


def _label(statement: Statement | None) -> str:
    return str(Level(statement.level).label) if statement else ""


class NoNeed(ValueError):
    """The school no longer says that it needs this; the text says so."""


@transaction.atomic
def meet_need(*, by: Actor | None, statement: Statement, solution: str, met_on: date | None) -> Statement:
    """Write down what meets a need, and the day it did (None: it is still under way). Raises `NoNeed`."""
    # The school is the lock, as where it says something: neither overwrites the other.
    Organisation.objects.select_for_update(of=("self",)).get(pk=statement.organisation_id)
    statement = Statement.objects.get(pk=statement.pk)
    if statement.level not in NEEDING:
        raise NoNeed("Somebody said meanwhile that this is no longer a need, so nothing was saved.")
    met_on = met_on if solution else None
    if (statement.solution, statement.met_on) == (solution, met_on):
        return statement
    before = {"solution": statement.solution, "met on": _day(statement.met_on)}
    statement.solution, statement.met_on = solution, met_on
    statement.save(update_fields=["solution", "met_on"])
    audit.record(
        "needs.meet",
        by=by,
        target=statement,
        scope=Scope(ScopeKind.ORGANISATION, statement.organisation_id),
        before=before,
        after={"solution": statement.solution, "met on": _day(statement.met_on)},
    )
    return statement


def _day(day: date | None) -> str:
    return in_words(day) if day else ""


@transaction.atomic
def set_staleness(*, by: Actor | None, area: Area, months: int) -> None:
    """Say after how many months what was said in an area is shown as old."""
    area = Area.objects.select_for_update(of=("self",)).get(pk=area.in_charge_id)
    before = stale_after(area)
    if before == months:
        return
    Staleness.objects.update_or_create(area=area, defaults={"months": months})
    audit.record(
        "needs.staleness",
        by=by,
        target=area,
        scope=area_scope(area),
        before={"months until old": before},
        after={"months until old": months},
    )
