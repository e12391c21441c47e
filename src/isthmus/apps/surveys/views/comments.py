"""Comments, looked at by a person before anybody is shown them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.listing import listing
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_wave
from isthmus.apps.surveys.actions.comments import look_at_comment
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.forms.comments import LookForm
from isthmus.apps.surveys.models import Wave, WaveState
from isthmus.apps.surveys.presenters import comments as presenters
from isthmus.apps.surveys.queries import comments as queries
from isthmus.apps.surveys.queries import is_fictional

MOST = 5000
"""Comments that themes are suggested from."""


def _closed(request: HttpRequest, pk: int) -> Wave:
    wave = get_wave(actor(request), pk)
    if wave.state != WaveState.CLOSED:
        raise Http404
    return wave


@requires(Permission.SURVEY_RUN)
@require_GET
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """Every comment that may be read, and which are still to be looked at."""
    wave = _closed(request, pk)
    rows = queries.readable(wave)
    if request.GET.get("only") == "open":
        rows = rows.filter(looked_at=False)
    page = listing(request, rows, sorts=presenters.SORTS)
    context = {
        "wave": wave,
        "fictional": is_fictional(wave),
        "list": page,
        "table": presenters.table(page, wave, read(wave.instrument.text)),
        "only": request.GET.get("only", ""),
        "left": rows.filter(looked_at=False).count(),
        "themes": queries.themes(wave),
        "suggested": presenters.suggested(list(queries.readable(wave)[:MOST])),
    }
    return render(request, "surveys/comments.html", context)


@requires(Permission.SURVEY_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One comment: what of it is shown, and under which theme."""
    wave = _closed(request, pk)
    found = get_object_or_404(queries.readable(wave), pk=number)
    form = LookForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        look_at_comment(by=actor(request), comment=found, shown=data["shown"], theme=data["theme"])
        following = queries.readable(wave).filter(looked_at=False).first()
        messages.success(request, "Kept.")
        if following is not None:
            return redirect("surveys:comment", pk, following.pk)
        return redirect("surveys:comments", pk)
    question = presenters.question(read(wave.instrument.text), found.item)
    context = {
        "wave": wave,
        "comment": found,
        "form": form,
        "question": question,
        "themes": queries.themes(wave),
    }
    return render(request, "surveys/comment.html", {**context, "fictional": is_fictional(wave)})
