"""Asking by links of one's own: lists of people, a sample, the links and reminders. Nobody sees who has answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import listing
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_school_of, get_wave, runs
from isthmus.apps.surveys.actions import rosters as actions
from isthmus.apps.surveys.adapters import sampling
from isthmus.apps.surveys.forms.rosters import ListForm, SampleForm, list_text
from isthmus.apps.surveys.models import Wave
from isthmus.apps.surveys.presenters import rosters as presenters
from isthmus.apps.surveys.queries.rosters import people_of, rosters_of, sizes_of
from isthmus.apps.surveys.views.wave import searched
from isthmus.apps.surveys.views.waves import PAGE

RUN = Permission.SURVEY_RUN
USUAL_RESPONSE = 60
USUAL = {"way": "margin", "margin": 5, "response": USUAL_RESPONSE, "at_least": 3}


@requires(RUN)
@require_http_methods(PAGE)
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """Which schools' people are asked by links, how many of them, and the buttons that send them."""
    wave = get_wave(actor(request), pk)
    if wave.kind not in actions.BY_LINK:
        raise Http404
    sample = None
    if request.method == "POST":
        if request.POST.get("do") != "draw":
            _do(request, wave, request.POST.get("do", ""))
            return redirect("surveys:links", pk)
        sample = SampleForm(request.POST)
        if sample.is_valid() and _draw(request, wave, sample):
            return redirect("surveys:links", pk)
    elif "way" in request.GET:
        sample = SampleForm(request.GET)
    return _links(request, wave, sample)


def _links(request: HttpRequest, wave: Wave, sample: SampleForm | None) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    rows = wave.schools.select_related("organisation")
    page = listing(request, searched(rows, text), sorts=presenters.SORTS)
    people, rosters = people_of(wave), rosters_of(wave)
    shown = [row.pk for row in page.page]
    having = {one.school_id for one in people if one.drawn}
    unsent = any(not one.sent and one.school_id in having for one in rosters.values())
    begun = any(one.sent for one in rosters.values())
    population = sampling.strata(people)
    response: int = USUAL_RESPONSE
    tried = _tried(sample, population) if sample else None
    if sample and sample.is_valid():
        response = sample.cleaned_data["response"]
    context: dict[str, Any] = {
        "wave": wave,
        "list": page,
        "q": text,
        "table": presenters.schools_table(page, wave, rosters, sizes_of(wave, shown)),
        "stand": presenters.stand(people, rosters.values(), response / 100),
        "takes": actions.takes_lists(wave),
        "sends": wave.accepts and unsent,
        "begun": begun,
        "reminds": actions.may_remind(wave, list(rosters.values())),
        "without": wave.schools.filter(invited=None).count() if actions.takes_lists(wave) else 0,
        "form": sample or SampleForm(initial=USUAL),
        "draws": bool(people) and not begun and actions.takes_lists(wave),
        "margins": presenters.margins_table(population, 1) if people and not begun else None,
        "tried": tried,
        "strata": presenters.strata_table(population, tried, {row.pk: row for row in rows})
        if tried
        else None,
        "total": sum(tried.values()) if tried else 0,
        "reached": presenters.points(sampling.margin(tried, population, response / 100)) if tried else "",
        "response": response,
    }
    return render(request, "surveys/roster_links.html", context)


def _tried(sample: SampleForm, population: sampling.Counts) -> sampling.Counts | None:
    """How many of each group would be drawn; None, with errors on the form, where that cannot be."""
    if not population or not sample.is_valid():
        return None
    given = sample.cleaned_data
    try:
        total = given["number"]
        if given["way"] == "margin":
            wished = float(given["margin"]) / 100
            total = sampling.total_for(population, wished, given["response"] / 100, given["at_least"])
        return sampling.allocated(population, total, given["at_least"])
    except sampling.SurveyError as wrong:
        sample.add_error(given["way"], str(wrong))
        return None


def _draw(request: HttpRequest, wave: Wave, sample: SampleForm) -> bool:
    """Draw; False where the form does not fit, with errors on it."""
    asked = _tried(sample, sampling.strata(people_of(wave)))
    if asked is None:
        return False
    if actions.draw_sample(by=actor(request), wave=wave, asked=asked):
        messages.success(
            request, f"{count(sum(asked.values()), 'person was', 'people were')} drawn at random."
        )
    return True


def _do(request: HttpRequest, wave: Wave, do: str) -> None:
    """What one of the other buttons says."""
    person = actor(request)
    if do == "everyone" and actions.draw_sample(by=person, wave=wave, asked=None):
        messages.success(request, "Everybody on the lists is asked.")
    elif do == "send" and actions.send_links(by=person, wave=wave):
        messages.success(request, "The links are being sent. It takes some minutes.")
    elif do == "remind" and actions.remind(by=person, wave=wave):
        messages.success(request, "The system reminds those who are not marked as having answered.")
    elif do == "ask":
        asked = [
            actions.ask_school(by=person, school=school)
            for school in wave.schools.filter(invited=None).exclude(roster__by_school=True)
        ]
        if any(asked):
            messages.success(request, f"{count(sum(asked), 'school is', 'schools are')} asked for a list.")


@requires(RUN)
@require_http_methods(PAGE)
def links_list(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The people of one school, given by whoever runs the questionnaire or by the school."""
    person = actor(request)
    school = get_school_of(person, pk, number, actions.BY_LINK)
    wave = school.wave
    run = runs(person, wave)
    roster = rosters_of(wave, [school.pk]).get(school.pk)
    if not run and not (roster and roster.by_school):
        raise Http404
    people = list(school.invited.order_by("who", "email"))
    possible = actions.takes_lists(wave) and not (roster and roster.sent)
    text = list_text(people, several=len(wave.asked) > 1)
    form = ListForm(request.POST or None, request.FILES or None, wave=wave, text=text) if possible else None
    if form is not None and request.method == "POST" and form.is_valid():
        listed = form.cleaned_data["people"]
        if actions.give_list(by=person, school=school, people=listed):
            messages.success(request, f"The list names {count(len(listed), 'person', 'people')}.")
        return redirect("surveys:links", pk) if run else redirect("surveys:links_list", pk, number)
    context = {
        "wave": wave,
        "school": school,
        "form": form,
        "facts": presenters.list_facts(people),
        "sent": bool(roster and roster.sent),
        "run": run,
    }
    return render(request, "surveys/roster_list.html", context)
