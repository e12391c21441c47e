"""Instruments: those that come with Isthmus and the areas' own, each with every question as people see it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx, download
from isthmus.apps.core.listing import listing_of
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import areas_to_keep_for, drafts_of, get_instrument, instruments_seen
from isthmus.apps.surveys.actions import keep_instrument
from isthmus.apps.surveys.adapters.choosing import Choice, choices, in_waves
from isthmus.apps.surveys.adapters.instruments import by_id, read, to_text
from isthmus.apps.surveys.forms.asking import PEOPLE
from isthmus.apps.surveys.forms.instruments import InstrumentForm
from isthmus.apps.surveys.presenters import instruments as presenters
from isthmus.apps.surveys.queries.instruments import newest, versions
from isthmus.apps.surveys.views.waves import PAGE

VIEW, RUN = Permission.SURVEY_VIEW, Permission.SURVEY_RUN
OWN = "own-"


def _fitting(request: HttpRequest) -> Sequence[Choice]:
    found = choices(newest(instruments_seen(actor(request))), waves_only=False)
    text = request.GET.get("q", "").strip()[:100].casefold()
    who = request.GET.get("who", "")
    if text:
        found = [
            one for one in found if text in f"{one.instrument.title} {one.instrument.purpose}".casefold()
        ]
    return [one for one in found if who in one.instrument.who] if who in PEOPLE else found


@requires(VIEW)
@require_GET
def instruments(request: HttpRequest) -> HttpResponse:
    """What people can be asked with."""
    page = listing_of(request, _fitting(request), sorts=presenters.ORDERS)
    context = {
        "list": page,
        "table": presenters.table(page),
        "q": request.GET.get("q", "").strip()[:100],
        "who": request.GET.get("who", ""),
        "people": [(who.value, words) for who, words in PEOPLE.items()],
        "brings": areas_to_keep_for(actor(request)).exists(),
        "drafts": drafts_of(actor(request)).count(),
        "files": page.link(),
    }
    return render(request, "surveys/instruments.html", context)


@requires(VIEW)
@require_GET
def instruments_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The same as a file."""
    rows = presenters.file_rows(_fitting(request))
    if ending == "csv":
        return as_csv("instruments", presenters.HEADER, rows)
    return as_xlsx("instruments", [("Instruments", presenters.HEADER, rows)])


def _choice(person: Actor, key: str) -> Choice:
    """An instrument that comes with Isthmus, or an area's own that the person may see; else Http404."""
    pk = row_number(key.removeprefix(OWN)) if key.startswith(OWN) else None
    if pk is not None:
        kept = get_instrument(person, pk)
        return Choice(key, read(kept.text), kept)
    try:
        return Choice(key, by_id(key))
    except KeyError:
        raise Http404 from None


@requires(VIEW)
@require_GET
def instrument(request: HttpRequest, key: str) -> HttpResponse:
    """One instrument: source, licence, and every question as those who answer see it."""
    chosen = _choice(actor(request), key)
    people = presenters.respondents(chosen.instrument)
    who = request.GET.get("who", "")
    who = who if who in dict(people) else people[0][0]
    context = {
        "choice": chosen,
        "instrument": chosen.instrument,
        "facts": presenters.facts(chosen),
        "parts": presenters.preview(chosen.instrument, who),
        "people": people,
        "who": who,
        "who_words": dict(people)[who],
        "asks": in_waves(chosen.instrument) and actor(request).may(RUN),
        "builds": areas_to_keep_for(actor(request)).exists(),
        "versions": [(f"{OWN}{row.pk}", row) for row in versions(chosen.kept) if row.pk != chosen.kept.pk]
        if chosen.kept
        else [],
    }
    return render(request, "surveys/instrument.html", context)


@requires(VIEW)
@require_GET
def instrument_file(request: HttpRequest, key: str) -> HttpResponse:
    """Its readable text, to keep or to begin another with."""
    chosen = _choice(actor(request), key)
    name = f"{chosen.instrument.id} {chosen.instrument.version}"
    text = chosen.kept.text if chosen.kept else to_text(chosen.instrument)
    return download(text, name=name, ending="yaml", content_type="application/yaml; charset=utf-8")


@requires(RUN)
@require_http_methods(PAGE)
def instrument_new(request: HttpRequest) -> HttpResponse:
    """Bring in an area's own: it is looked through first, and kept by a second button."""
    person = actor(request)
    areas = {str(area.pk): area for area in areas_to_keep_for(person)}
    named = [(key, area.name) for key, area in areas.items()]
    form = InstrumentForm(request.POST or None, request.FILES or None, areas=named) if areas else None
    found = form.instrument if form is not None and request.method == "POST" and form.is_valid() else None
    if form is not None and found is not None and request.POST.get("do") == "keep":
        kept = keep_instrument(by=person, text=form.given, owner=areas[form.cleaned_data["area"]])
        messages.success(request, f"{form.told} It is kept.")
        return redirect("surveys:instrument", f"{OWN}{kept.pk}")
    if form is not None and found is not None:
        who = found.who[0].value
        context = {
            "told": form.told,
            "area": areas[form.cleaned_data["area"]],
            "text": to_text(found),
            "parts": presenters.preview(found, who),
            "who_words": dict(presenters.respondents(found))[who],
        }
        return render(request, "surveys/instrument_check.html", context)
    return render(request, "surveys/instrument_new.html", {"form": form})
