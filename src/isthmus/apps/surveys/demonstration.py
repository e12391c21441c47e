"""A questionnaire that the fictional authority asked last month, and one that is open, with invented answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.register.models import Area, Organisation
from isthmus.apps.register.queries import area_members
from isthmus.apps.surveys import actions, intake
from isthmus.apps.surveys.actions.waves import Asking, Grouped
from isthmus.apps.surveys.adapters.instruments import by_id, codes, read, sections_for, to_text
from isthmus.apps.surveys.models import Ballot, Wave, WaveKind, WaveSchool, Who
from isthmus.apps.surveys.schools import groupings_of

DIAGNOSTIC = "collaboration-diagnostic"
SCHOOLS, LEAST, MOST, LEADERS, RATE = 12, 18, 75, 5, 0.75


@transaction.atomic
def build(area: Area, *, officer: Actor, seed: int = 1) -> None:
    """Ask two waves, and have the first closed by the worker; a second time nothing changes."""
    scope = Scope(ScopeKind.AREA, area.pk)
    if Wave.objects.filter(scope_kind=scope.kind, scope_id=scope.id).exists():
        return
    random = Random(seed)  # noqa: S311 - for invented data, not for secrets
    schools = list(area_members(area).order_by("urn"))[:SCHOOLS]
    past = _ask(scope, officer, schools, random, "How we work together, summer", "past")
    _answer(past, random)
    opened = timezone.now() - timedelta(days=40)
    last, told = today() - timedelta(days=12), today() - timedelta(days=2)
    Wave.objects.filter(pk=past.pk).update(opened_at=opened, until=last, results_on=told)
    actions.start_close(by=officer, wave=past)
    _ask(scope, officer, schools, random, "How we work together, this term", "now", previous=past)


def _ask(
    scope: Scope,
    officer: Actor,
    schools: Sequence[Organisation],
    random: Random,
    name: str,
    key: str,
    previous: Wave | None = None,
) -> Wave:
    instrument = actions.keep_instrument(by=None, text=to_text(by_id(DIAGNOSTIC)))
    offered = groupings_of(scope, [school.pk for school in schools])
    groups = offered[0][1] if offered else {}
    grouped = {
        school.pk: Grouped(groups.get(school.pk, ""), random.randint(LEAST, MOST)) for school in schools
    }
    asking = Asking(
        name=name,
        why="To see where our schools work well together and where not, before they agree what to do next. "
        "The results go to all schools that were asked.",
        asks="Saltmarch’s school partnership team",
        kind=WaveKind.ANONYMOUS,
        until=today() + timedelta(days=21),
        results_on=today() + timedelta(days=35),
        asked=[Who.LEADERS, Who.STAFF],
        previous=previous,
    )
    token = uuid5(NAMESPACE_URL, f"isthmus:demonstration:{scope}:{key}")
    wave = actions.start_wave(
        by=officer,
        scope=scope,
        instrument=instrument,
        asking=asking,
        schools=schools,
        token=token,
        grouped=grouped,
    )
    actions.open_wave(by=officer, wave=wave)
    return wave


def _answer(wave: Wave, random: Random) -> None:
    """Some three quarters of the people answer; leaders see working together in a kinder light than staff."""
    instrument = read(wave.instrument.text)
    liked = {item.id: random.gauss(0, 0.5) for item in instrument.scored}
    ballots: list[Ballot] = []
    for school in wave.schools.order_by("pk"):
        ballots += _ballots(wave, school, random, random.gauss(3.3, 0.35), liked)
    Ballot.objects.bulk_create(ballots)


def _ballots(
    wave: Wave, school: WaveSchool, random: Random, level: float, liked: dict[str, float]
) -> list[Ballot]:
    instrument = read(wave.instrument.text)
    people = [Who.LEADERS] * LEADERS + [Who.STAFF] * ((school.expected or LEADERS) - LEADERS)
    found = []
    for who in people:
        if random.random() > RATE:
            continue
        mood = level + random.gauss(0, 0.5) + (0.4 if who == Who.LEADERS else 0.0)
        given = {}
        for section in sections_for(instrument, who):
            for item in section.scored:
                scale = instrument.scale_of(item)
                code = round(mood + liked[item.id] + random.gauss(0, 0.7))
                if random.random() > 0.03:
                    given[item.id] = min(max(code, scale.lowest), scale.highest)
        row = codes(instrument, who, given)
        found.append(Ballot(id=intake.draw(), wave=wave, school=school, who=who, codes=row))
    return found
