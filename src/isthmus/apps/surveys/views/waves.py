"""The waves that one sees, and asking people: for whom, with what, then the rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core import directory
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import listing, ordered
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import Scope
from isthmus.apps.register.models import SCHOOL_KINDS
from isthmus.apps.surveys.access import get_scope, get_wave, scopes_where, waves_seen
from isthmus.apps.surveys.actions import change_wave, keep_instrument, start_wave
from isthmus.apps.surveys.adapters.choosing import Choice, choices
from isthmus.apps.surveys.adapters.instruments import read, to_text
from isthmus.apps.surveys.forms.asking import AskForm, ChooseForm
from isthmus.apps.surveys.models import Wave, WaveKind, WaveState, Who
from isthmus.apps.surveys.presenters import waves as presenters
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.instruments import own_instruments
from isthmus.apps.surveys.queries.waves import earlier_waves, with_counts
from isthmus.apps.surveys.schools import schools_of

PAGE = ["GET", "HEAD", "POST"]
VIEW, RUN = Permission.SURVEY_VIEW, Permission.SURVEY_RUN


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What the list is narrowed down to."""
    given = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "state", "kind")}
    given["state"] = given["state"] if given["state"] in WaveState.values else ""
    given["kind"] = given["kind"] if given["kind"] in WaveKind.values else ""
    return given


def _fitting(request: HttpRequest) -> QuerySet[Wave]:
    given = _asked_for(request)
    rows = with_counts(waves_seen(actor(request)))
    rows = rows.filter(name__icontains=given["q"]) if given["q"] else rows
    return rows.filter(**{name: given[name] for name in ("state", "kind") if given[name]})


@requires(VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The waves that one sees."""
    page = listing(request, _fitting(request), sorts=presenters.SORTS)
    context = {
        **_asked_for(request),
        "list": page,
        "table": presenters.waves_table(page),
        "states": WaveState.choices,
        "kinds": list(presenters.KINDS.items()),
        "asks": bool(scopes_where(actor(request), RUN)),
        "files": page.link(),
    }
    return render(request, "surveys/home.html", context)


@requires(VIEW)
@require_GET
def home_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The same waves as a file."""
    rows = presenters.waves_file(list(ordered(request, _fitting(request), sorts=presenters.SORTS)))
    if ending == "csv":
        return as_csv("questionnaires", presenters.HEADER, rows)
    return as_xlsx("questionnaires", [("Questionnaires", presenters.HEADER, rows)])


@requires(RUN)
@require_http_methods(PAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Write a wave down: for whom, with which instrument, then what is said of it. Nobody can answer yet."""
    scopes = scopes_where(actor(request), RUN)
    scope = _scope(request, scopes)
    if scope is None:
        return _choose(
            request, "scope", presenters.scopes_in_words(scopes), "For whom do you ask?", {}, SCOPE_HINT
        )
    found = choices(own_instruments(scope))
    chosen = next((one for one in found if one.key == request.GET.get("instrument")), None)
    if chosen is None:
        words = [(one.key, f"{one.instrument.title}: {one.instrument.purpose}") for one in found]
        title = "What do you want to ask?"
        return _choose(request, "instrument", words, title, {"scope": str(scope)}, INSTRUMENT_HINT)
    return _new(request, scope, chosen)


SCOPE_HINT = "The schools of an area, of a network, or your own school or trust."
INSTRUMENT_HINT = "Each can be looked at whole, question by question, under ‘Instruments’."


def _scope(request: HttpRequest, scopes: list[Scope]) -> Scope | None:
    """The scope in the address, or the only one there is; None where it is still to be chosen. Raises Http404 for
    somebody else's."""
    if len(scopes) == 1 and "scope" not in request.GET:
        return scopes[0]
    kind, _colon, number = request.GET.get("scope", "").partition(":")
    pk = row_number(number)
    return get_scope(actor(request), kind, pk) if pk is not None else None


def _choose(
    request: HttpRequest,
    name: str,
    found: list[tuple[str, str]],
    title: str,
    carried: dict[str, str],
    hint: str,
) -> HttpResponse:
    form = ChooseForm(
        request.GET if name in request.GET or "go" in request.GET else None,
        name=name,
        label=title,
        choices=found,
        hint=hint,
    )
    context = {
        "title": title,
        "form": form,
        "field": form[name],
        "carried": carried.items(),
        "any": bool(found),
    }
    return render(request, "surveys/wave_choose.html", context)


def _new(request: HttpRequest, scope: Scope, chosen: Choice) -> HttpResponse:
    person, instrument = actor(request), chosen.instrument
    every = schools_of(scope)
    key = chosen.kept.key if chosen.kept else instrument.id
    name = directory.name(scope)
    form = AskForm(
        request.POST or None,
        scope=scope,
        instrument=instrument,
        earlier=earlier_waves(scope, key),
        organisations=[one.pk for one in every],
        asks=name,
    )
    if request.method == "POST" and form.is_valid():
        asking = form.asking()
        schools = (
            every
            if Who.PARTNERS in asking.asked
            else [one for one in every if one.kind in SCHOOL_KINDS] or every
        )
        kept = chosen.kept or keep_instrument(by=person, text=to_text(instrument))
        wave = start_wave(
            by=person, scope=scope, instrument=kept, asking=asking, schools=schools, token=form.given_token
        )
        return redirect("surveys:wave", wave.pk)
    back = f"{reverse('surveys:new')}?{urlencode({'scope': str(scope)})}"
    context = {
        "form": form,
        "title": f"Ask people in {name}",
        "instrument": instrument,
        "schools": len(every),
        "button": "Save, and look at whom it asks",
        "back": back,
        "to": request.get_full_path(),
    }
    return render(request, "surveys/wave_form.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is said of a wave that is not open yet."""
    wave = get_wave(actor(request), pk)
    if wave.state != WaveState.DRAFT:
        text = "It was opened, so what people were promised stays. While it is open you can give people more days."
        return step(request, wave, title="Change the questionnaire", text=[text], possible=False)
    instrument = read(wave.instrument.text)
    form = AskForm(
        request.POST or None,
        scope=wave.scope,
        instrument=instrument,
        earlier=earlier_waves(wave.scope, wave.instrument.key, but=wave),
        organisations=list(wave.schools.values_list("organisation", flat=True)),
        wave=wave,
    )
    if request.method == "POST" and form.is_valid():
        change_wave(by=actor(request), wave=wave, asking=form.asking())
        messages.success(request, "The questionnaire was changed.")
        return redirect("surveys:wave", pk)
    context = {
        "form": form,
        "title": "Change the questionnaire",
        "instrument": instrument,
        "button": "Save",
        "back": reverse("surveys:wave", args=[pk]),
        "to": request.path,
        "fictional": is_fictional(wave),
    }
    return render(request, "surveys/wave_form.html", context)


def step(request: HttpRequest, wave: Wave, **words: Any) -> HttpResponse:
    """The page that asks before something is done; it has a button only where it can be done (`possible`)."""
    return render(request, "surveys/wave_step.html", {"wave": wave, "fictional": is_fictional(wave), **words})
