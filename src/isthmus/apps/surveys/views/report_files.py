"""The report of a wave as files: what its page shows of one group, for whoever may see it there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.documents import PDF, WORD, NoPrinter, pdf, word
from isthmus.apps.core.exports import as_csv, as_xlsx, download
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.models import Report
from isthmus.apps.surveys.presenters import report as page
from isthmus.apps.surveys.presenters import report_files as presenters
from isthmus.apps.surveys.views.report import seen

VIEW = Permission.SURVEY_VIEW


def _taken(request: HttpRequest, pk: int) -> presenters.Taken:
    """The group that the address chooses; Http404 where the page shows the person no figures of it."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    kept = get_object_or_404(Report, wave=wave)
    told = thaw(kept.content)
    found = told["report"]
    if found is None or found.withheld:
        raise Http404
    number = row_number(request.GET.get("group") or "0")
    shown = {choice.number for choice in page.choices(found, seen(person, wave, told)) if choice.shown}
    if number not in shown:
        raise Http404
    return presenters.Taken(wave, read(wave.instrument.text), found, kept.digest, number)


@requires(VIEW)
@require_GET
def report_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The figures for a spreadsheet."""
    taken = _taken(request, pk)
    name = f"{taken.title} {taken.name}"
    if ending == "csv":
        return as_csv(name, *presenters.csv_rows(taken))
    return as_xlsx(name, presenters.sheets(taken))


@requires(VIEW)
@require_GET
def report_document(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The report to read, print or change: PDF or Word, of one source."""
    taken = _taken(request, pk)
    made = presenters.document(taken)
    try:
        content, kind = (pdf(made), PDF) if ending == "pdf" else (word(made), WORD)
    except NoPrinter as error:
        messages.error(request, f"{error} Take the Word file, or print this page, instead.")
        return redirect(f"{reverse('surveys:report', args=[pk])}?group={taken.number}")
    return download(content, name=f"{taken.title} {taken.name}", ending=ending, content_type=kind)
