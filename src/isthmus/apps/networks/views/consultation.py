"""Consultations as officers run them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import listing
from isthmus.apps.core.numbers import count, row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks.access import get_area, get_consultation, get_consultation_answer
from isthmus.apps.networks.actions import consultation as actions
from isthmus.apps.networks.forms.consultation import AddressForm, AskingForm
from isthmus.apps.networks.models import (
    CONSULTATION_PURPOSE,
    Consultation,
    ConsultationAnswer,
    ConsultationState,
    WishKind,
)
from isthmus.apps.networks.presenters import consultation as presenters
from isthmus.apps.networks.queries import consultation as queries
from isthmus.apps.networks.queries.answering import levels, themes_asked
from isthmus.apps.register.models import Area

PAGE = ["GET", "HEAD", "POST"]
MANAGE = Permission.NETWORK_MANAGE


def _fitting(request: HttpRequest, area: Area) -> QuerySet[Consultation]:
    text, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    rows = queries.consultations_of(area)
    if text:
        rows = rows.filter(name__icontains=text)
    return rows.filter(state=state) if state in ConsultationState.values else rows


@requires(MANAGE)
@require_GET
def consultations(request: HttpRequest, pk: int) -> HttpResponse:
    """The consultations of an area."""
    area = get_area(actor(request), pk, MANAGE)
    page = listing(request, _fitting(request, area), sorts=presenters.SORTS)
    context = {
        "area": area,
        "fictional": area.fictional,
        "list": page,
        "table": presenters.consultations_table(page),
        "q": request.GET.get("q", "").strip()[:100],
        "state": request.GET.get("state", ""),
        "states": ConsultationState.choices,
        "files": page.link(sort=None),
    }
    return render(request, "networks/consultation_list.html", context)


@requires(MANAGE)
@require_GET
def consultations_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The consultations that were asked for, as a file."""
    area = get_area(actor(request), pk, MANAGE)
    rows = presenters.consultations_file(list(_fitting(request, area).order_by("-made_at", "-pk")))
    header = ("Consultation", "State", "Layer", "Open until", "Schools asked", "Schools answered")
    name = f"{area.name} consultations"
    if ending == "csv":
        return as_csv(name, header, rows)
    return as_xlsx(name, [("Consultations", header, rows)])


def _form_page(request: HttpRequest, area: Area, form: AskingForm, title: str, back: str) -> HttpResponse:
    context = {
        "title": title,
        "area": area,
        "fictional": area.fictional,
        "form": form,
        "back": back,
        "button": "Save",
    }
    return render(request, "networks/form.html", context)


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a consultation down; nobody is told yet."""
    area = get_area(actor(request), pk, MANAGE)
    form = AskingForm(request.POST or None, area=area, consultation=None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"] or form.fields["token"].initial or form.initial["token"]
        kept = actions.start_consultation(
            by=actor(request), area=area, asking=form.asking(), schools=form.schools, token=token
        )
        return redirect("networks:consultation", kept.pk)
    back = reverse("networks:consultations", args=[pk])
    return _form_page(request, area, form, f"Ask the schools of {area.name}", back)


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is said of it; its schools only before it is opened."""
    kept = get_consultation(actor(request), pk)
    form = AskingForm(request.POST or None, area=kept.area, consultation=kept)
    if request.method == "POST" and form.is_valid():
        schools = form.schools if "phases" in form.fields else None
        actions.change_consultation(
            by=actor(request), consultation=kept, asking=form.asking(), schools=schools
        )
        messages.success(request, "The consultation was changed.")
        return redirect("networks:consultation", pk)
    back = reverse("networks:consultation", args=[pk])
    return _form_page(request, kept.area, form, "Change the consultation", back)


@requires(MANAGE)
@require_GET
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """A consultation: how it stands, who answered, which wishes are mutual."""
    kept = get_consultation(actor(request), pk)
    text, only = request.GET.get("q", "").strip()[:100], request.GET.get("only", "")
    everything = list(queries.answers_of(kept).defer("organisation__measures", "organisation__provenance"))
    found = queries.brought(kept)
    page = listing(request, _only(queries.answers_of(kept), text, only), sorts=presenters.ANSWER_SORTS)
    context = {
        "consultation": kept,
        "area": kept.area,
        "fictional": kept.area.fictional,
        "draft": kept.state == ConsultationState.DRAFT,
        "closed": kept.state == ConsultationState.CLOSED,
        "facts": presenters.facts(kept, everything, found),
        "list": page,
        "table": presenters.answers_table(page, kept, found),
        "mutual": presenters.mutual(found),
        "q": text,
        "only": only,
        "filters": presenters.FILTERS,
    }
    return render(request, "networks/consultation_page.html", context)


def _only(rows: QuerySet[ConsultationAnswer], text: str, only: str) -> QuerySet[ConsultationAnswer]:
    if text:
        rows = rows.filter(Q(organisation__name__icontains=text) | Q(organisation__urn=text))
    if only == "answered":
        return rows.filter(answered_at__isnull=False)
    if only == "silent":
        return rows.filter(answered_at=None)
    if only == "unknown":
        return rows.filter(email="", answered_at=None)
    if only == "nominates":
        return rows.filter(answered_at__isnull=False).exclude(nominee_name="")
    return rows


