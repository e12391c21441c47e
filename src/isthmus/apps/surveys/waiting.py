"""What waits for those who are asked and for those who run a questionnaire; what is open when a role passes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words, moment_in_words, today
from isthmus.apps.core.numbers import count
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.core.waiting import Open, Waiting, opens, waits
from isthmus.apps.surveys.access import RUN, schools_of_own, waves_run_by
from isthmus.apps.surveys.models import (
    Comment,
    Report,
    Response,
    Roster,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
)
from isthmus.apps.surveys.queries.comments import COMMENTERS

LATELY, SOON = timedelta(days=7), timedelta(days=3)
MOST = 10


@waits("surveys.asked")
def asked(person: Actor) -> Iterator[Waiting]:
    """Attributed questionnaires that ask the person's own school and that nobody has answered for it."""
    own = [scope.id for scope in person.scopes(RUN) if scope.kind == ScopeKind.ORGANISATION]
    rows = WaveSchool.objects.filter(
        ~Exists(Response.objects.filter(school=OuterRef("pk"))),
        organisation__in=own,
        wave__kind=WaveKind.ATTRIBUTED,
        wave__state=WaveState.OPEN,
        wave__until__gte=today(),
    )
    for row in rows.select_related("wave", "organisation").order_by("wave__until", "pk")[:MOST]:
        yield Waiting(
            title=f"‘{row.wave.name}’ asks {row.organisation.name}",
            url=reverse("surveys:answer", args=[row.wave_id, row.pk]),
            state="To answer",
            hint=f"Until the end of {in_words(row.wave.until)}",
            due=row.wave.until,
        )


@waits("surveys.lists")
def lists(person: Actor) -> Iterator[Waiting]:
    """Lists of people that the person's own school is asked for and has not given."""
    rows = Roster.objects.filter(
        by_school=True,
        sent=False,
        school__organisation__in=schools_of_own(person),
        school__invited=None,
        school__wave__state__in=(WaveState.DRAFT, WaveState.OPEN),
        school__wave__until__gte=today(),
    )
    for row in rows.select_related("school__wave", "school__organisation").order_by("pk")[:MOST]:
        wave = row.school.wave
        yield Waiting(
            title=f"Whom to ask at {row.school.organisation.name}: ‘{wave.name}’",
            url=reverse("surveys:links_list", args=[wave.pk, row.school_id]),
            state="To give",
            hint="The mail addresses of those who are asked, so that each gets a link of their own",
            due=wave.until,
        )


@waits("surveys.near_end")
def near_end(person: Actor) -> Iterator[Waiting]:
    """Questionnaires that the person looks after and that end soon."""
    rows = waves_run_by(person).filter(state=WaveState.OPEN, until__range=(today(), today() + SOON))
    for wave in rows.order_by("until", "pk")[:MOST]:
        yield Waiting(
            title=f"The last day of ‘{wave.name}’ is near",
            url=reverse("surveys:wave", args=[wave.pk]),
            state="Ends soon",
            hint=f"Open until the end of {in_words(wave.until)}; people can be given more days before then",
            due=wave.until,
        )


@waits("surveys.reports")
def reports(person: Actor) -> Iterator[Waiting]:
    """Reports of questionnaires that the person looks after, made in the last week."""
    made = Report.objects.filter(
        wave__in=waves_run_by(person).order_by().values("pk"), made_at__gte=timezone.now() - LATELY
    )
    for report in made.defer("content").select_related("wave").order_by("-made_at", "-pk")[:MOST]:
        yield Waiting(
            title=f"The report of ‘{report.wave.name}’ is ready",
            url=reverse("surveys:report", args=[report.wave_id]),
            state="To read",
            hint=f"Made on {moment_in_words(report.made_at)}",
        )


@waits("surveys.comments")
def comments(person: Actor) -> Iterator[Waiting]:
    """Comments that may be read and that nobody has looked at yet, by questionnaire."""
    closed = waves_run_by(person).filter(state=WaveState.CLOSED)
    waves = {
        wave.pk: wave
        for wave in closed.filter(Exists(Comment.objects.filter(wave=OuterRef("pk"), looked_at=False)))
        .order_by("-closed_at", "-pk")[:MOST]
    }  # fmt: skip
    if not waves:
        return
    groups = Comment.objects.filter(wave__in=waves).order_by().values("wave", "school", "item")
    left = dict.fromkeys(waves, 0)
    for group in groups.annotate(n=Count("pk"), new=Count("pk", filter=Q(looked_at=False))):
        if group["n"] >= max(COMMENTERS, waves[group["wave"]].k):
            left[group["wave"]] += group["new"]
    for pk, number in left.items():
        if number:
            yield Waiting(
                title=f"{count(number, 'comment')} on ‘{waves[pk].name}’ to look at",
                url=f"{reverse('surveys:comments', args=[pk])}?only=open",
                state="To look at",
                hint="Nobody is shown a comment before a person took out what tells who wrote it",
            )


@opens("surveys.waves")
def open_waves(person: Actor, scope: Scope) -> Iterator[Open]:
    """The questionnaires of a scope that are not closed: whoever follows looks after them."""
    rows = Wave.objects.filter(scope_kind=scope.kind, scope_id=scope.id).exclude(state=WaveState.CLOSED)
    for wave in rows.order_by("until", "pk")[:100]:
        yield Open(
            title=f"Questionnaire ‘{wave.name}’",
            url=reverse("surveys:wave", args=[wave.pk]),
            hint=f"{str(wave.get_state_display()).lower()}, last day {in_words(wave.until)}",
        )
