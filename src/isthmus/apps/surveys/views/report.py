"""The report of a wave: a part of what was let through, for whoever may see that part."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave, own_organisations, runs
from isthmus.apps.surveys.adapters import results
from isthmus.apps.surveys.adapters.instruments import read
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.models import Report, Wave
from isthmus.apps.surveys.presenters import report as presenters


def seen(person: Actor, wave: Wave, told: dict[str, Any]) -> set[str] | None:
    """The names of the single schools whose own results the person may see; None for all."""
    if runs(person, wave):
        return None
    return {told["schools"][str(pk)] for pk in own_organisations(person) if str(pk) in told["schools"]}


@requires(Permission.SURVEY_VIEW)
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Results of one group beside all; the group is chosen in the address."""
    person = actor(request)
    wave = get_seen_wave(person, pk)
    kept = Report.objects.filter(wave=wave).first()
    context: dict[str, Any] = {"wave": wave, "runs": runs(person, wave)}
    if kept is None:
        return render(request, "surveys/report_none.html", context)
    told = thaw(kept.content)
    instrument = read(wave.instrument.text)
    if told["report"] is None:
        return render(request, "surveys/report_none.html", {**context, "made": True})
    found = told["report"]
    own = seen(person, wave, told)
    choices = presenters.choices(found, own)
    number = row_number(request.GET.get("group") or "0")
    if number not in {choice.number for choice in choices}:
        raise Http404
    group = found.lines[number].group
    whole = found.lines[0].group
    people = results.people_groups(found, group)
    beside = [whole] if group != whole else people
    context |= {
        "report": found,
        "digest": kept.digest,
        "choices": choices,
        "number": number,
        "group": presenters.name_of(group),
        "line": found.line(group),
        "facts": presenters.facts(wave, found, group),
        "sections": presenters.sections_table(found, instrument, group, beside),
        "parts": [(p, presenters.questions_table(p)) for p in results.parts(found, instrument, group)],
        "ranked": presenters.ranked(found, instrument, group),
        "chart": presenters.chart(found, instrument, [group, *beside]),
        "reading": instrument.reading,
    }
    return render(request, "surveys/report.html", context)
