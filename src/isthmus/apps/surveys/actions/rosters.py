"""Asking people by links of their own: their list, who of it is drawn, the links, and reminders."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from isthmus.apps.core import audit, jobs
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import today
from isthmus.apps.core.models import Job
from isthmus.apps.surveys.adapters import sampling
from isthmus.apps.surveys.emails import mark_of
from isthmus.apps.surveys.models import Invited, Roster, Wave, WaveKind, WaveSchool, WaveState
from isthmus.apps.surveys.queries.rosters import Listed, people_of

LINKS = "surveys.links"
BY_LINK = (WaveKind.ANONYMOUS, WaveKind.CONFIDENTIAL)
MOST_REMINDERS, DAYS_BETWEEN = 3, 2
CHUNK = 500


def _locked(pk: int) -> Wave:
    return Wave.objects.select_for_update(of=("self",)).get(pk=pk)


def takes_lists(wave: Wave) -> bool:
    """Whether lists of people can be given, or links sent."""
    return wave.kind in BY_LINK and (wave.state == WaveState.DRAFT or wave.accepts)


@transaction.atomic
def give_list(*, by: Actor | None, school: WaveSchool, people: Sequence[Listed]) -> bool:
    """Keep the list of a school's people, in place of the one before. False once links were sent, or it is over.

    The event tells how many they are, and none of them.
    """
    wave = _locked(school.wave_id)
    if not takes_lists(wave):
        return False
    roster, _made = Roster.objects.get_or_create(school=school)
    if roster.sent:
        return False
    before = sorted((one.email, one.who, one.stratum) for one in school.invited.all())
    if before == sorted((one.email, one.who, one.stratum) for one in people):
        return True
    school.invited.all().delete()
    rows = [Invited(school=school, **vars(one)) for one in people]
    Invited.objects.bulk_create(rows, batch_size=CHUNK)
    audit.record(
        "roster.give",
        by=by,
        target=wave,
        scope=wave.scope,
        detail={"school": school.organisation_id},
        before={"people": len(before)},
        after={"people": len(rows)},
    )
    return True


@transaction.atomic
def ask_school(*, by: Actor, school: WaveSchool) -> bool:
    """Have the school itself give the list of its people: it waits for whoever runs its questionnaires."""
    wave = _locked(school.wave_id)
    if not takes_lists(wave):
        return False
    roster, _made = Roster.objects.get_or_create(school=school)
    if roster.sent:
        return False
    if not roster.by_school:
        roster.by_school = True
        roster.save(update_fields=["by_school"])
        detail = {"school": school.organisation_id}
        after = {"list": "to be given by the school"}
        audit.record("roster.ask", by=by, target=wave, scope=wave.scope, detail=detail, after=after)
    return True


@transaction.atomic
def draw_sample(*, by: Actor, wave: Wave, asked: sampling.Counts | None) -> bool:
    """Draw at random who of the lists is asked, so many of each stratum, or everybody (None). False once it is sent.

    Raises SurveyError where a stratum has fewer people. The seed in the event and the lists repeat the draw.
    """
    kept = _locked(wave.pk)
    people = people_of(kept)
    if not takes_lists(kept) or not people or Roster.objects.filter(school__wave=kept, sent=True).exists():
        return False
    if asked is not None and sampling.strata(one for one in people if one.drawn) == {
        key: number for key, number in asked.items() if number
    }:  # drawn already: a draw is not done again until it suits somebody
        return True
    seed = secrets.token_hex(16)
    drawn = {one.pk for one in people} if asked is None else sampling.chosen(people, asked, seed)
    if asked is None and all(one.drawn for one in people):
        return True
    for one in people:
        one.drawn = one.pk in drawn
    Invited.objects.bulk_update(people, ["drawn"], batch_size=CHUNK)
    after = {"people": len(people), "asked": len(drawn)}
    detail = {} if asked is None else {"seed": seed}
    audit.record("roster.draw", by=by, target=kept, scope=kept.scope, detail=detail, after=after)
    return True


@transaction.atomic
def send_links(*, by: Actor, wave: Wave) -> Job | None:
    """Have the worker send links to all who are asked and have none. None where there is nobody, or it is not open.

    From now on people of these schools answer by links alone.
    """
    kept = _locked(wave.pk)
    rosters = list(
        Roster.objects.filter(school__wave=kept, sent=False, school__invited__drawn=True).distinct()
    )
    if not takes_lists(kept) or not kept.accepts or not rosters:
        return None
    already = Roster.objects.filter(school__wave=kept, sent=True).count()
    people = [one for one in people_of(kept) if one.drawn and one.mark is None]
    for one in people:
        one.mark = mark_of(one, kept)
    Invited.objects.bulk_update(people, ["mark"], batch_size=CHUNK)
    Roster.objects.filter(pk__in=[one.pk for one in rosters]).update(sent=True, reminded_on=today())
    for school in kept.schools.filter(roster__in=rosters, expected=None):
        WaveSchool.objects.filter(pk=school.pk).update(expected=school.invited.count())
    audit.record(
        "roster.send",
        by=by,
        target=kept,
        scope=kept.scope,
        before={"schools with links": already},
        after={"schools with links": already + len(rosters), "people": len(people)},
    )
    return _post(by, kept, 0)


def _post(by: Actor, wave: Wave, reminder: int) -> Job:
    return jobs.start(
        LINKS,
        by=by,
        params={"wave": wave.pk, "reminder": reminder},
        scope=wave.scope,
        title=f"{'Reminder' if reminder else 'Links'} of ‘{wave.name}’"[:120],
        result_url=f"/surveys/{wave.pk}/links/",
    )


def may_remind(wave: Wave, rosters: Sequence[Roster]) -> bool:
    """Whether it is time for a reminder: so many at most, and days between them and from the first mail."""
    sent = [one for one in rosters if one.sent]
    if not sent or not wave.accepts or max(one.reminders for one in sent) >= MOST_REMINDERS:
        return False
    last = [one.reminded_on for one in sent if one.reminded_on]
    return not last or max(last) <= today() - timedelta(days=DAYS_BETWEEN)


@transaction.atomic
def remind(*, by: Actor, wave: Wave) -> Job | None:
    """Have the worker write again to those who are not marked as having answered; nobody is told who, nor how many."""
    kept = _locked(wave.pk)
    rosters = list(Roster.objects.filter(school__wave=kept, sent=True))
    if not may_remind(kept, rosters):
        return None
    number = max(one.reminders for one in rosters) + 1
    Roster.objects.filter(pk__in=[one.pk for one in rosters]).update(reminders=number, reminded_on=today())
    audit.record(
        "roster.remind",
        by=by,
        target=kept,
        scope=kept.scope,
        before={"reminders": number - 1},
        after={"reminders": number},
    )
    return _post(by, kept, number)
