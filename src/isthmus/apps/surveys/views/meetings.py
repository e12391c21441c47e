"""Leading a meeting: how it answers, what is opened and stands on the screen, notes, and the room's own answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_meeting, get_room_wave
from isthmus.apps.surveys.actions import meetings as actions
from isthmus.apps.surveys.adapters import present
from isthmus.apps.surveys.adapters.instruments import Instrument, Section, read
from isthmus.apps.surveys.forms.meetings import NoteForm, WayForm, room_form, room_given
from isthmus.apps.surveys.forms.steps import StepForm, about
from isthmus.apps.surveys.models import Meeting, MeetingNote, Step, Way
from isthmus.apps.surveys.presenters import meetings as presenters
from isthmus.apps.surveys.presenters.screen import joining, one_section
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.meetings import attendance
from isthmus.apps.surveys.views.presence import screen_page
from isthmus.apps.surveys.views.waves import PAGE

RUN = Permission.SURVEY_RUN
OVER = "The meeting is over: nothing can be added to it."


@requires(RUN)
@require_http_methods(PAGE)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the meeting; then who is there, what was opened, and what stands on the screen."""
    person = actor(request)
    wave = get_room_wave(person, pk)
    held = Meeting.objects.filter(wave=wave).select_related("wave__instrument").first()
    do = request.POST.get("do", "start")
    form = WayForm(request.POST if do == "start" and request.method == "POST" else None)
    if request.method == "POST":
        if do == "show" and held is not None:
            if not actions.show_on_screen(by=person, meeting=held, showing=request.POST.get("showing", "")):
                messages.error(
                    request, "Only what was opened can stand on the screen, while the meeting goes on."
                )
            return redirect("surveys:meeting", pk)
        if do == "start" and form.is_valid():
            if actions.start_meeting(by=person, wave=wave, way=Way(form.cleaned_data["way"])) is None:
                messages.error(
                    request, "The questionnaire takes no answers any more, so no meeting can begin."
                )
            return redirect("surveys:meeting", pk)
    if held is None:
        return render(request, "surveys/meeting_start.html", {"wave": wave, "form": form})
    if not held.on:
        return redirect("surveys:meeting_record", pk)
    there = attendance(held)
    if request.GET.get("at") == f"{there.joined}-{there.answered}":
        return HttpResponse(status=204)
    rows = presenters.section_rows(
        read(wave.instrument.text), present.opened(held), held.showing, there.answered
    )
    context = {
        "wave": wave,
        "meeting": held,
        "fictional": is_fictional(wave),
        "form": form if form.is_bound else None,
        "ways": WayForm(None, held.way),
        "there": there,
        "at": f"{there.joined}-{there.answered}",
        "sections": rows,
        "any_open": any(row.opened for row in rows),
        "joining": joining(request, held) if held.way == Way.APART else None,
        "apart": held.way == Way.APART,
        "overview": held.showing == Meeting.OVERVIEW,
        "steps": Step.objects.filter(wave=wave, in_meeting=True).order_by("pk"),
    }
    return render(request, "surveys/meeting_page.html", context)


def _section(held: Meeting, name: str) -> tuple[Instrument, Section]:
    instrument = read(held.wave.instrument.text)
    found = next((one for one in instrument.sections if one.id == name), None)
    if found is None:
        raise Http404
    return instrument, found


@requires(RUN)
@require_http_methods(PAGE)
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: open it, look at the questions behind a gap, take notes and actions."""
    held = get_meeting(actor(request), pk)
    instrument, found = _section(held, section)
    note = NoteForm(request.POST if request.POST.get("do") == "note" else None)
    if request.method == "POST" and (request.POST.get("do") != "note" or note.is_valid()):
        return _do(request, held, found, note)
    return _section_page(request, held, instrument, found, note)


def _do(request: HttpRequest, held: Meeting, found: Section, note: NoteForm) -> HttpResponse:
    """Open the section or count it again, or keep or remove a note."""
    person, do = actor(request), request.POST.get("do", "open")
    done = True
    if do == "note":
        text, token = note.cleaned_data["text"], note.given_token
        done = actions.take_note(by=person, meeting=held, section=found.id, text=text, token=token)
    elif do == "remove_note":
        number = row_number(request.POST.get("note"))
        if number is not None:
            actions.remove_note(by=person, meeting=held, number=number)
    else:
        figures = present.section_now(held, found.id).as_json()
        done = actions.open_section(by=person, meeting=held, section=found.id, figures=figures)
    if not done:
        messages.error(request, OVER)
    return redirect("surveys:meeting_section", held.wave_id, found.id)


def _section_page(
    request: HttpRequest, held: Meeting, instrument: Instrument, found: Section, note: NoteForm
) -> HttpResponse:
    shown = one_section(held, found.id)
    opened = present.opened(held).get(found.id)
    there = attendance(held)
    names = [one.id for one in instrument.sections]
    place = names.index(found.id)
    step = StepForm(
        None, wave=held.wave, instrument=instrument, about=about(found.id, request.GET.get("item", ""))
    )
    context = {
        "wave": held.wave,
        "meeting": held,
        "fictional": is_fictional(held.wave),
        "section": found,
        "shown": shown,
        "there": there,
        "later": max(there.answered - opened.answers, 0) if opened else 0,
        "form": note,
        "step": step,
        "notes": MeetingNote.objects.filter(meeting=held, section=found.id).order_by("pk"),
        "steps": Step.objects.filter(wave=held.wave, section=found.id, in_meeting=True).order_by("pk"),
        "following": instrument.sections[place + 1] if place + 1 < len(names) else None,
        "number": place + 1,
        "last": len(names),
    }
    return render(request, "surveys/meeting_section.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def room(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """What the room as a whole says to a section, on one screen that all can see."""
    held = get_meeting(actor(request), pk)
    instrument, found = _section(held, section)
    if request.method == "POST":
        codes, texts = room_given(request.POST, found, instrument)
        if not actions.answer_for_room(by=actor(request), meeting=held, codes=codes, texts=texts):
            messages.error(request, OVER)
        elif request.POST.get("do") == "next" and (after := _after(instrument, found)):
            return redirect("surveys:meeting_room", pk, after.id)
        else:
            messages.success(request, "What the room says is kept.")
        return redirect("surveys:meeting_section", pk, section)
    said = present.room(held)
    form = room_form(found, instrument, held.wave.asked[0], said.codes, said.texts)
    names = [one.id for one in instrument.sections]
    context = {
        "wave": held.wave,
        "meeting": held,
        "fictional": is_fictional(held.wave),
        "section": found,
        "form": form,
        "following": _after(instrument, found),
        "number": names.index(found.id) + 1,
        "last": len(names),
    }
    return render(request, "surveys/meeting_room.html", context)


def _after(instrument: Instrument, found: Section) -> Section | None:
    place = [one.id for one in instrument.sections].index(found.id) + 1
    return instrument.sections[place] if place < len(instrument.sections) else None


@requires(RUN)
@require_GET
def projector(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen that all in the room see: large, without anything to press."""
    held = get_meeting(actor(request), pk)
    if not held.on:
        return redirect("surveys:meeting_record", pk)
    return screen_page(request, held, here=request.path)
