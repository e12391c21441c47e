"""What schools of the fictional authority say they need and can give, made through the same actions as anybody’s."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.needs import actions
from isthmus.apps.needs.actions import Said
from isthmus.apps.needs.models import GivenFile, Level, Over, Statement, What
from isthmus.apps.register.models import Area, Organisation, Phase
from isthmus.apps.register.queries import area_members, themes

LEVELS = (Level.NEED, Level.NEED, Level.STRENGTH, Level.BOTH, Level.NEITHER)
MONTHS_AGO = (1, 2, 3, 5, 7, 9, 11, 14, 19)
OWN: tuple[tuple[str, Level, str, str, str], ...] = (
    (
        "Moving from year 6 to year 7",
        Level.STRENGTH,
        "Two teachers of year 7 teach in year 6 each June.",
        "",
        "",
    ),
    (
        "Parents and families",
        Level.NEED,
        "Few families of our newest pupils come to the school.",
        "Families who moved here this year",
        "Meet us in the library, not in the hall; and on a Saturday.",
    ),
    ("Recruiting and keeping staff", Level.BOTH, "We grow teachers well, and lose them to the city.", "", ""),
)


@transaction.atomic
def build(area: Area, *, officer: Actor, head: Actor, school: Organisation, seed: int = 1) -> None:
    """Let most schools say something, the head's own in full; a second time nothing changes."""
    if Statement.objects.filter(theme__area=area).exists():
        return
    random = Random(seed)  # noqa: S311 - for invented data, not for secrets
    schools = list(area_members(area).order_by("urn"))
    others = [one for one in schools if one.pk != school.pk]
    asked = list(themes(area))
    _bring_in(area, officer, What.NEEDS, _needs(random, others, [theme.name for theme in asked]))
    by_name = {theme.name: theme for theme in asked}
    said = [
        Said(by_name[name], level, note, affected, words)
        for name, level, note, affected, words in OWN
        if name in by_name
    ]
    actions.say(by=head, area=area, school=school, said=said, on=today() - timedelta(days=40))
    met = Statement.objects.filter(organisation=school, theme__name="Recruiting and keeping staff").first()
    if met is not None:
        actions.meet_need(
            by=head, statement=met, solution="Posts are advertised together with two neighbours.", met_on=None
        )
    _bring_in(area, officer, What.TIES, _feeders(schools))
    actions.estimate_competition(by=officer, area=area)
    secondaries = [one for one in schools if one.phase == Phase.SECONDARY]
    if len(secondaries) > 1:
        actions.record_competition(
            by=officer,
            area=area,
            first=secondaries[0],
            second=secondaries[1],
            over=Over.STAFF,
            competes=True,
            reason="Both look for teachers of physics each spring",
        )


Line = Sequence[str]


def _needs(random: Random, schools: Sequence[Organisation], names: Sequence[str]) -> list[Line]:
    lines: list[Line] = [("URN", "Theme", "Need or strength", "Who said so", "Said on")]
    for school in schools:
        if random.random() < 0.15:
            continue  # some have not got round to it
        day = today() - timedelta(days=30 * random.choice(MONTHS_AGO))
        for name in random.sample(names, min(len(names), random.randint(4, 12))):
            level = random.choice(LEVELS).value
            lines.append((school.urn or "", name, level, "Head", f"{day:%d/%m/%Y}"))
    return lines


def _feeders(schools: Sequence[Organisation]) -> list[Line]:
    """Each primary's pupils move on to the secondary that is nearest by straight line."""
    there = [one for one in schools if one.easting is not None and one.northing is not None]
    secondaries = [one for one in there if one.phase == Phase.SECONDARY]
    lines: list[Line] = [("Tie", "URN", "Other URN", "Note", "From")]
    if not secondaries:
        return lines
    since = date(today().year - 6, 9, 1)
    for school in (one for one in there if one.phase == Phase.PRIMARY):
        nearest = min(secondaries, key=lambda one: _squared(one, school))
        lines.append(("feeder", school.urn or "", nearest.urn or "", "", f"{since:%d/%m/%Y}"))
    return lines


def _squared(one: Organisation, other: Organisation) -> int:
    east = (one.easting or 0) - (other.easting or 0)
    north = (one.northing or 0) - (other.northing or 0)
    return east * east + north * north


def _bring_in(area: Area, officer: Actor, what: What, lines: Iterable[Line]) -> GivenFile:
    """As an officer would: one spreadsheet, looked through and applied."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    kept = actions.give_file(
        by=officer,
        area=area,
        what=what,
        name=f"fictional-{what.value}.csv",
        content=text.getvalue().encode(),
        token=uuid5(NAMESPACE_URL, f"isthmus:{what.value}:{area.code}"),
    )
    return actions.apply_file(by=officer, kept=kept)