@requires(MANAGE)
@require_GET
def consultation_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Every answer, as a file for the officers."""
    kept = get_consultation(actor(request), pk)
    rows = presenters.answers_file(
        list(queries.answers_of(kept)), queries.brought(kept), queries.rather_not(kept)
    )
    name = f"{kept.area.name} {kept.name} answers"
    if ending == "csv":
        return as_csv(name, presenters.HEADER, rows)
    return as_xlsx(name, [("Answers", presenters.HEADER, rows)])


def _step(request: HttpRequest, kept: Consultation, **words: Any) -> HttpResponse:
    """The page that asks before something is done; it has a button only where it can be done (`possible`)."""
    return render(
        request,
        "networks/consultation_step.html",
        {"consultation": kept, "area": kept.area, "fictional": kept.area.fictional, **words},
    )


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open it: the page says how many heads get mail, the button sends it."""
    kept = get_consultation(actor(request), pk)
    if request.method == "POST":
        if actions.open_consultation(by=actor(request), consultation=kept):
            messages.success(request, "The consultation is open.")
        return redirect("networks:consultation", pk)
    asked = list(kept.answers.values_list("organisation", flat=True))
    known = len(queries.heads_of(asked))
    text = (
        f"{count(known, 'head')} of {count(len(asked), 'school')} can be written to, and get mail now. For each of the "
        f"others ({len(asked) - known}) you find a link to hand over on its page. What schools see of what others said "
        "cannot be changed afterwards."
    )
    if kept.state == ConsultationState.CLOSED:
        text = "Schools can answer and change their answer again, with the links that they have. No mail is sent."
    possible = kept.state != ConsultationState.OPEN and not kept.past_last_day
    if kept.past_last_day:
        text = "Its last day is over. Change the last day first."
    title = "Open the consultation" + (" again" if kept.state == ConsultationState.CLOSED else "")
    return _step(request, kept, title=title, text=text, possible=possible, button=title)


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind those who were written to and have not answered."""
    kept = get_consultation(actor(request), pk)
    if request.method == "POST":
        seen = row_number(request.POST.get("seen") or "") or 0
        number = actions.remind(by=actor(request), consultation=kept, seen=seen)
        if number is not None:
            messages.success(request, f"{count(number, 'reminder')} on the way.")
        return redirect("networks:consultation", pk)
    silent = kept.answers.filter(answered_at=None)
    known = silent.exclude(email="").count()
    text = f"{count(known, 'school')} of {silent.count()} without an answer can be written to. They get one mail each."
    if not kept.accepts:
        text = "It takes no answers now, so nobody is reminded."
    possible = kept.accepts and known > 0
    return _step(
        request,
        kept,
        title="Remind",
        text=text,
        possible=possible,
        button="Send reminders",
        seen=kept.reminders,
    )


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more answers."""
    kept = get_consultation(actor(request), pk)
    if request.method == "POST":
        if actions.close_consultation(by=actor(request), consultation=kept):
            messages.success(request, "The consultation is closed.")
        return redirect("networks:consultation", pk)
    possible = kept.state == ConsultationState.OPEN
    text = "Schools can see what they said, and change nothing more. You can open it again."
    if not possible:
        text = "It is not open."
    return _step(
        request, kept, title="Close the consultation", text=text, possible=possible, button="Close it"
    )


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one that nobody was told of."""
    kept = get_consultation(actor(request), pk)
    if request.method == "POST":
        if actions.remove_consultation(by=actor(request), consultation=kept):
            return redirect("networks:consultations", kept.area_id)
        return redirect("networks:consultation", pk)
    possible = kept.state == ConsultationState.DRAFT
    text = (
        "Nobody has been told of it."
        if possible
        else "Schools were told of it, so it is kept. You can close it."
    )
    return _step(
        request, kept, title="Remove the consultation", text=text, possible=possible, button="Remove it"
    )


@requires(MANAGE)
@require_http_methods(PAGE)
def consultation_school(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one school said, its link to hand over, and to whom it is sent."""
    answer = get_consultation_answer(actor(request), pk, number)
    sends = request.POST.get("do") == "send"
    form = AddressForm(request.POST if sends else None)
    if request.method == "POST" and (not sends or form.is_valid()):
        given = {name: form.cleaned_data[name] for name in ("name", "email")} if sends else {}
        seen = row_number(request.POST.get("round") or "") or 0
        if actions.give_link(by=actor(request), answer=answer, seen_round=seen, **given):
            where = f"is on its way to {given['name']}" if sends else "is below"
            messages.success(request, f"A new link {where}. The old one works no more.")
        return redirect("networks:consultation_school", pk, number)
    kept = answer.consultation
    token = derived(CONSULTATION_PURPOSE, answer.reference)
    link = request.build_absolute_uri(reverse("networks:consultation_link", args=[token]))
    not_now = queries.wished(answer, WishKind.NOT_NOW)
    context = {
        "answer": answer,
        "consultation": kept,
        "fictional": kept.area.fictional,
        "facts": presenters.answer_facts(
            answer, queries.brought(kept), not_now, themes_asked(answer), levels(answer)
        ),
        "link": link if kept.accepts and answer.round else "",
        "form": form,
    }
    return render(request, "networks/consultation_school.html", context)
