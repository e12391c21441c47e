"""What a group agrees together, after its members answered alone: all who see the wave read it, its people write it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave, get_wave, runs
from isthmus.apps.surveys.actions import Meanwhile, say_together
from isthmus.apps.surveys.actions.joint import mark
from isthmus.apps.surveys.adapters.instruments import Instrument, read
from isthmus.apps.surveys.forms.joint import JointForm
from isthmus.apps.surveys.models import JointAnswer, Wave, WaveState
from isthmus.apps.surveys.presenters import joint as presenters
from isthmus.apps.surveys.presenters.building import standing
from isthmus.apps.surveys.views.waves import PAGE

VIEW, RUN = Permission.SURVEY_VIEW, Permission.SURVEY_RUN


def _instrument(wave: Wave) -> Instrument:
    """What a wave asks. Raises Http404 where it was not opened, or asks nothing of the group as a whole."""
    instrument = read(wave.instrument.text)
    if wave.state == WaveState.DRAFT or not presenters.sections(instrument):
        raise Http404
    return instrument


@requires(VIEW)
@require_GET
def together(request: HttpRequest, pk: int) -> HttpResponse:
    """The joint statement."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    instrument = _instrument(wave)
    said = {row.item: row for row in JointAnswer.objects.filter(wave=wave)}
    context = {
        "wave": wave,
        "parts": presenters.parts(wave, instrument, said, changes=runs(person, wave)),
        "back": reverse("surveys:wave", args=[pk]),
        "closed": wave.state == WaveState.CLOSED,
    }
    return render(request, "surveys/together.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def together_say(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Write down what the group says to one question."""
    person = actor(request)
    wave = get_wave(person, pk)
    instrument = _instrument(wave)
    found = [(s, i) for s in presenters.sections(instrument) for i in s.items if i.id == item]
    if not found:
        raise Http404
    section, asked = found[0]
    row = JointAnswer.objects.filter(wave=wave, item=item).first()
    form = JointForm(request.POST or None, instrument, asked, presenters.initial(row, mark(row)))
    meanwhile = False
    if request.method == "POST" and form.is_valid():
        try:
            say_together(by=person, wave=wave, item=item, seen=form.cleaned_data["seen"], **form.said())
        except Meanwhile:
            meanwhile = True
            row = JointAnswer.objects.filter(wave=wave, item=item).first()
            data = request.POST.copy()
            data["seen"] = mark(row)
            form = JointForm(data, instrument, asked, presenters.initial(row, mark(row)))
        else:
            messages.success(request, "It was written down.")
            return redirect("surveys:together", pk)
    context = {
        "wave": wave,
        "form": form,
        "section": section,
        "meanwhile": meanwhile,
        "standing": standing(form) if meanwhile else [],
        "row": row,
        "back": reverse("surveys:together", args=[pk]),
    }
    return render(request, "surveys/together_say.html", context)
