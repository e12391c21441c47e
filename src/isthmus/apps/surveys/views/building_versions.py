"""An instrument that is being written, before it is made a version: as people will see it, and what changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_draft, waves_seen
from isthmus.apps.surveys.actions import Meanwhile, make_version
from isthmus.apps.surveys.actions.drafts import next_version
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.instruments import comparable, read
from isthmus.apps.surveys.presenters import building as presenters
from isthmus.apps.surveys.views.building import version_before
from isthmus.apps.surveys.views.waves import PAGE

RUN = Permission.SURVEY_RUN
MOVED_ON = "Somebody changed this draft meanwhile. Look at it again, then press the button again."


@requires(RUN)
@require_GET
def build_look(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages as people of each kind will see them."""
    draft = get_draft(actor(request), pk)
    found, unfit = drafting.shown(draft.content)
    titles = {one["id"]: one.get("title", "") for one in drafting.sections(draft.content)}
    context: dict[str, Any] = {
        "draft": draft,
        "back": presenters.home(draft),
        "unfit": [titles[one] for one in unfit],
        "section": None,
    }
    if found is not None:
        people = [(who.value, presenters.people_of([who.value])) for who in found.who]
        who = request.GET.get("who", "")
        who = who if who in dict(people) else people[0][0]
        pages = presenters.sections_of(found, who)
        given = request.GET.get("page", "")
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 1
        number = max(1, min(number, len(pages)))
        context |= {"people": people, "who": who, "who_words": dict(people)[who], "last": len(pages)}
        if pages:
            context |= {
                "number": number,
                "section": pages[number - 1],
                "form": presenters.page(found, number - 1, who),
            }
    return render(request, "surveys/build_look.html", context)


@requires(RUN)
@require_http_methods(PAGE)
def build_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the draft a version: what changed since the one before, and which questionnaires stay comparable."""
    person = actor(request)
    draft = get_draft(person, pk)
    faults = presenters.faults(draft)
    step = request.POST.get("step", "")
    if request.method == "POST" and not faults:
        try:
            kept = make_version(by=person, draft=draft, step=int(step) if step.isdigit() else -1)
        except Meanwhile:
            messages.warning(request, MOVED_ON)
            return redirect("surveys:build_finish", pk)
        messages.success(request, f"Version {kept.version} of ‘{kept.title}’ is made. It never changes.")
        return redirect("surveys:instrument", f"own-{kept.pk}")
    key, version = next_version(draft)
    context: dict[str, Any] = {
        "draft": draft,
        "faults": faults,
        "version": version,
        "back": presenters.home(draft),
    }
    before = version_before(draft)
    if not faults and before is not None:
        new = drafting.whole(draft.content, key, version)
        waves = waves_seen(person).filter(
            instrument__owner=draft.owner_id, instrument__key=key, opened_at__isnull=False
        )
        context |= {
            "before": draft.based_on,
            "behind": before.version + 1 < version,
            "changes": presenters.changes(before, new),
            "waves": [
                (wave, presenters.fits(new, comparable(read(wave.instrument.text), new)))
                for wave in waves.order_by("-opened_at")[:20]
            ],
        }
    return render(request, "surveys/build_finish.html", context)
