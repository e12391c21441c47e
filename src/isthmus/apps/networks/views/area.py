"""The networks that an area has, on any day: findings, list and map, schools, layers, changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import SchoolYear, in_words, today
from isthmus.apps.core.exports import as_csv, as_xlsx
from isthmus.apps.core.listing import Sort, listing, listing_of
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks.access import areas_with_networks, get_area, networks_seen
from isthmus.apps.networks.adapters.measures import Survey, compared, measured
from isthmus.apps.networks.choices import phase_label
from isthmus.apps.networks.exports.existing import EXAMPLE, HEADER, file_rows
from isthmus.apps.networks.forms.existing import DayForm, day_asked
from isthmus.apps.networks.models import Layer
from isthmus.apps.networks.presenters import existing as presenters
from isthmus.apps.networks.presenters.findings import Looked, findings
from isthmus.apps.networks.presenters.pages import networks_list
from isthmus.apps.networks.presenters.rows import (
    NETWORK_FILTERS,
    NETWORK_ORDERS,
    SCHOOL_FILTERS,
    SCHOOL_ORDERS,
    NetworkRow,
    SchoolRow,
    fitting_networks,
    fitting_schools,
    network_rows,
    school_rows,
)
from isthmus.apps.networks.queries.existing import Picture, by_year, day_of, picture, years_of
from isthmus.apps.register.models import Area

GEOJSON = "application/geo+json"
SORTS = {
    "name": Sort("Network", ("name",)),
    "area": Sort("Area", ("layer__area__name", "name")),
    "layer": Sort("Layer", ("layer__name", "name")),
}


@requires(Permission.NETWORK_VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The person's areas, and every network that they see."""
    person = actor(request)
    text = request.GET.get("q", "").strip()[:100]
    rows = networks_seen(person).select_related("layer__area")
    if text:
        rows = rows.filter(name__icontains=text)
    page = listing(request, rows, sorts=SORTS)
    context = {"list": page, "table": networks_list(page), "q": text, "areas": areas_with_networks(person)}
    return render(request, "networks/home.html", context)


@dataclass(frozen=True)
class _Page:
    """What the pages of one area share."""

    area: Area
    day: date
    query: dict[str, str]
    picture: Picture
    survey: Survey
    networks: list[NetworkRow]
    schools: list[SchoolRow]

    @property
    def looked(self) -> Looked:
        return Looked(self.picture, self.survey, self.networks, self.schools)

    def context(self, request: HttpRequest, page: str) -> dict[str, Any]:
        """What the frame of the page needs."""
        return {
            "area": self.area,
            "fictional": self.area.fictional,
            "day": self.day,
            "is_today": self.day == today(),
            "tabs": presenters.tabs(self.area, page, self.query),
            "years": [(str(year), day_of(year).isoformat()) for year in years_of(self.area)],
            "day_form": DayForm(initial={"day": self.day}, auto_id="other-%s"),
            "may_manage": actor(request).may(Permission.NETWORK_MANAGE),
            "query": self.query,
            "q": request.GET.get("q", "").strip()[:100],
            "only": request.GET.get("only", ""),
            "layers": self.picture.layers,
            "empty": not self.picture.networks,
        }


def _page(request: HttpRequest, pk: int) -> _Page:
    area = get_area(actor(request), pk)
    day = day_asked(request.GET)
    found = picture(area, day)
    survey = measured(found)
    query = {} if day == today() else {"on": day.isoformat()}
    return _Page(area, day, query, found, survey, network_rows(found, survey), school_rows(found, survey))


