"""Answering: a code leads to what is asked and what is promised, then a section a page, then one button.

Nothing is kept before that button. Earlier pages travel along in the form, so that it works without scripts, cookies
and sessions; with scripts the browser keeps a draft on the person's own device.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isthmus.apps.core.access import public
from isthmus.apps.core.tokens import hashed
from isthmus.apps.surveys import intake
from isthmus.apps.surveys.actions.responses import respond
from isthmus.apps.surveys.adapters.instruments import Instrument, read, sections_for
from isthmus.apps.surveys.forms.answering import (
    CodeForm,
    Given,
    SectionForm,
    WhoForm,
    ballot_of,
    given,
    name_of,
)
from isthmus.apps.surveys.models import Invited, WaveKind, WaveSchool
from isthmus.apps.surveys.presenters import answering as presenters
from isthmus.apps.surveys.queries import opened_school, school_by_code
from isthmus.apps.surveys.queries.meetings import meeting_by_code, meeting_of
from isthmus.apps.surveys.queries.rosters import links_sent
from isthmus.apps.surveys.views.presence import choose_school, join

log = structlog.get_logger("isthmus.surveys")
RETRY_SECONDS = 60
# Who may be forged here is nobody: there is no session behind these pages, and whoever holds the code may answer.
unforgeable = csrf_exempt


def _school(code: str) -> WaveSchool:
    school = school_by_code(code)
    if school is None or not school.wave.opened_at:
        raise Http404
    return school


@public
@never_cache
@unforgeable
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Type the code of a poster."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        school = school_by_code(form.cleaned_data["code"])
        if school is not None and school.wave.opened_at:
            return redirect("surveys:intro", school.code)
        if meeting := meeting_by_code(form.cleaned_data["code"]):
            return redirect("surveys:intro", meeting.code)
        form.add_error(
            "code",
            "There is no questionnaire with this code. Look at it again, or ask whoever gave it to you",
        )
    return render(request, "surveys/answer_code.html", {"form": form})


@public
@never_cache
@require_GET
def intro(request: HttpRequest, code: str) -> HttpResponse:
    """Who asks, why, who will see what, how long it takes; by the code of a meeting, from which school one is."""
    if meeting := meeting_by_code(code):
        return choose_school(request, meeting)
    return _intro(request, _school(code))


@public
@never_cache
@require_GET
def link_intro(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The same for whoever has a link of their own. It does not tell whether the link was used."""
    school = _school(code)
    return _intro(request, school, link=_linked(school, token))


def _linked(school: WaveSchool, token: str) -> Invited | None:
    """Whose link it is; nobody's once the questionnaire is closed. Raises Http404 where it is no link."""
    found = Invited.objects.filter(mark=hashed(token), school=school).first()
    if found is None and school.wave.accepts:
        raise Http404
    return found


LAST = "questions/"


def _outside(request: HttpRequest) -> str:
    """The address of the first page, by the code or by the link that somebody came with."""
    return request.path.removesuffix(LAST)


def _intro(
    request: HttpRequest, school: WaveSchool, form: WhoForm | None = None, link: Invited | None = None
) -> HttpResponse:
    wave = school.wave
    instrument = read(wave.instrument.text)
    who = link.who if link else "" if len(wave.asked) > 1 else wave.asked[0]
    context = {
        "wave": wave,
        "school": school,
        "fictional": school.organisation.fictional,
        "form": form or WhoForm(None, wave, presenters.labels(wave), who=who),
        "who": who,
        "action": f"{_outside(request)}{LAST}",
        "link": link,
        "by_link": link is None and links_sent(school),
        "ballot": intake.draw() if wave.kind == WaveKind.IN_ROOM else None,
        "facts": presenters.intro(school, instrument),
        "promise": presenters.promise(wave),
        "in_short": presenters.in_short(wave),
        "purpose": instrument.purpose,
    }
    return render(request, "surveys/answer_intro.html", context)


@public
@never_cache
@unforgeable
@require_POST
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """One section after the other; the last page's button sends the whole.

    Where the database cannot be read or written (a full disk, a server that is away) everything stays in the form.
    """
    return _asked(request, code, "")


