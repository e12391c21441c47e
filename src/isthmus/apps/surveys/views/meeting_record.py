"""After a meeting, or at its end: ending it, its record as page and files, and handing it on to staff."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.documents import PDF, WORD, NoPrinter, pdf, word
from isthmus.apps.core.exports import download
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_meeting
from isthmus.apps.surveys.actions import meetings as actions
from isthmus.apps.surveys.adapters import beside as adapters
from isthmus.apps.surveys.adapters.instruments import Instrument, WaveKind, allowed_kinds, read
from isthmus.apps.surveys.models import Who
from isthmus.apps.surveys.presenters import beside as beside_presenters
from isthmus.apps.surveys.presenters import meeting_record as presenters
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.views.waves import PAGE, step

RUN = Permission.SURVEY_RUN


@requires(RUN)
@require_http_methods(PAGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the meeting for good."""
    held = get_meeting(actor(request), pk)
    if request.method == "POST":
        if actions.end_meeting(by=actor(request), meeting=held):
            messages.success(request, "The meeting is over. This is its record.")
        return redirect("surveys:meeting_record", pk)
    text = ["It is over already."]
    if held.on:
        text = [
            "No more answers are taken, and those with the code see nothing more.",
            "Its record stays with those who look after the questionnaire: what was opened, notes and actions. "
            "You can take it with you as Word or PDF, and hand it to those who were present.",
        ]
    return step(
        request, held.wave, title="End the meeting", text=text, possible=held.on, button="End it now",
        warns="It cannot begin again.",
    )  # fmt: skip


@requires(RUN)
@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What is kept of the meeting."""
    held = get_meeting(actor(request), pk)
    context = {
        "wave": held.wave,
        "meeting": held,
        "told": presenters.record(held),
        "shared": presenters.SHARED,
        "staff": staff_of(read(held.wave.instrument.text)),
        "fictional": is_fictional(held.wave),
    }
    return render(request, "surveys/meeting_record.html", context)


@requires(RUN)
@require_GET
def document(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The record to read, print or change: PDF or Word, of one source."""
    held = get_meeting(actor(request), pk)
    made = presenters.document(presenters.record(held))
    try:
        content, kind = (pdf(made), PDF) if ending == "pdf" else (word(made), WORD)
    except NoPrinter as error:
        messages.error(request, f"{error} Take the Word file, or print this page, instead.")
        return redirect("surveys:meeting_record", pk)
    return download(content, name=made.title, ending=ending, content_type=kind)


def staff_of(instrument: Instrument) -> list[Who]:
    """Whom the meeting's questions can be handed on to without a name: staff where they are asked, else everybody but
    leaders and those who need consent; nobody where it cannot be asked without a name."""
    if WaveKind.ANONYMOUS.value not in allowed_kinds(instrument):
        return []
    known = [Who(who.value) for who in instrument.who]
    left_out = {Who.LEADERS, Who.PARENTS, Who.PUPILS}
    return [Who.STAFF] if Who.STAFF in known else [who for who in known if who.value not in left_out]


@requires(RUN)
@require_http_methods(PAGE)
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the staff the same questions: a questionnaire without names, to look at before it opens."""
    held = get_meeting(actor(request), pk)
    asked = staff_of(read(held.wave.instrument.text))
    if request.method == "POST" and asked:
        made = actions.hand_to_staff(by=actor(request), meeting=held, asked=asked)
        messages.success(
            request, "It is written down. Say how many people there are, look at it, and open it."
        )
        return redirect("surveys:wave", made.pk)
    text = ["These questions are not made to be asked without a name."]
    if asked:
        text = [
            "It makes an anonymous questionnaire with the same questions for the same schools. Nobody can answer it "
            "before you open it, and you can change it until then.",
            "What staff say is never put together with what was said in the room. Where enough people answered in "
            "both, you see the two beside each other.",
        ]
    return step(
        request, held.wave, title="Ask the staff the same questions", text=text, possible=bool(asked),
        button="Write it down",
    )  # fmt: skip


@requires(RUN)
@require_GET
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """What leaders said in the room beside what staff said, as far as both may be shown."""
    held = get_meeting(actor(request), pk)
    found = adapters.beside(held)
    context = {
        "wave": held.wave,
        "staff": held.handed_to,
        "found": found,
        "table": beside_presenters.table(found),
        "fictional": is_fictional(held.wave),
    }
    return render(request, "surveys/meeting_beside.html", context)
