"""The questionnaire on paper: forms to print, and typing them in, twice, with the keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.documents import PDF, NoPrinter, pdf
from isthmus.apps.core.exports import download
from isthmus.apps.core.listing import listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys import papering
from isthmus.apps.surveys.access import get_school_of, get_wave_on_paper, schools_on_paper
from isthmus.apps.surveys.actions.papers import begin_typing, end_typing, takes_paper
from isthmus.apps.surveys.adapters.instruments import from_bytes, read
from isthmus.apps.surveys.forms.papers import SheetForm
from isthmus.apps.surveys.models import PaperBatch, PaperSheet, WaveKind, WaveSchool, Who
from isthmus.apps.surveys.presenters import papers as presenters
from isthmus.apps.surveys.views.wave import searched
from isthmus.apps.surveys.views.waves import PAGE

RUN = Permission.SURVEY_RUN
ON_PAPER = (WaveKind.ANONYMOUS,)


@requires(RUN)
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The forms of each school."""
    person = actor(request)
    wave = get_wave_on_paper(person, pk)
    text = request.GET.get("q", "").strip()[:100]
    page = listing(request, searched(schools_on_paper(person, wave), text), sorts=presenters.SORTS)
    context = {
        "wave": wave,
        "list": page,
        "q": text,
        "types": takes_paper(wave),
        "table": presenters.schools_table(page, wave, types=takes_paper(wave)),
    }
    return render(request, "surveys/paper.html", context)


def _school(person: Actor, pk: int, number: int, who: str) -> WaveSchool:
    school = get_school_of(person, pk, number, ON_PAPER)
    if who not in school.wave.asked:
        raise Http404
    return school


@requires(RUN)
@require_GET
def paper_form(request: HttpRequest, pk: int, number: int, who: str) -> HttpResponse:
    """A form to print from the browser."""
    school = _school(actor(request), pk, number, who)
    document = presenters.document(school, who, read(school.wave.instrument.text))
    context = {"wave": school.wave, "school": school, "who": who, "document": document}
    return render(request, "surveys/paper_form.html", context)


@requires(RUN)
@require_GET
def paper_pdf(request: HttpRequest, pk: int, number: int, who: str) -> HttpResponse:
    """The same as a PDF."""
    school = _school(actor(request), pk, number, who)
    document = presenters.document(school, who, read(school.wave.instrument.text))
    try:
        content = pdf(document)
    except NoPrinter as error:
        messages.error(request, f"{error} Print the page instead.")
        return redirect("surveys:paper_form", pk, number, who)
    name = f"{school.wave.name} {school.organisation.name} {who}"
    return download(content, name=name, ending="pdf", content_type=PDF)


@dataclass(frozen=True)
class _Typing:
    """What is being typed, and the number of the form that is next."""

    school: WaveSchool
    who: str
    batch: PaperBatch | None
    sheets: list[PaperSheet]

    @property
    def next(self) -> int | None:
        """The form to type now; None where all were typed twice."""
        if self.batch is None or not self.batch.again:
            return max((one.number for one in self.sheets), default=0) + 1
        return min((one.number for one in self.sheets if not one.checked), default=None)

    def sheet(self, number: int | None) -> PaperSheet | None:
        """The form of this number as it was typed the first time, while it is typed again."""
        if self.batch is None or not self.batch.again:
            return None
        return next((one for one in self.sheets if one.number == number and not one.checked), None)


def _typing(school: WaveSchool, who: str) -> _Typing:
    batch = papering.batch_of(school, who)
    return _Typing(school, who, batch, list(batch.sheets.order_by("number")) if batch else [])


@requires(RUN)
@require_http_methods(PAGE)
def paper_entry(request: HttpRequest, pk: int, number: int, who: str) -> HttpResponse:
    """Type forms one after another, then all again; what differs is settled; then they count."""
    school = _school(actor(request), pk, number, who)
    typing = _typing(school, who)
    form = None
    if request.method == "POST":
        form = _do(request, typing) if takes_paper(school.wave) else None
        if form is None:
            return redirect("surveys:paper_entry", pk, number, who)
    return _entry(request, typing, form)


def _form(request: HttpRequest, typing: _Typing, number: int | None, *, bound: bool) -> SheetForm:
    return SheetForm(
        request.POST if bound else None,
        instrument=read(typing.school.wave.instrument.text),
        who=typing.who,
        texts=typing.school.wave.comments,
        first=typing.sheet(number),
    )


def _entry(request: HttpRequest, typing: _Typing, form: SheetForm | None) -> HttpResponse:
    again = bool(typing.batch and typing.batch.again)
    takes, number = takes_paper(typing.school.wave), typing.next
    shown = form or (_form(request, typing, number, bound=False) if number is not None else None)
    context = {
        "wave": typing.school.wave,
        "school": typing.school,
        "who": typing.who,
        "role": str(Who(typing.who).label),
        "title": _title(takes, again, number),
        "takes": takes,
        "again": again,
        "number": number,
        "form": shown,
        "settles": bool(form and form.is_bound and form.errors and again),
        "typed": len(typing.sheets),
        "checked": sum(one.checked for one in typing.sheets),
    }
    return render(request, "surveys/paper_entry.html", context)


def _title(takes: bool, again: bool, number: int | None) -> str:
    if not takes:
        return "Forms cannot be typed now"
    if number is None:
        return "All forms were typed twice"
    return f"Form {number}, for the second time" if again else f"Form {number}"


def _do(request: HttpRequest, typing: _Typing) -> SheetForm | None:
    """What a button says; a form where something on it must be put right."""
    do, batch = request.POST.get("do", ""), typing.batch
    given = request.POST.get("number", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    if do == "keep":
        return _keep(request, typing, number)
    if batch is None:
        return None
    if do == "check":
        return _check(request, typing, number)
    if do == "again":
        papering.type_again(batch)
    elif do == "drop":
        papering.drop_sheet(batch, number)
    elif do == "throw":
        end_typing(by=actor(request), batch=batch)
        messages.success(request, "What was typed was thrown away. None of it counts.")
    elif do == "hand-in" and papering.hand_in(batch, by=actor(request)):
        messages.success(
            request, "The forms count. What was typed is no longer kept here: destroy the sheets."
        )
    return None


def _keep(request: HttpRequest, typing: _Typing, number: int) -> SheetForm | None:
    form = _form(request, typing, number, bound=True)
    if not form.is_valid():
        return form
    batch = begin_typing(by=actor(request), school=typing.school, who=typing.who)
    if batch is None or papering.keep_sheet(batch, number, form.codes(), form.comments()):
        return None
    form.add_error(
        None,
        f"Form {number} was typed by somebody else meanwhile, or the forms are being typed again. Look at which number "
        "is next, and type this form again",
    )
    return form


def _check(request: HttpRequest, typing: _Typing, number: int) -> SheetForm | None:
    sheet = typing.sheet(number)
    if sheet is None or typing.batch is None:
        return None
    form = _form(request, typing, number, bound=True)
    if not form.is_valid():
        return form
    codes, comments = form.codes(), form.comments()
    (before,) = from_bytes(form.instrument, [bytes(sheet.codes)])
    if request.POST.get("settled") != str(number) and form.differs(before):
        return form
    papering.settle_sheet(typing.batch, number, codes, comments)
    return None