def _layer(request: HttpRequest, found: Picture) -> Layer | None:
    """The layer that is asked for."""
    number = row_number(request.GET.get("layer"))
    return next((layer for layer in found.layers if layer.pk == number), None)


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """What the networks of an area tell, in words, each with a next step."""
    page = _page(request, pk)
    link = page.looked.url("networks") + "&"
    context = {
        **page.context(request, "area"),
        "figures": presenters.figures(page.picture, page.survey),
        "layers_table": presenters.layers_table(page.picture, page.survey, link),
        "findings": findings(page.looked),
        "may_plan": actor(request).may(Permission.PLAN_MAKE),
    }
    return render(request, "networks/area.html", context)


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_networks(request: HttpRequest, pk: int) -> HttpResponse:
    """The networks of an area, one layer of them on the map."""
    page = _page(request, pk)
    shared = page.context(request, "networks")
    layer = _layer(request, page.picture)
    rows = fitting_networks(page.networks, page.picture, text=shared["q"], layer=layer, only=shared["only"])
    whole = "whole" in request.GET
    shown = listing_of(request, rows, sorts=NETWORK_ORDERS, per_page=max(len(rows), 1) if whole else 20)
    on_map = layer or next(iter(page.picture.layers), None)
    context = {
        **shared,
        "layer": layer,
        "on_map": on_map,
        "list": shown,
        "whole": whole,
        "orders": [shown.column(order.label, key) for key, order in NETWORK_ORDERS.items()],
        "cards": presenters.cards(shown.page, page.picture, on_map),
        "map": presenters.map_source(page.area, on_map, page.query),
        "filters": [(key, label) for key, (label, _fits) in NETWORK_FILTERS.items()],
    }
    return render(request, "networks/area_networks.html", context)


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The points of the map."""
    page = _page(request, pk)
    points = presenters.geojson(page.picture, page.networks, _layer(request, page.picture))
    return JsonResponse(points, content_type=GEOJSON)


def _schools(request: HttpRequest, page: _Page) -> list[SchoolRow]:
    return fitting_schools(
        page.schools,
        text=request.GET.get("q", "").strip()[:100],
        layer=_layer(request, page.picture),
        only=request.GET.get("only", ""),
        phase=request.GET.get("phase", ""),
    )


def _school_list(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    page = _page(request, pk)
    shown = listing_of(request, _schools(request, page), sorts=SCHOOL_ORDERS)
    table = presenters.schools_table if name == "schools" else presenters.matrix_table
    phases = sorted({row.school.phase for row in page.schools if row.school.phase})
    context = {
        **page.context(request, name),
        "layer": _layer(request, page.picture),
        "phase": request.GET.get("phase", ""),
        "phases": [(phase, phase_label(phase)) for phase in phases],
        "list": shown,
        "table": table(shown, page.picture),
        "filters": [(key, label) for key, (label, _fits) in SCHOOL_FILTERS.items()],
        "files": shown.link(sort=None),
        "heading": dict(presenters.PAGES)[name],
    }
    return render(request, "networks/area_schools.html", context)


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_schools(request: HttpRequest, pk: int) -> HttpResponse:
    """Every school of the area: in how many networks, and which."""
    return _school_list(request, pk, "schools")


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_matrix(request: HttpRequest, pk: int) -> HttpResponse:
    """Schools by layer."""
    return _school_list(request, pk, "matrix")


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_schools_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The schools that were asked for, by layer, as a file."""
    page = _page(request, pk)
    header, rows = presenters.schools_for_file(_schools(request, page), page.picture)
    name = f"{page.area.name} schools and networks {page.day.isoformat()}"
    if ending == "csv":
        return as_csv(name, header, rows)
    return as_xlsx(name, [("Schools", header, rows)])


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_memberships_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """Everybody who is or was in a network, as the spreadsheet that can be brought in again."""
    area = get_area(actor(request), pk)
    name = f"{area.name} memberships"
    if ending == "csv":
        return as_csv(name, HEADER, file_rows(area))
    return as_xlsx(name, [("Memberships", HEADER, file_rows(area))])


@requires(Permission.NETWORK_MANAGE)
@require_GET
def template_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """An empty spreadsheet with the headings, and one that shows how rows look."""
    get_area(actor(request), pk, Permission.NETWORK_MANAGE)
    if ending == "csv":
        return as_csv("memberships template", HEADER, [])
    return as_xlsx("memberships template", [("Memberships", HEADER, []), ("How rows look", HEADER, EXAMPLE)])


@requires(Permission.NETWORK_VIEW)
@require_GET
def area_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from one school year to another."""
    area = get_area(actor(request), pk)
    years = years_of(area)
    now = years[0]
    after_year = _year(request, "to", years) or now
    before_year = _year(request, "from", years) or SchoolYear(after_year.start - 1)
    if before_year >= after_year:
        before_year = SchoolYear(after_year.start - 1)
    before, after = picture(area, day_of(before_year)), picture(area, day_of(after_year))
    context = {
        "area": area,
        "fictional": area.fictional,
        "tabs": presenters.tabs(area, "changes", {}),
        "choices": [(year.start, str(year)) for year in [*years, SchoolYear(years[-1].start - 1)]],
        "before": before_year.start,
        "after": after_year.start,
        "days": (in_words(before.day), in_words(after.day)),
        "may_manage": actor(request).may(Permission.NETWORK_MANAGE),
        "years_table": presenters.over_years(by_year(area)),
        **presenters.changes(compared(before, after), before, after),
    }
    return render(request, "networks/area_changes.html", context)


def _year(request: HttpRequest, name: str, years: list[SchoolYear]) -> SchoolYear | None:
    number = row_number(request.GET.get(name))
    known = [*years, SchoolYear(years[-1].start - 1)]
    return next((year for year in known if year.start == number), None)
