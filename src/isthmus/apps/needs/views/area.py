"""An area's schools against its themes: the matrix, files of it, and after how long what was said is old."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import today
from isthmus.apps.core.exports import Row, as_csv, as_xlsx
from isthmus.apps.core.listing import listing_of
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.needs import actions
from isthmus.apps.needs.access import areas_seen, get_area, may_know_competition, may_say_for, own_schools
from isthmus.apps.needs.adapters.sheets import headings
from isthmus.apps.needs.forms import StalenessForm
from isthmus.apps.needs.models import What
from isthmus.apps.needs.presenters import matrix, school
from isthmus.apps.needs.queries import areas_asking, newest, said_counts, stale_after
from isthmus.apps.needs.queries.statements import stands, themes_of
from isthmus.apps.register.models import Area, Organisation, Theme
from isthmus.apps.register.queries import area_members

MOST_OWN = 60
WHO = "Who said so"


@requires(Permission.NEEDS_VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The person's areas and their own schools."""
    person = actor(request)
    areas = list(areas_seen(person))
    counts = said_counts(areas, today())
    rows = [(one, list(areas_asking(one))) for one in own_schools(person)[:MOST_OWN]]
    context = {
        "areas": [(area, counts.get(area.in_charge_id, 0)) for area in areas],
        "own": school.own_table(rows) if rows else None,
    }
    return render(request, "needs/home.html", context)


@dataclass(frozen=True)
class _Asked:
    """What a page or a file of the matrix is asked for."""

    area: Area
    themes: list[Theme]
    theme: Theme | None
    schools: list[Organisation]
    rows: list[matrix.SchoolRow]
    fitting: list[matrix.SchoolRow]
    text: str
    only: str
    phase: str

    @property
    def shown(self) -> list[Theme]:
        return [self.theme] if self.theme else self.themes


SHOWN = (
    *("pk", "urn", "name", "sort_name", "phase", "town", "postcode", "status", "kind"),
    *("authority", "trust", "federation", "diocese", "region", "fictional"),
)


def _asked(request: HttpRequest, pk: int) -> _Asked:
    area = get_area(actor(request), pk, Permission.NEEDS_VIEW)
    day, themes = today(), themes_of(area)
    number = row_number(request.GET.get("theme"))
    theme = next((one for one in themes if one.pk == number), None)
    schools = list(area_members(area).only(*SHOWN))
    said = stands(area, {one.pk for one in schools}, day)
    rows = matrix.rows_of(schools, said, day, stale_after(area))
    text = request.GET.get("q", "").strip()[:100]
    only, phase = request.GET.get("only", ""), request.GET.get("phase", "")
    key = theme.pk if theme else None
    found = matrix.fitting(rows, text=text, theme=key, only=only, phase=phase)
    return _Asked(area, themes, theme, schools, rows, found, text, only, phase)


@requires(Permission.NEEDS_VIEW)
@require_GET
def area_matrix(request: HttpRequest, pk: int) -> HttpResponse:
    """Schools × themes, with search, filters and counts."""
    asked = _asked(request, pk)
    person, area = actor(request), asked.area
    page = listing_of(request, asked.fitting, sorts=matrix.ORDERS, per_page=30)
    said = sum(bool(row.said) for row in asked.rows)
    context = {
        "area": area,
        "fictional": area.fictional,
        "list": page,
        "table": matrix.table(area, page, asked.shown),
        "themes": asked.themes,
        "by_theme": matrix.themes_table(area, asked.rows, asked.themes) if said else None,
        "said": said,
        "schools": len(asked.rows),
        "months": stale_after(area),
        "theme": asked.theme,
        "q": asked.text,
        "only": asked.only,
        "phase": asked.phase,
        "filters": [(key, words) for key, (words, _fits) in matrix.FILTERS.items()],
        "phases": matrix.phase_choices(asked.schools),
        "files": f"?{request.GET.urlencode()}" if request.GET else "",
        "may_say": may_say_for(person, area),
        "may_know": may_know_competition(person, area),
    }
    return render(request, "needs/area.html", context)


@requires(Permission.NEEDS_VIEW)
@require_GET
def area_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """What the matrix shows as a file that can be changed and brought in again: a row for each school and theme."""
    asked = _asked(request, pk)
    said = newest(asked.area, [row.school for row in asked.fitting], today())
    rows = matrix.export_rows(asked.fitting, asked.shown, said)
    return _file(f"needs-{asked.area.name}", ending, "Needs and strengths", headings(What.NEEDS), rows)


@requires(Permission.NEEDS_SAY)
@require_GET
def template_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """A table of the area's schools and themes to fill in."""
    area = get_area(actor(request), pk, Permission.NEEDS_SAY)
    header = ["URN", "School", WHO, "Said on", *(theme.name for theme in themes_of(area))]
    blank = [""] * (len(header) - 2)
    rows = [(urn, name, *blank) for urn, name in area_members(area).values_list("urn", "name")]
    return _file(f"needs-template-{area.name}", ending, "Fill in", header, rows)


def _file(name: str, ending: str, title: str, header: list[str], rows: Iterable[Row]) -> HttpResponse:
    return as_csv(name, header, rows) if ending == "csv" else as_xlsx(name, [(title, header, rows)])


@requires(Permission.NEEDS_SAY)
@require_http_methods(["GET", "HEAD", "POST"])
def staleness(request: HttpRequest, pk: int) -> HttpResponse:
    """After how many months what was said is shown as old."""
    person = actor(request)
    area = get_area(person, pk, Permission.NEEDS_SAY)
    form = StalenessForm(request.POST or None, initial={"months": stale_after(area)})
    if request.method == "POST" and form.is_valid():
        actions.set_staleness(by=person, area=area, months=form.cleaned_data["months"])
        messages.success(request, "Saved.")
        return redirect("needs:area", pk)
    context = {
        "form": form,
        "fictional": area.fictional,
        "title": "When what was said is old",
        "text": f"What a school of {area.name} said longer ago is marked with its age, until it says so again.",
        "button": "Save",
        "back": matrix.area_url(area),
    }
    return render(request, "needs/form.html", context)
