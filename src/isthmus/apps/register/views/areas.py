"""Areas of one's own, and what belongs to an area: terms, themes, partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, requires
from isthmus.apps.core.dates import SchoolYear, today
from isthmus.apps.core.numbers import row_number
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.scopes import INSTALLATION, ScopeKind
from isthmus.apps.register import actions, presenters, queries
from isthmus.apps.register.access import areas_seen, areas_where, get_area
from isthmus.apps.register.actions import Extent
from isthmus.apps.register.forms.areas import AreaForm, OpenAreaForm, PartnerForm, TermsForm, ThemeForm
from isthmus.apps.register.models import OWNED_AREAS, Area, AreaKind, Kind, Organisation
from isthmus.apps.register.queries.search import matching

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _managed(request: HttpRequest, pk: int) -> Area:
    return get_area(actor(request), pk, Permission.AREA_MANAGE)


def _owned(request: HttpRequest, pk: int) -> Area:
    area = _managed(request, pk)
    if area.kind not in OWNED_AREAS:
        raise Http404
    return area


def _page(request: HttpRequest, form: forms.Form, title: str, back: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "button": "Save", **more}
    return render(request, "register/area_form.html", context)


@requires(Permission.AREA_MANAGE)
@FORM
def area_new(request: HttpRequest) -> HttpResponse:
    """Make an area of one's own."""
    person = actor(request)
    owners = areas_where(person, Permission.AREA_MANAGE)
    form = AreaForm(request.POST or None, request.FILES or None, owners=owners, seen=areas_seen(person))
    if request.method == "POST" and form.is_valid() and form.extent is not None:
        data = form.cleaned_data
        area = actions.make_area(
            by=person, owner=data["owner"], name=data["name"], extent=form.extent, token=data["token"]
        )
        return redirect("register:area_pick" if area.kind == AreaKind.PICKED else "register:area", area.pk)
    drawing = presenters.drawing(owners.first())
    return _page(request, form, "Make an area", reverse("register:areas"), files=True, map=drawing)


@requires(Permission.AREA_MANAGE)
@FORM
def area_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an area of one's own another name or other schools."""
    person = actor(request)
    area = _owned(request, pk)
    form = AreaForm(
        request.POST or None,
        request.FILES or None,
        owners=areas_where(person, Permission.AREA_MANAGE),
        seen=areas_seen(person),
        area=area,
    )
    if request.method == "POST" and form.is_valid() and form.extent is not None:
        area = actions.change_area(by=person, area=area, name=form.cleaned_data["name"], extent=form.extent)
        return redirect("register:area_pick" if area.kind == AreaKind.PICKED else "register:area", pk)
    drawing = presenters.drawing(area.owner)
    return _page(
        request, form, f"Change {area.name}", reverse("register:area", args=[pk]), files=True, map=drawing
    )


@requires(Permission.AREA_MANAGE)
@FORM
def area_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an area of one's own on which nothing stands."""
    area = _owned(request, pk)
    back = reverse("register:area", args=[pk])
    if request.method == "POST":
        try:
            actions.remove_area(by=actor(request), area=area)
        except ProtectedError:
            messages.warning(request, f"{area.name} has networks or plans, so it stays.")
            return redirect(back)
        messages.success(request, f"{area.name} was removed.")
        return redirect("register:areas")
    return _page(request, forms.Form(), f"Remove {area.name}", back, button="Remove the area")


