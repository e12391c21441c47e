"""What happened in an area, as those read it who look after it: found by whom, what and when, and saved as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from isthmus.apps.core import audit, presenters, stories
from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.chains import chains_read
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.exports import as_csv
from isthmus.apps.core.listing import Sort, listing
from isthmus.apps.core.models import LedgerChain, LedgerEntry
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.queries import entries_of
from isthmus.apps.core.scopes import Scope

SORTS = {"newest": Sort("When", ("-position",))}
MOST_ROWS = 20_000
HEADER = ("Number", "When", "Who", "What", "More")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. `problems` has a sentence for each day that is none."""

    who: str
    what: str
    since: str
    until: str
    problems: list[str]
    days: tuple[date | None, date | None]

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """From the fields of the form; an action that is not known is no filter."""
        since, until = given.get("from", "").strip()[:20], given.get("until", "").strip()[:20]
        problems: list[str] = []
        days = (_day(since, "From", problems), _day(until, "Until", problems))
        if days[0] and days[1] and days[1] < days[0]:
            problems.append("Until must be on or after From")
        what = given.get("what", "")
        what = what if what in stories.known() else ""
        return cls(given.get("q", "").strip()[:100], what, since, until, problems, days)

    def find(self, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """Those of `entries` that are looked for; none while a day is wrong."""
        if self.problems:
            return entries.none()
        if self.who:
            entries = entries.filter(event__actor__name__icontains=self.who)
        if self.what:
            entries = entries.filter(event__action=self.what)
        since, until = self.days
        if since:
            entries = entries.filter(event__at__gte=_midnight(since))
        if until:
            entries = entries.filter(event__at__lt=_midnight(until + timedelta(days=1)))
        return entries


def _day(text: str, name: str, problems: list[str]) -> date | None:
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if 2000 <= day.year <= 2200:
            return day
    problems.append(f"{name} must be a day, such as 27/9/2026")
    return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _chain(request: HttpRequest, kind: str, number: str) -> Scope:
    """The chain, if the person may read what happened in it; else Http404."""
    for chain in chains_read(actor(request)):
        if (chain.kind.value, str(chain.id)) == (kind, number):
            return chain
    raise Http404


def _entries(chain: Scope) -> QuerySet[LedgerEntry]:
    return entries_of(chain).select_related("chain", "event__payload", "event__actor")


@requires(Permission.RECORD_READ)
@require_GET
def events(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """What happened, the newest first."""
    chain = _chain(request, kind, number)
    asked = Asked.of(request.GET)
    page = listing(request, asked.find(_entries(chain)), sorts=SORTS)
    context = {
        "name": presenters.record_name(chain),
        "record_url": presenters.record_address(chain),
        "chain": chain,
        "asked": asked,
        "actions": sorted(stories.known().items(), key=lambda pair: pair[1]),
        "list": page,
        "table": presenters.events_table(page),
    }
    return render(request, "core/events.html", context, status=422 if asked.problems else 200)


@requires(Permission.RECORD_READ)
@require_POST
def events_export(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The same as a file. A copy that leaves is an event itself, so it takes a button."""
    chain = _chain(request, kind, number)
    asked = Asked.of(request.POST)
    found = list(asked.find(_entries(chain)).order_by("-position")[:MOST_ROWS])
    row = LedgerChain.objects.filter(scope_kind=chain.kind, scope_id=chain.id).first()
    if row is not None:
        audit.exported(by=actor(request), chain=row, entries=len(found))
    name = f"{presenters.record_name(chain)} {in_words(timezone.localdate())}"
    return as_csv(name, HEADER, (presenters.event_row(entry) for entry in found))
