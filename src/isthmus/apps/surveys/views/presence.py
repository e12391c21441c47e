"""For those present at a meeting, by its code alone: joining it, and looking at what was opened."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import public
from isthmus.apps.surveys.actions.meetings import join_meeting
from isthmus.apps.surveys.models import Meeting, Wave
from isthmus.apps.surveys.presenters.screen import screen
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.meetings import meeting_of, meeting_present


def join(wave: Wave, ballot: int) -> None:
    """Count somebody who begins to answer where a meeting goes on; elsewhere nothing happens."""
    if meeting := meeting_of(wave):
        join_meeting(by=None, meeting=meeting, ballot=ballot)


def choose_school(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """From which school one is; where there is one alone, straight to what it is asked."""
    rows = list(meeting.wave.schools.select_related("organisation").order_by("organisation__name", "pk"))
    if len(rows) == 1:
        return redirect("surveys:intro", rows[0].code)
    context = {
        "wave": meeting.wave,
        "meeting": meeting,
        "schools": rows,
        "fictional": is_fictional(meeting.wave),
    }
    return render(request, "surveys/meeting_join.html", context)


@public
@never_cache
@require_GET
def present(request: HttpRequest, code: str) -> HttpResponse:
    """What was opened, for whoever has the code, while the meeting goes on; afterwards there is nothing (404)."""
    meeting = meeting_present(code)
    if meeting is None:
        raise Http404
    return screen_page(request, meeting, here=request.path)


def screen_page(request: HttpRequest, meeting: Meeting, *, here: str) -> HttpResponse:
    """The screen, or nothing (204) where what the page shows (`at`) is what there is."""
    shown = screen(request, meeting)
    if request.GET.get("at") == shown.stamp:
        return HttpResponse(status=204)
    context = {
        "wave": meeting.wave,
        "shown": shown,
        "here": here,
        "fictional": is_fictional(meeting.wave),
    }
    return render(request, "surveys/meeting_screen.html", context)
