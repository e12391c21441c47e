"""The report of a wave: a part of what was let through, for whoever may see that part."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import Actor, actor, requires
from isthmus.apps.core.components import Table
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.surveys.access import get_seen_wave, own_organisations, runs
from isthmus.apps.surveys.adapters import results
from isthmus.apps.surveys.adapters.instruments import Instrument, comparable, read
from isthmus.apps.surveys.adapters.reporting import thaw
from isthmus.apps.surveys.models import Report, Wave
from isthmus.apps.surveys.presenters import report as presenters
from isthmus.apps.surveys.presenters.comments import question
from isthmus.apps.surveys.presenters.report_files import stands_out
from isthmus.apps.surveys.presenters.report_taken import Taken
from isthmus.apps.surveys.queries import is_fictional
from isthmus.apps.surveys.queries.comments import shown
from isthmus.apps.surveys.views.steps import beside_report


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
    context: dict[str, Any] = {"wave": wave, "runs": runs(person, wave), "fictional": is_fictional(wave)}
    context["actions"] = beside_report(person, wave)
    if kept is None:
        return render(request, "surveys/report_none.html", context)
    told = thaw(kept.content)
    instrument = read(wave.instrument.text)
    if told["open"]:
        return _named(request, wave, kept, told, context)
    if told["report"] is None:
        return render(request, "surveys/report_none.html", {**context, "made": True})
    found = told["report"]
    own = seen(person, wave, told)
    choices = presenters.choices(found, own)
    number = row_number(request.GET.get("group") or "0")
    if number not in {choice.number for choice in choices}:
        raise Http404
    shown = taken(person, wave, kept, told, number)
    context |= {
        "report": found,
        "digest": kept.digest,
        "choices": choices,
        "number": number,
        "group": shown.name,
        "line": found.line(shown.group),
        "taken": shown,
        "stands_out": stands_out(shown.ranked),
        "parts": [(p, presenters.questions_table(p)) for p in shown.parts],
        "chart": presenters.chart(found, instrument, [shown.group, *shown.beside]),
        "reading": instrument.reading,
    }
    return render(request, "surveys/report.html", context)


def taken(person: Actor, wave: Wave, kept: Report, told: dict[str, Any], number: int) -> Taken:
    """One group of a report with all that is said of it, as this person may see it."""
    instrument, found = read(wave.instrument.text), told["report"]
    return Taken(
        wave,
        instrument,
        found,
        kept.digest,
        number,
        all_schools=runs(person, wave),
        earlier=_earlier(wave, instrument),
        together=told["together"],
        comments=_comments(wave, told, found.lines[number].group, instrument),
    )


def _earlier(wave: Wave, instrument: Instrument) -> presenters.Earlier | None:
    """The wave before, where that one has a report."""
    before = Report.objects.filter(wave=wave.previous_id).select_related("wave__instrument").first()
    if before is None or (earlier := thaw(before.content)["report"]) is None or earlier.withheld:
        return None
    then = read(before.wave.instrument.text)
    return presenters.Earlier(before.wave.name, earlier, then, comparable(then, instrument))


def _comments(
    wave: Wave, told: dict[str, Any], group: results.Group, instrument: Instrument
) -> list[tuple[str, list[str]]]:
    """What is shown of the comments of one whole school; nothing for any other group."""
    if len(group.members) != 1 or group.attribute:
        return []
    pk = next(key for key, name in told["schools"].items() if name == group.members[0])
    found = shown(wave, int(pk))
    return [(question(instrument, item), [one.shown for one in rows]) for item, rows in found if rows]


def named_table(person: Actor, wave: Wave, told: dict[str, Any]) -> Table:
    """Answers that carry a school's name: all for those who look after the wave, else one's own."""
    own = seen(person, wave, told)
    rows = [one for one in told["open"] if own is None or told["schools"][one["school"]] in own]
    return presenters.named_table(rows, told["schools"], read(wave.instrument.text))


def _named(
    request: HttpRequest, wave: Wave, kept: Report, told: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    table = named_table(actor(request), wave, told)
    more = {"table": table, "reading": read(wave.instrument.text).reading, "digest": kept.digest}
    return render(request, "surveys/report_named.html", {**context, **more})