@requires(Permission.AREA_MANAGE)
@FORM
def area_pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Find schools and add them one by one; take others out."""
    area = _owned(request, pk)
    if area.kind not in (AreaKind.LIST, AreaKind.PICKED):
        return redirect("register:area_change", pk)
    inside = list(queries.area_members(area, everything=True).only("pk", "urn", "name", "town", "postcode"))
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]
    found: list[Organisation] = []
    if text:
        rows = Organisation.objects.filter(urn__isnull=False, fictional=area.fictional)
        rows = matching(rows, text).exclude(pk__in=[school.pk for school in inside])
        found = list(rows.only("pk", "urn", "name", "town", "postcode").order_by("sort_name", "pk")[:30])
    if request.method == "POST":
        offered = {school.pk: school for school in (*inside, *found)}
        numbers = {row_number(value) for value in request.POST.getlist("school")}
        chosen = [school for pk_, school in offered.items() if pk_ in numbers]
        extent = Extent(AreaKind.PICKED, schools=chosen)
        actions.change_area(by=actor(request), area=area, name=area.name, extent=extent)
        messages.success(request, f"{area.name} has {len(chosen):,} schools.")
        return redirect("register:area_pick", pk)
    context = {"area": area, "fictional": area.fictional, "inside": inside, "found": found, "q": text}
    return render(request, "register/area_pick.html", context)


@requires(Permission.AREA_MANAGE)
@FORM
def area_open(request: HttpRequest) -> HttpResponse:
    """Open the area of a trust, a diocese or a region: trust officers their own, administrators any."""
    person = actor(request)
    choices = _openable(person.scopes(Permission.AREA_MANAGE))
    form = OpenAreaForm(
        request.POST or None, choices=[(key, label) for key, (label, _how) in choices.items()]
    )
    if request.method == "POST" and form.is_valid():
        _label, how = choices[form.cleaned_data["which"]]
        area = actions.open_area(by=person, **how)
        return redirect("register:area", area.pk)
    return _page(request, form, "Open an area", reverse("register:areas"), button="Open this area")


def _openable(scopes: list[Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """What may be opened, by the value of its choice: its label, and what the action takes."""
    groups = Organisation.objects.filter(kind__in=(Kind.TRUST, Kind.FEDERATION))
    administrator = INSTALLATION in scopes
    if not administrator:
        groups = groups.filter(pk__in=[s.id for s in scopes if s.kind == ScopeKind.ORGANISATION])
    found: dict[str, tuple[str, dict[str, Any]]] = {
        f"organisation:{one.pk}": (one.name, {"kind": AreaKind.TRUST, "organisation": one})
        for one in groups.only("pk", "name", "group_uid", "fictional", "kind").order_by("sort_name", "pk")
    }
    if administrator:
        for kind in (AreaKind.DIOCESE, AreaKind.REGION):
            for value in queries.areas_with_names(kind):
                found[f"{kind.value}:{value}"] = (value, {"kind": kind, "value": value})
    return found


@requires(Permission.AREA_MANAGE)
@FORM
def area_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of a school year."""
    area = get_area_in_charge(request, pk)
    now = SchoolYear.of(today())
    number = row_number(request.POST.get("year") or request.GET.get("year"))
    year = SchoolYear(number) if number and now.start - 10 <= number <= now.start + 5 else now
    known = [(term.name, term.starts, term.ends) for term in queries.terms(area, year)]
    form = TermsForm(request.POST or None, year=year, known=known)
    if request.method == "POST" and form.is_valid():
        actions.set_terms(by=actor(request), area=area, year=year, terms=form.terms())
        messages.success(request, f"The terms of {year} were kept.")
        return redirect(f"{reverse('register:area_terms', args=[pk])}?year={year.start}")
    context = {
        "form": form,
        "area": area,
        "fictional": area.fictional,
        "year": year,
        "years": [(now.start + step, str(SchoolYear(now.start + step))) for step in (-1, 0, 1, 2)],
    }
    return render(request, "register/area_terms.html", context)


def get_area_in_charge(request: HttpRequest, pk: int) -> Area:
    """The area to which terms and themes belong: an area of one's own has those of the area that made it."""
    area = _managed(request, pk)
    return area if area.owner_id is None else _managed(request, area.owner_id)


@requires(Permission.AREA_MANAGE)
@FORM
def area_themes(request: HttpRequest, pk: int) -> HttpResponse:
    """The themes of an area; the button adds those that the source documents name."""
    area = get_area_in_charge(request, pk)
    if request.method == "POST":
        new = actions.seed_themes(by=actor(request), area=area)
        messages.success(request, f"{new:,} new themes." if new else "All of them were here already.")
        return redirect("register:area_themes", pk)
    themes = list(queries.themes(area, everything=True))
    context = {"area": area, "fictional": area.fictional, "themes": themes}
    return render(request, "register/area_themes.html", context)


@requires(Permission.AREA_MANAGE)
@FORM
def area_theme(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Add or change a theme."""
    area = get_area_in_charge(request, pk)
    theme = get_object_or_404(area.themes, pk=number) if number else None
    form = ThemeForm(request.POST or None, area=area, theme=theme)
    if request.method == "POST" and form.is_valid():
        actions.keep_theme(by=actor(request), area=area, theme=theme, **form.cleaned_data)
        return redirect("register:area_themes", pk)
    title = f"Change the theme ‘{theme.name}’" if theme else f"A theme of {area.name}"
    return _page(request, form, title, reverse("register:area_themes", args=[pk]))


@requires(Permission.AREA_MANAGE)
@FORM
def area_partners(request: HttpRequest, pk: int) -> HttpResponse:
    """Organisations of other kinds that work with an area; the form adds one."""
    area = _managed(request, pk)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.add_partner(by=actor(request), area=area, name=data["name"], kind=Kind(data["kind"]))
        messages.success(request, f"{made.name} works with {area.name}.")
        return redirect("register:area_partners", pk)
    partners = list(queries.partners(area))
    context = {"area": area, "fictional": area.fictional, "partners": partners, "form": form}
    return render(request, "register/area_partners.html", context)


@requires(Permission.AREA_MANAGE)
@FORM
def area_partner_end(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say that an organisation works with the area no more."""
    area = _managed(request, pk)
    partner = get_object_or_404(queries.partners(area), pk=number)
    back = reverse("register:area_partners", args=[pk])
    if request.method == "POST":
        actions.end_partner(by=actor(request), area=area, partner=partner)
        return redirect(back)
    text = "It stays in the register, and in the networks that it is in."
    title = f"{partner.name} works with {area.name} no more"
    return _page(request, forms.Form(), title, back, text=text, button="Say so")


@requires(Permission.AREA_MANAGE)
@require_GET
def area_own(request: HttpRequest) -> HttpResponse:
    """The areas that the person looks after."""
    areas = list(areas_where(actor(request), Permission.AREA_MANAGE).defer("boundary", "places"))
    return render(request, "register/areas_own.html", {"areas": areas})