@public
@never_cache
@unforgeable
@require_POST
def link_questions(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The same for whoever has a link of their own."""
    return _asked(request, code, token)


def _asked(request: HttpRequest, code: str, token: str) -> HttpResponse:
    try:
        return _questions(request, code, token)
    except (OperationalError, InterfaceError) as error:
        log.error("answers not taken", reason=str(error).partition("\n")[0])
        fields = [(name, value) for name, value in request.POST.items() if name != "do"]
        page = render(
            request,
            "surveys/answer_not_kept.html",
            {"code": code, "action": request.path, "fields": fields, "do": request.POST.get("do", "start")},
            status=503,
        )
        page.headers["Retry-After"] = str(RETRY_SECONDS)
        return page


def _questions(request: HttpRequest, code: str, token: str) -> HttpResponse:
    do = request.POST.get("do", "start")
    if do == "send":
        return _send(request, code, token)
    school = _school(code)
    wave = school.wave
    if not wave.accepts or wave.kind == WaveKind.ATTRIBUTED:
        return redirect(_outside(request))
    instrument = read(wave.instrument.text)
    if do == "start":
        link = _linked(school, token) if token else None
        if link is None and links_sent(school):
            return redirect(_outside(request))
        who = link.who if link else wave.asked[0] if len(wave.asked) == 1 else request.POST.get("who", "")
        form = WhoForm(request.POST, wave, presenters.labels(wave), who=link.who if link else "")
        if who not in wave.asked or not form.is_valid():
            return _intro(request, school, form, link)
        ballot = (wave.kind == WaveKind.IN_ROOM and ballot_of(request.POST)) or intake.draw()
        join(wave, ballot)
        return _page(request, school, instrument, Given(ballot, who, 0, name=name_of(request.POST, wave)))
    brought = given(request.POST, wave, instrument)
    if brought is None:
        return redirect(_outside(request))
    step = -1 if do == "back" else 1 if do == "next" else 0
    page = max(0, min(brought.page + step, len(sections_for(instrument, brought.who))))
    return _page(request, school, instrument, replace(brought, page=page))


def _page(request: HttpRequest, school: WaveSchool, instrument: Instrument, brought: Given) -> HttpResponse:
    wave = school.wave
    sections = sections_for(instrument, brought.who)
    section = sections[brought.page] if brought.page < len(sections) else None
    texts = wave.comments or not wave.anonymous
    asked = sum(len(one.scored) for one in sections)
    context = {
        "wave": wave,
        "school": school,
        "fictional": school.organisation.fictional,
        "section": section,
        "form": SectionForm(section, instrument, brought, texts=texts) if section else None,
        "given": brought,
        "action": request.path,
        "carried": brought.carried(section),
        "number": brought.page + 1,
        "last": len(sections),
        "how_far": presenters.how_far(len(brought.codes), asked),
        "promise": presenters.promise(wave)[0],
    }
    return render(request, "surveys/answer_page.html", context)


def _send(request: HttpRequest, code: str, token: str) -> HttpResponse:
    school = opened_school(code)
    if school is None:
        raise Http404
    wave = school.wave
    instrument = read(wave.instrument.text)
    brought = given(request.POST, wave, instrument)
    if brought is None or wave.kind == WaveKind.ATTRIBUTED:
        return redirect(_outside(request))
    said: dict[str, Any] = {"codes": brought.as_bytes(instrument), "comments": brought.texts}
    given_: dict[str, Any] = {"school": school, "ballot": brought.ballot, "who": brought.who, **said}
    mark = hashed(token) if token else ""
    if not wave.anonymous:
        kept = respond(by=None, name=brought.name, mark=mark, **given_)
        if mark and not kept and _school(code).wave.accepts:
            return _used(request, school)
        return redirect("surveys:thanks", school.code) if kept else redirect(_outside(request))
    taken = intake.take_by_link(mark=mark, **given_) if mark else intake.take(**given_)
    if taken == intake.Taken.USED:
        return _used(request, school)
    return (
        redirect("surveys:thanks", school.code) if taken == intake.Taken.KEPT else redirect(_outside(request))
    )


def _used(request: HttpRequest, school: WaveSchool) -> HttpResponse:
    context = {"wave": school.wave, "school": school, "fictional": school.organisation.fictional}
    return render(request, "surveys/answer_used.html", context)


@public
@never_cache
@require_GET
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """The answers are kept; when results come."""
    school = _school(code)
    return render(
        request,
        "surveys/answer_thanks.html",
        {
            "wave": school.wave,
            "school": school,
            "fictional": school.organisation.fictional,
            "meeting": meeting_of(school.wave),
        },
    )
