"""One wave: how it stands, more days, closing it, removing it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core import audit, directory
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import (
    get_seen_wave,
    get_wave,
    own_organisations,
    runs,
    schools_handed,
    schools_of_own,
)
from isthmus.apps.surveys.actions import extend_wave, remove_wave, start_close
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.forms.asking import ExtendForm
from isthmus.apps.surveys.models import Meeting, PaperBatch, Wave, WaveKind, WaveSchool, WaveState
from isthmus.apps.surveys.presenters import waves as presenters
from isthmus.apps.surveys.presenters.answering import promise
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.reading import reader_holds_role
from isthmus.apps.surveys.queries.waves import answers_by_school, responses_of
from isthmus.apps.surveys.views.waves import PAGE, step

VIEW, RUN = Permission.SURVEY_VIEW, Permission.SURVEY_RUN


def _expected(wave: Wave) -> tuple[int, int | None]:
    """How many organisations are asked, and how many people in all, where every organisation says so."""
    found = wave.schools.aggregate(rows=Count("pk"), said=Count("expected"), people=Sum("expected"))
    return found["rows"], found["people"] if found["rows"] == found["said"] else None


def searched(rows: QuerySet[WaveSchool], text: str) -> QuerySet[WaveSchool]:
    """Those whose name, group or URN fits."""
    if not text:
        return rows
    fits = Q(organisation__name__icontains=text) | Q(group__icontains=text) | Q(organisation__urn=text)
    return rows.filter(fits)


@requires(VIEW)
@require_GET
def wave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A wave: its state, what can be done now, what people were promised, and whom it asks."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    run = runs(person, wave)
    text = request.GET.get("q", "").strip()[:100]
    page = listing(
        request, searched(wave.schools.select_related("organisation"), text), sorts=presenters.SCHOOL_SORTS
    )
    opened, attributed = wave.state != WaveState.DRAFT, wave.kind == WaveKind.ATTRIBUTED
    answers = answers_by_school(wave) if opened else {}
    named = responses_of(wave, [row.pk for row in page.page]) if run and attributed else {}
    number, expected = _expected(wave)
    own = wave.schools.filter(organisation__in=own_organisations(person)).select_related("organisation")
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "run": run,
        "draft": not opened,
        "open": wave.state == WaveState.OPEN,
        "closing": wave.state == WaveState.CLOSING,
        "closed": wave.state == WaveState.CLOSED,
        "state": presenters.state(wave),
        "facts": presenters.facts(wave, directory.name(wave.scope), answers, expected, number),
        "promise": promise(wave),
        "list": page,
        "table": presenters.schools_table(page, wave, answers, named if run else None),
        "q": text,
        "attributed": attributed,
        "hands": opened and not attributed and (run or schools_handed(person, wave).exists()),
        "answers_for": list(own[:20]) if attributed and wave.accepts else [],
        "prints": run or bool({row.organisation_id for row in own} & set(schools_of_own(person))),
        "results": wave.state == WaveState.CLOSED,
        "meeting": Meeting.objects.filter(wave=wave).select_related("wave").first() if run else None,
        "joint": opened and any(section.together for section in read(wave.instrument.text).sections),
        "reads": wave.reader_id == person.pk and wave.state == WaveState.CLOSED and reader_holds_role(wave),
        "nobody_reads": run and bool(wave.reader_id) and not reader_holds_role(wave),
    }
    return render(request, "surveys/wave_page.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give people more days."""
    wave = get_wave(actor(request), pk)
    possible = wave.state == WaveState.OPEN
    form = ExtendForm(request.POST or None, wave)
    if possible and request.method == "POST" and form.is_valid():
        if extend_wave(by=actor(request), wave=wave, **form.cleaned_data):
            messages.success(request, "People now have more days, or read the new name.")
        return redirect("surveys:wave", pk)
    text = (
        "Days can only become more: people were told when it ends."
        if possible
        else "Only what is open can be given more days."
    )
    return step(
        request, wave, title="Give people more days", text=[text], possible=possible, button="Save",
        form=form if possible else None,
    )  # fmt: skip


@requires(RUN)
@require_http_methods(PAGE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more answers, and have the report made."""
    wave = get_wave(actor(request), pk)
    if request.method == "POST":
        if start_close(by=actor(request), wave=wave, why=audit.reason(request.POST)):
            messages.success(request, "It is closed. The report is being made.")
        return redirect("surveys:wave", pk)
    possible = wave.state == WaveState.OPEN
    text = ["It is not open."]
    if possible:
        text = ["No more answers are taken, from that moment on."]
        if wave.anonymous:
            text.append(
                "Answers lose the last thing that tells one from another, and are put into an order drawn anew."
            )
        text.append(
            "Then the report is made, once and for all. It takes some minutes, and you get mail when it is there."
        )
        if PaperBatch.objects.filter(school__wave=wave).exists():
            text.append(
                "Paper forms are being typed: those that were not typed twice and handed in do not count."
            )
        if not wave.past_last_day:
            text.append("Its last day is not over: people may still want to answer.")
    return step(
        request, wave, title="Close the questionnaire", text=text, possible=possible, button="Close it now",
        warns="It cannot be opened again.", asks_why="Why you close it (optional)" if not wave.past_last_day else "",
    )  # fmt: skip


@requires(RUN)
@require_http_methods(PAGE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one that nobody could answer."""
    wave = get_wave(actor(request), pk)
    if request.method == "POST":
        if remove_wave(by=actor(request), wave=wave):
            messages.success(request, "The questionnaire was removed.")
            return redirect("surveys:home")
        return redirect("surveys:wave", pk)
    possible = wave.state == WaveState.DRAFT
    text = "Nobody could answer it yet." if possible else "It was opened, so it is kept. You can close it."
    return step(
        request, wave, title="Remove the questionnaire", text=[text], possible=possible, button="Remove it",
        warns="It cannot be brought back.",
    )  # fmt: skip
