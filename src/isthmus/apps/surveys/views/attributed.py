"""Answering under one's name for one's school, signed in: a section a page, as others answer, then one button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.access import get_school_to_answer
from isthmus.apps.surveys.actions import respond
from isthmus.apps.surveys.adapters.instruments import Instrument, from_bytes, read, sections_for
from isthmus.apps.surveys.forms.answering import Given, SectionForm, WhoForm, given
from isthmus.apps.surveys.models import Response, WaveSchool
from isthmus.apps.surveys.presenters import answering as presenters
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.waves import own_response
from isthmus.apps.surveys.views.waves import PAGE


@requires(Permission.SURVEY_VIEW)
@require_http_methods(PAGE)
def answer(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Who asks and who will know what; then the questions, with what the person answered before."""
    person = actor(request)
    school = get_school_to_answer(person, pk, number)
    wave, instrument = school.wave, read(school.wave.instrument.text)
    before = own_response(school, person.pk)
    if request.method != "POST" or not wave.accepts:
        return _intro(request, school, instrument, before)
    do = request.POST.get("do", "start")
    if do == "start":
        who = wave.asked[0] if len(wave.asked) == 1 else request.POST.get("who", "")
        if who not in wave.asked:
            form = WhoForm(request.POST, wave, presenters.labels(wave))
            form.is_valid()
            return _intro(request, school, instrument, before, form)
        return _page(request, school, instrument, _begun(instrument, who, before))
    brought = given(request.POST, wave, instrument)
    if brought is None:
        return redirect("surveys:answer", pk, number)
    if do == "send":
        kept = respond(
            by=person,
            school=school,
            ballot=brought.ballot,
            who=brought.who,
            codes=brought.as_bytes(instrument),
            comments=brought.texts,
        )
        if kept:
            messages.success(
                request,
                f"Your answers for {school.organisation.name} are kept. You can change them until it closes.",
            )
        return redirect("surveys:answer", pk, number)
    step = -1 if do == "back" else 1 if do == "next" else 0
    page = max(0, min(brought.page + step, len(sections_for(instrument, brought.who))))
    return _page(
        request, school, instrument, Given(brought.ballot, brought.who, page, brought.codes, brought.texts)
    )


def _begun(instrument: Instrument, who: str, before: Response | None) -> Given:
    """The first page, with what the person answered before."""
    if before is None:
        return Given(intake.draw(), who, 0)
    (codes,) = from_bytes(instrument, [bytes(before.codes)])
    asked = {item.id for section in sections_for(instrument, who) for item in section.items}
    chosen = {name: code for name, code in codes.items() if name in asked and code != -1}
    texts = {key: text for key, text in before.comments.items() if key.split(":")[0] in asked}
    return Given(before.ballot, who, 0, chosen, texts)


def _intro(
    request: HttpRequest,
    school: WaveSchool,
    instrument: Instrument,
    before: Response | None,
    form: WhoForm | None = None,
) -> HttpResponse:
    wave = school.wave
    several = len(wave.asked) > 1
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "school": school,
        "before": before,
        "form": form or (WhoForm(None, wave, presenters.labels(wave)) if several and wave.accepts else None),
        "facts": presenters.intro(school, instrument),
        "promise": presenters.promise(wave),
    }
    return render(request, "surveys/attributed_intro.html", context)


def _page(request: HttpRequest, school: WaveSchool, instrument: Instrument, brought: Given) -> HttpResponse:
    sections = sections_for(instrument, brought.who)
    section = sections[brought.page] if brought.page < len(sections) else None
    context = {
        "wave": school.wave,
        "fictional": is_fictional(school.wave),
        "school": school,
        "section": section,
        "form": SectionForm(section, instrument, brought, texts=True) if section else None,
        "given": brought,
        "carried": brought.carried(section),
        "number": brought.page + 1,
        "last": len(sections),
        "how_far": presenters.how_far(len(brought.codes), sum(len(one.scored) for one in sections)),
        "promise": presenters.promise(school.wave)[0],
    }
    return render(request, "surveys/attributed_page.html", context)
