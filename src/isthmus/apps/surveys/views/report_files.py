"""The report of a wave as files: what its page shows of one group, for whoever may see it there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.components import Table
from isthmus.apps.core.documents import PDF, WORD, Document, NoPrinter, pdf, word
from isthmus.apps.core.exports import as_csv, as_xlsx, download
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.slides import SLIDES, slides
from isthmus.apps.surveys.access import get_seen_wave
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.models import Report, Wave
from isthmus.apps.surveys.presenters import report as page
from isthmus.apps.surveys.presenters import report_files as presenters
from isthmus.apps.surveys.presenters.report_slides import deck
from isthmus.apps.surveys.presenters.report_taken import Taken
from isthmus.apps.surveys.views.report import named_table, seen, taken

VIEW = Permission.SURVEY_VIEW


def _named(request: HttpRequest, pk: int) -> tuple[Wave, Report, Table] | None:
    """Answers that carry a school's name, where the report is of such; as its page shows them to this person."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    kept = get_object_or_404(Report, wave=wave)
    told = thaw(kept.content)
    return (wave, kept, named_table(person, wave, told)) if told["open"] else None


def _taken(request: HttpRequest, pk: int) -> Taken:
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
    return taken(person, wave, kept, told, number)


@requires(VIEW)
@require_GET
def report_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The figures for a spreadsheet."""
    named = _named(request, pk)
    if named is not None:
        wave, _kept, table = named
        name, rows = f"Report of {wave.name}", presenters.table_rows(table)
        return as_csv(name, *rows) if ending == "csv" else as_xlsx(name, [("Answers", *rows)])
    found = _taken(request, pk)
    name = f"{found.title} {found.name}"
    if ending == "csv":
        return as_csv(name, *presenters.csv_rows(found))
    return as_xlsx(name, presenters.sheets(found))


@requires(VIEW)
@require_GET
def report_document(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The report to read, print, change or show: PDF, Word or slides, of one source."""
    named = _named(request, pk)
    if named is not None:
        wave, kept, table = named
        if ending == "pptx":  # answers of single schools are no matter for a screen
            raise Http404
        read_as = read(wave.instrument.text).reading
        made = presenters.named_document(wave, table, read_as, kept.digest)
        return _printed(request, made, f"Report of {wave.name}", ending, reverse("surveys:report", args=[pk]))
    found = _taken(request, pk)
    if ending == "pptx":
        return download(
            slides(deck(found)), name=f"{found.title} {found.name}", ending=ending, content_type=SLIDES
        )
    back = f"{reverse('surveys:report', args=[pk])}?group={found.number}"
    return _printed(request, presenters.document(found), f"{found.title} {found.name}", ending, back)


def _printed(request: HttpRequest, made: Document, name: str, ending: str, back: str) -> HttpResponse:
    """PDF or Word; where this machine cannot print, back to the page, which says so."""
    try:
        content, kind = (pdf(made), PDF) if ending == "pdf" else (word(made), WORD)
    except NoPrinter as error:
        messages.error(request, f"{error} Take the Word file, or print this page, instead.")
        return redirect(back)
    return download(content, name=name, ending=ending, content_type=kind)
