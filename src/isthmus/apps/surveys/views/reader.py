"""For the one person who was named before the first question: who said what in a confidential wave."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from isthmus.apps.core.access import actor, signed_in
from isthmus.apps.surveys.access import get_wave_to_read
from isthmus.apps.surveys.actions.reading import read_answers
from isthmus.apps.surveys.adapters.told import said
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.reading import answers_there


@signed_in
@require_GET
def reader(request: HttpRequest, pk: int) -> HttpResponse:
    """The schools, and how many answered in each; nothing of what they said."""
    wave = get_wave_to_read(actor(request), pk)
    rows = wave.schools.select_related("organisation").order_by("organisation__name", "pk")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    there = answers_there(wave)
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "page": page,
        "rows": [(row, there.get(row.pk, 0)) for row in page],
        "number": sum(there.values()),
    }
    return render(request, "surveys/reader.html", context)


@signed_in
@require_POST
def reader_school(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Who said what at one school. To open it leaves a line in the record, so it is asked for by a button."""
    person = actor(request)
    wave = get_wave_to_read(person, pk)
    school = get_object_or_404(wave.schools.select_related("organisation"), pk=number)
    rows = read_answers(by=person, wave=wave, school=school)
    context = {
        "wave": wave,
        "school": school,
        "fictional": is_fictional(wave),
        "answers": [
            (
                row.name or (str(row.person) if row.person else "Somebody who gave no name"),
                row,
                list(said(row)),
            )
            for row in rows
        ],
    }
    return render(request, "surveys/reader_school.html", context)
