"""Links, codes and posters to hand out, one for each school."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave, schools_handed
from isthmus.apps.surveys.models import Wave, WaveKind, WaveState
from isthmus.apps.surveys.presenters import posters as presenters
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.views.wave import searched

VIEW = Permission.SURVEY_VIEW


def _wave(request: HttpRequest, pk: int) -> Wave:
    """A wave that people answer by links, and of which there are some for the person to hand out; else Http404."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    if wave.kind == WaveKind.ATTRIBUTED or not schools_handed(person, wave).exists():
        raise Http404
    return wave


@requires(VIEW)
@require_GET
def posters(request: HttpRequest, pk: int) -> HttpResponse:
    """A poster a school: printed, one to a page."""
    wave = _wave(request, pk)
    text = request.GET.get("q", "").strip()[:100]
    page = listing(request, searched(schools_handed(actor(request), wave), text), sorts=presenters.SORTS)
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "list": page,
        "posters": [presenters.poster(request, wave, row) for row in page.page],
        "draft": wave.state == WaveState.DRAFT,
        "over": wave.state != WaveState.DRAFT and not wave.accepts,
        "q": text,
    }
    return render(request, "surveys/wave_posters.html", context)


@requires(VIEW)
@require_GET
def links_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Every link and code, as a file."""
    wave = _wave(request, pk)
    found = schools_handed(actor(request), wave).order_by("organisation__sort_name", "pk")
    rows = presenters.links_file(request, found)
    name = f"{wave.name} links"
    if ending == "csv":
        return as_csv(name, presenters.HEADER, rows)
    return as_xlsx(name, [("Links", presenters.HEADER, rows)])
