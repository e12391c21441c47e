"""Whom a wave asks, in which groups, and what follows from that; then opening it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.access import get_wave
from isthmus.apps.surveys.actions import open_wave, set_schools
from isthmus.apps.surveys.actions.waves import Grouped
from isthmus.apps.surveys.adapters.disclosing import outlook
from isthmus.apps.surveys.forms.schools import TYPED, GroupingForm, PasteForm, ShareForm, TypedForm, row_text
from isthmus.apps.surveys.models import Wave, WaveSchool, WaveState
from isthmus.apps.surveys.presenters import outlook as looking
from isthmus.apps.surveys.presenters.answering import promise
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.schools import groupings_of, schools_of
from isthmus.apps.surveys.views.waves import PAGE, step

RUN = Permission.SURVEY_RUN
USUAL_SHARE = 50
Chosen = tuple[list[Organisation], dict[int, Grouped]]


def _rows(wave: Wave) -> list[WaveSchool]:
    rows = wave.schools.select_related("organisation")
    return list(rows.order_by("organisation__sort_name", "organisation__name", "pk"))


def _kept(rows: list[WaveSchool], groups: dict[int, str] | None = None) -> Chosen:
    """Who is asked already; with `groups`, in those instead of their own."""
    grouped = {
        row.organisation_id: Grouped(
            group=row.group if groups is None else groups.get(row.organisation_id, "")[:120],
            expected=row.expected,
        )
        for row in rows
    }
    return [row.organisation for row in rows], grouped


@requires(RUN)
@require_http_methods(PAGE)
def schools(request: HttpRequest, pk: int) -> HttpResponse:
    """Which schools are asked, the group each is counted in, and how many people there are."""
    wave = get_wave(actor(request), pk)
    if wave.state != WaveState.DRAFT:
        text = "It was opened, so the schools, their groups and their codes stay as they are."
        return step(request, wave, title="Whom it asks", text=[text], possible=False)
    rows, offered = _rows(wave), schools_of(wave.scope)
    groupings = groupings_of(wave.scope, [one.pk for one in offered])
    do = request.POST.get("do", "")
    asked = {row.organisation_id: row for row in rows}
    # What is asked already stays on offer, though it may have closed or left meanwhile.
    offered = sorted(
        {one.pk: one for one in [*offered, *(row.organisation for row in rows)]}.values(),
        key=lambda one: (one.name, one.pk),
    )
    paste = PasteForm(
        request.POST if do == "paste" else None, offered=offered, text="\n".join(map(row_text, rows))
    )
    typed = (
        TypedForm(request.POST if do == "type" else None, offered=offered, asked=asked)
        if len(offered) <= TYPED
        else None
    )
    group = GroupingForm(request.POST if do == "group" else None, names=[name for name, _of in groupings])
    chosen = _chosen(do, paste, typed, group, rows, groupings)
    if chosen is not None:
        set_schools(by=actor(request), wave=wave, schools=chosen[0], grouped=chosen[1])
        messages.success(request, f"It asks {count(len(chosen[0]), 'school')}.")
        return redirect("surveys:schools" if do == "group" else "surveys:wave", pk)
    forms = {"paste": paste, "type": typed, "group": group}
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "paste": paste,
        "typed": typed,
        "group": group,
        "form": forms.get(do),
        "groupings": groupings,
        "number": len(rows),
    }
    return render(request, "surveys/wave_schools.html", context)


def _chosen(
    do: str,
    paste: PasteForm,
    typed: TypedForm | None,
    group: GroupingForm,
    rows: list[WaveSchool],
    groupings: list[tuple[str, dict[int, str]]],
) -> Chosen | None:
    """What was asked for, where it is valid."""
    if do == "paste" and paste.is_valid():
        chosen: Chosen = paste.cleaned_data["rows"]
        return chosen
    if do == "type" and typed is not None and typed.is_valid():
        return typed.chosen()
    if do == "group" and group.is_valid():
        key = group.cleaned_data["grouping"]
        return _kept(rows, {} if key == "none" else groupings[int(key)][1])
    return None


@requires(RUN)
@require_http_methods(PAGE)
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """What opening it means: the promise, and which schools would get no report of their own. Then one button."""
    wave = get_wave(actor(request), pk)
    rows = _rows(wave)
    share = ShareForm(request.GET if "share" in request.GET else None, initial={"share": USUAL_SHARE})
    hundredth = share.cleaned_data["share"] if share.is_bound and share.is_valid() else USUAL_SHARE
    protected = wave.kind in looking.PROTECTED
    found = outlook(looking.asked_of(rows), hundredth / 100, wave.k)
    lots = looking.lots(found, rows) if protected and wave.state == WaveState.DRAFT else []
    if request.method == "POST":
        return _opening_done(request, wave, rows, lots)
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "form": share,
        "share": hundredth,
        "why_not": _why_not(wave, rows),
        "promise": promise(wave),
        "protected": protected,
        "said": looking.in_words(found, wave, rows, hundredth),
        "lots": [(name, len(keys)) for name, keys in lots],
        "number": len(rows),
    }
    return render(request, "surveys/wave_open.html", context)


def _opening_done(
    request: HttpRequest, wave: Wave, rows: list[WaveSchool], lots: list[tuple[str, list[int]]]
) -> HttpResponse:
    """Count small schools together, or open it."""
    if request.POST.get("do") == "together":
        if lots:
            groups = {row.organisation_id: row.group for row in rows}
            groups |= {key: name for name, keys in lots for key in keys}
            every, grouped = _kept(rows, groups)
            set_schools(by=actor(request), wave=wave, schools=every, grouped=grouped)
            messages.success(
                request, f"Small schools are now counted together in {count(len(lots), 'group')}."
            )
        return redirect("surveys:open", wave.pk)
    if open_wave(by=actor(request), wave=wave):
        messages.success(request, "The questionnaire is open. Now hand out its links and codes.")
    return redirect("surveys:wave", wave.pk)


def _why_not(wave: Wave, rows: list[WaveSchool]) -> str:
    """Why it cannot be opened, and what to do; empty where it can."""
    if wave.state != WaveState.DRAFT:
        return "It was opened already."
    if wave.past_last_day:
        return "Its last day is over. Change the last day first."
    return "" if rows else "It asks no school yet. Say whom it asks first."
