"""Actions that people take about the results of a wave: the list, a file of it, and each of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import listing, ordered
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave, may_act, runs, schools_to_act_for, steps_seen
from isthmus.apps.surveys.actions import steps as actions
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.forms.steps import DropForm, StepForm, about
from isthmus.apps.surveys.models import Meeting, Step, StepState, Wave, WaveKind, WaveState
from isthmus.apps.surveys.presenters import steps as presenters
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.meetings import meeting_of
from isthmus.apps.surveys.queries.steps import by_state
from isthmus.apps.surveys.views.waves import PAGE

VIEW, RUN = Permission.SURVEY_VIEW, Permission.SURVEY_RUN
SHOWN = 20


def takes_actions(wave: Wave) -> bool:
    """Whether there are results to act on: it is closed, or has had a meeting."""
    if wave.state == WaveState.CLOSED:
        return True
    return wave.kind == WaveKind.IN_ROOM and Meeting.objects.filter(wave=wave).exists()


def may_take(person: Actor, wave: Wave) -> bool:
    """Whether the person may take an action about it, for everybody or for their own school."""
    return takes_actions(wave) and (runs(person, wave) or schools_to_act_for(person, wave).exists())


@dataclass(frozen=True)
class BesideReport:
    """What stands below a report: open actions, whether one may take some, and what was said in a meeting of it."""

    steps: list[Step]
    takes: bool
    record: bool
    beside: int | None


def beside_report(person: Actor, wave: Wave) -> BesideReport:
    """The open actions about a wave that the person may see, what is due first at the top."""
    open_ones = steps_seen(person, wave).filter(state=StepState.OPEN).order_by("due", "pk")[:SHOWN]
    run = runs(person, wave)
    held = Meeting.objects.filter(Q(wave=wave) | Q(handed_to=wave)).first() if run else None
    beside = held.wave_id if held and held.handed_to_id == wave.pk else None
    return BesideReport(list(open_ones), may_take(person, wave), bool(held and beside is None), beside)


def _fitting(request: HttpRequest, wave: Wave) -> QuerySet[Step]:
    rows = steps_seen(actor(request), wave)
    text, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    rows = rows.filter(Q(what__icontains=text) | Q(who__icontains=text)) if text else rows
    return rows.filter(state=state) if state in StepState.values else rows


@requires(VIEW)
@require_GET
def actions_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The actions about a wave that one may see."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    page = listing(request, _fitting(request, wave), sorts=presenters.SORTS)
    counts = by_state(steps_seen(person, wave))
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "list": page,
        "table": presenters.table(page, read(wave.instrument.text)),
        "states": [(value, label, counts.get(value, 0)) for value, label in StepState.choices],
        "q": request.GET.get("q", "").strip()[:100],
        "state": request.GET.get("state", ""),
        "takes": may_take(person, wave),
        "files": page.link(),
        "any": sum(counts.values()),
    }
    return render(request, "surveys/actions.html", context)


@requires(VIEW)
@require_GET
def actions_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The same actions as a file."""
    wave = get_seen_wave(actor(request), pk)
    found = list(ordered(request, _fitting(request, wave), sorts=presenters.SORTS))
    rows = presenters.file_rows(found, read(wave.instrument.text))
    name = f"Actions from {wave.name}"
    if ending == "csv":
        return as_csv(name, presenters.HEADER, rows)
    return as_xlsx(name, [("Actions", presenters.HEADER, rows)])


@requires(RUN)
@require_http_methods(PAGE)
def action_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an action."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    if not may_take(person, wave):
        raise Http404
    everybody = runs(person, wave)
    form = StepForm(
        request.POST or None,
        wave=wave,
        instrument=read(wave.instrument.text),
        schools=list(schools_to_act_for(person, wave)),
        everybody=everybody,
        about=about(request.GET.get("section", ""), request.GET.get("item", "")),
    )
    if request.method == "POST" and form.is_valid():
        meeting, deed, own = meeting_of(wave), form.deed(), form.organisation()
        in_meeting = meeting is not None and own is None
        actions.take_step(
            by=person, wave=wave, deed=deed, token=form.given_token, organisation=own, in_meeting=in_meeting
        )
        messages.success(request, "The action is taken.")
        if in_meeting and deed.section:
            return redirect("surveys:meeting_section", pk, deed.section)
        return redirect("surveys:actions", pk)
    context = {
        "wave": wave,
        "form": form,
        "title": "Take an action",
        "back": reverse("surveys:actions", args=[pk]),
        "fictional": is_fictional(wave),
    }
    return render(request, "surveys/action_form.html", context)


@requires(VIEW)
@require_http_methods(PAGE)
def action(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One action: how it stands; done, dropped or taken up again by whoever may."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    step = get_object_or_404(steps_seen(person, wave), pk=number)
    mine, do = may_act(person, step), request.POST.get("do", "")
    drop = DropForm(request.POST if do == "drop" else None)
    if request.method == "POST":
        if not mine:
            raise Http404
        if do != "drop" or drop.is_valid():
            _do(request, step, do, drop)
            return redirect("surveys:action", pk, number)
    context = {
        "wave": wave,
        "step": step,
        "facts": presenters.facts(step, read(wave.instrument.text)),
        "state": presenters.state(step),
        "mine": mine,
        "open": step.state == StepState.OPEN,
        "form": drop,
        "fictional": is_fictional(wave),
    }
    return render(request, "surveys/action.html", context)


def _do(request: HttpRequest, step: Step, do: str, drop: DropForm) -> None:
    person = actor(request)
    if do == "done" and actions.end_step(by=person, step=step, state=StepState.DONE):
        messages.success(request, "The action is done.")
    elif do == "drop" and actions.end_step(
        by=person, step=step, state=StepState.DROPPED, why=drop.cleaned_data["why"]
    ):
        messages.success(request, "The action was dropped.")
    elif do == "reopen" and actions.reopen_step(by=person, step=step):
        messages.success(request, "The action is open again.")


@requires(VIEW)
@require_http_methods(PAGE)
def action_change(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say an action better."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    step = get_object_or_404(steps_seen(person, wave), pk=number)
    if not may_act(person, step) or step.state != StepState.OPEN:
        raise Http404
    form = StepForm(request.POST or None, wave=wave, instrument=read(wave.instrument.text), step=step)
    back = reverse("surveys:action", args=[pk, number])
    if request.method == "POST" and form.is_valid():
        if not actions.change_step(by=person, step=step, deed=form.deed()):
            messages.error(request, "Somebody ended the action meanwhile, so it stays as it was.")
        return redirect(back)
    context = {"wave": wave, "form": form, "title": "Change the action", "back": back}
    return render(request, "surveys/action_form.html", {**context, "fictional": is_fictional(wave)})
