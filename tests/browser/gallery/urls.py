"""Pages that show every component, for tests and for eyes. They are no part of the product."""

from __future__ import annotations

import math
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from isthmus.apps.core import views as core
from isthmus.apps.core.access import public
from isthmus.apps.core.components import Action, Cell, Column, Fact, MapSource, Table, Task

handler403 = "isthmus.apps.core.views.forbidden"
handler404 = "isthmus.apps.core.views.not_found"
PAGES = Path(__file__).parent / "pages"


class GalleryForm(forms.Form):
    """One field of every kind, without any tweak."""

    name = forms.CharField(
        label="Name of the plan", help_text="People will see it in the list", max_length=80
    )
    smallest = forms.IntegerField(label="Smallest network", min_value=2, max_value=30)
    area = forms.ChoiceField(
        label="Authority", choices=[("", "Choose one"), ("850", "Hampshire"), ("921", "Isle of Wight")]
    )
    matter = forms.ChoiceField(
        label="What matters most?",
        choices=[("near", "Nearness"), ("mix", "Mixed phases")],
        widget=forms.RadioSelect,
    )
    phases = forms.MultipleChoiceField(
        label="Phases",
        choices=[("p", "Primary"), ("s", "Secondary"), ("a", "All-through")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts = forms.DateField(label="First day", help_text="For example, 27 3 2026")
    mail = forms.EmailField(label="E-mail address", required=False)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    notes = forms.CharField(label="Notes", widget=forms.Textarea, max_length=200, required=False)
    file = forms.FileField(label="Spreadsheet of clusters", required=False)
    sure = forms.BooleanField(label="I have told the schools", help_text="All of those in the plan")


class QuestionForm(forms.Form):
    """One question to a page."""

    near = forms.IntegerField(label="How near should schools be?", help_text="In kilometres")


def draw(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    text = (PAGES / f"{page}.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(text).render(context, request))


JOB = SimpleNamespace(
    pk=UUID(int=7), state="running", percent=40, message="comparing schools", is_over=False,
    cancel_requested=False, result_url="", get_state_display="Running",
)  # fmt: skip


@public
def job_panel(request: HttpRequest) -> HttpResponse:
    return render(request, "core/job_panel.html", {"job": JOB})


@public
def components(request: HttpRequest) -> HttpResponse:
    rows = [
        [
            Cell(f"St Mary’s Church of England Voluntary Aided Primary School {n}", url="/"),
            "Primary",
            210 + n,
            4.25,
        ]
        for n in range(1, 6)
    ]
    columns = [
        Column("School", sort_url="?sort=-name", sorted="ascending"),
        Column("Phase", sort_url="?sort=phase"),
        Column("Pupils", numeric=True),
        Column("Kilometres to the middle", numeric=True),
    ]
    return draw(
        request,
        "components",
        facts=[
            Fact(
                "Name",
                "Bohunt School",
                note="Register, 3 November 2026",
                actions=[Action("Change", "/", "the name")],
            ),
            Fact("Address", ["Longmoor Road", "Liphook", "GU30 7NY"]),
            Fact("Head", None, note="Register, 3 November 2026"),
        ],
        pairs=[("Schools", 12), ("Spread", "4.2 km")],
        actions=[Action("Show", "/", "network 3")],
        table=Table("Schools in network 3", columns, [*rows, ["A school without a figure", "", None, None]]),
        pages=Paginator(range(1000), 50).page(7),
        tasks=[
            Task("Say what matters", "Done", "/", done=True),
            Task("Look at the proposal", "To do", "/", hint="About 10 minutes"),
            Task("Tell the schools", "Cannot start yet", done=True),
        ],
        job=JOB,
        fictional="Strand",
    )


@public
def form(request: HttpRequest) -> HttpResponse:
    bound = GalleryForm(request.POST or None, request.FILES or None)
    return draw(request, "form", form=bound)


@public
def question(request: HttpRequest) -> HttpResponse:
    return draw(request, "question", form=QuestionForm(request.POST or None))


def some_points(number: int, networks: int) -> dict[str, Any]:
    """Points around the middles of `networks`, in none where it is 0."""
    chance = random.Random(4)
    features = []
    for n in range(number):
        network = n % networks + 1 if networks else None
        turn, reach = (network or chance.random() * 6) * 1.1, 0.18 if networks else 3 * chance.random()
        lng = -1.3 + reach * 1.6 * math.cos(turn) + chance.gauss(0, 0.05)
        lat = (51.1 if networks else 52.5) + reach * math.sin(turn) + chance.gauss(0, 0.03)
        about = {
            "id": str(900001 + n),
            "name": f"<b>School</b> {n}",
            "url": f"/schools/{n}/",
            "detail": "Primary",
        }
        about |= {"network": network} if networks else {}
        features.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lng, lat]}, "properties": about}
        )
    return {"type": "FeatureCollection", "features": features}


@public
def points(request: HttpRequest, number: int, networks: int) -> JsonResponse:
    return JsonResponse(some_points(number, networks))


@public
def boundary(request: HttpRequest) -> JsonResponse:
    ring = [[-2, 50.7], [-0.6, 50.7], [-0.6, 51.5], [-2, 51.5], [-2, 50.7]]
    area = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return JsonResponse({"type": "FeatureCollection", "features": [area]})


@public
def places(request: HttpRequest) -> JsonResponse:
    names = {
        "Winchester": [-1.31, 51.06],
        "Andover": [-1.48, 51.21],
        "Alton": [-0.97, 51.15],
        "Romsey": [-1.5, 50.99],
    }
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "rank": rank},
            "geometry": {"type": "Point", "coordinates": where},
        }
        for rank, (name, where) in enumerate(names.items(), start=1)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@public
def map_page(request: HttpRequest, number: int, networks: int) -> HttpResponse:
    source = MapSource(
        "Map of the networks",
        f"/gallery/points/{number}/{networks}/",
        "/gallery/boundary/",
        "/gallery/places/",
        "list",
    )
    shown = [
        {"label": f"Network {n}", "show": f"Show network {n} on the map", "what": f"network:{n}"}
        for n in (1, 2)
    ]
    rows = (
        [[Cell(f"School {n}", map_show=f"point:{900001 + n}"), n % networks + 1] for n in range(5)]
        if networks
        else []
    )
    table = Table(
        "Schools", [Column("School"), Column("Network", numeric=True)], rows, empty="Too many to list here."
    )
    return draw(request, "map", source=source, networks=shown if networks else [], table=table)


@public
def broken_map(request: HttpRequest) -> HttpResponse:
    source = MapSource("Map", "/gallery/nowhere/", list_id="list")
    table = Table("Schools", [Column("School")], [["One"]])
    return draw(request, "map", source=source, networks=[], table=table)


@public
def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("", core.home, name="home"),
    path(f"tasks/{JOB.pk}/", job_panel),
    path("", include("isthmus.apps.core.urls")),
    path("gallery/components/", components),
    path("gallery/form/", form),
    path("gallery/question/", question),
    path("gallery/points/<int:number>/<int:networks>/", points),
    path("gallery/boundary/", boundary),
    path("gallery/places/", places),
    path("gallery/map/<int:number>/<int:networks>/", map_page),
    path("gallery/broken-map/", broken_map),
    path("gallery/refused/", refused),
]
