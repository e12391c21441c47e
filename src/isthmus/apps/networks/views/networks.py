"""One network: what a visitor sees, what a member sees, and how it is changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from isthmus.apps.core.access import actor, public, requires
from isthmus.apps.core.permissions import Permission
from isthmus.apps.networks import actions
from isthmus.apps.networks.access import (
    get_area,
    get_layer,
    get_managed_network,
    get_membership,
    get_network,
    get_public_network,
    get_sub_group,
    managed_networks,
)
from isthmus.apps.networks.actions.existing import ChangedMeanwhile
from isthmus.apps.networks.actions.memberships import CannotJoin
from isthmus.apps.networks.forms.existing import (
    DissolveForm,
    LayerForm,
    MemberForm,
    MembershipForm,
    NetworkForm,
    ReasonForm,
    SubGroupForm,
)
from isthmus.apps.networks.models import LayerKind, MemberRole, Network
from isthmus.apps.networks.presenters import pages as presenters
from isthmus.apps.networks.queries.existing import layers_of, memberships_of, to_add

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _form_page(request: HttpRequest, form: forms.Form, title: str, back: str, **more: Any) -> HttpResponse:
    """A page with one form; its button says what it does."""
    context = {"form": form, "title": title, "back": back, "button": "Save", **more}
    return render(request, "networks/form.html", context)


def _page_of(network: Network) -> str:
    return reverse("networks:network", args=[network.pk])


@public
@require_GET
def visitor(request: HttpRequest, pk: int) -> HttpResponse:
    """What anybody may see of a network that says so."""
    network = get_public_network(pk)
    context = {
        "network": network,
        "fictional": network.layer.area.fictional,
        "facts": presenters.visitor_facts(network),
        "members": presenters.members_of_today(list(memberships_of(network))),
    }
    return render(request, "networks/visitor.html", context)


@requires(Permission.NETWORK_VIEW)
@require_GET
def network_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A network as its members and its area see it, with its history."""
    person = actor(request)
    network = get_network(person, pk)
    manage = managed_networks(person).filter(pk=pk).exists()
    members = presenters.members(list(memberships_of(network)), reasons=manage, manage=manage)
    sees_area = get_area_or_none(request, network)
    context = {
        "network": network,
        "fictional": network.layer.area.fictional,
        "facts": presenters.member_facts(network),
        "members": members,
        "sub_groups": list(network.sub_groups.all()),
        "may_manage": manage,
        "area_url": sees_area,
        "may_invite": person.may(Permission.PEOPLE_MANAGE, network.scope) or manage,
    }
    return render(request, "networks/network.html", context)


def get_area_or_none(request: HttpRequest, network: Network) -> str:
    """The address of the area's networks, for those who see them."""
    seen = actor(request).scopes(Permission.NETWORK_VIEW)
    from isthmus.apps.networks.access import areas_with_networks

    if not seen or not areas_with_networks(actor(request)).filter(pk=network.layer.area_id).exists():
        return ""
    return reverse("networks:area", args=[network.layer.area_id])


@requires(Permission.NETWORK_MANAGE)
@FORM
def network_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a network that exists."""
    person = actor(request)
    area = get_area(person, pk, Permission.NETWORK_MANAGE)
    if not area.layers.exists():
        messages.info(request, "Networks stand in layers. Write down the first layer, then its networks.")
        return redirect("networks:layer_new", pk)
    form = NetworkForm(request.POST or None, area=area, network=None)
    if request.method == "POST" and form.is_valid():
        network = actions.found_network(by=person, layer=form.cleaned_data["layer"], details=form.details())
        return redirect("networks:member_add", network.pk)
    return _form_page(
        request,
        form,
        f"A network in {area.name}",
        reverse("networks:area", args=[pk]),
        fictional=area.fictional,
    )


@requires(Permission.NETWORK_MANAGE)
@FORM
def network_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is said of a network."""
    person = actor(request)
    network = get_managed_network(person, pk)
    form = NetworkForm(request.POST or None, area=network.layer.area, network=network)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_network(
                by=person,
                network=network,
                layer=data["layer"],
                details=form.details(),
                why=data["why"],
                seen=data["seen"] or None,
            )
        except ChangedMeanwhile:
            form.meanwhile(get_managed_network(person, pk))
        else:
            return redirect("networks:network", pk)
    return _form_page(request, form, f"Change {network.name}", _page_of(network))


@requires(Permission.NETWORK_MANAGE)
@FORM
def network_dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End a network on a day. Its past stays."""
    person = actor(request)
    network = get_managed_network(person, pk)
    form = DissolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if actions.dissolve_network(by=person, network=network, last_day=data["last_day"], why=data["why"]):
            messages.success(request, f"{network.name} was dissolved. Its past stays.")
        return redirect("networks:network", pk)
    text = "Every membership that lasts longer ends on that day too. What was stays in the history."
    return _form_page(
        request,
        form,
        f"Dissolve {network.name}",
        _page_of(network),
        text=text,
        button="Dissolve the network",
        warning=True,
    )


@requires(Permission.NETWORK_MANAGE)
@FORM
def network_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a network that was written down by mistake."""
    person = actor(request)
    network = get_managed_network(person, pk)
    if request.method == "POST":
        if actions.remove_network(by=person, network=network):
            messages.success(request, f"{network.name} was removed.")
            return redirect("networks:area", network.layer.area_id)
        messages.warning(request, "It has or had members, so it is dissolved and not removed.")
        return redirect("networks:network_dissolve", pk)
    text = "For a network that was written down by mistake and never had a member. Others are dissolved."
    return _form_page(
        request,
        forms.Form(),
        f"Remove {network.name}",
        _page_of(network),
        text=text,
        button="Remove the network",
        warning=True,
    )


@requires(Permission.NETWORK_MANAGE)
@FORM
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Find an organisation, and say that it is in the network."""
    person = actor(request)
    network = get_managed_network(person, pk)
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]
    found = to_add(network.layer.area, text) if text else []
    form = MemberForm(request.POST if request.method == "POST" else None, found=found) if found else None
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.join(
                by=person,
                network=network,
                organisation=data["organisation"],
                role=MemberRole(data["role"]),
                since=data["since"],
                why=data["why"],
            )
        except CannotJoin as cannot:
            form.add_error("organisation", str(cannot))
        else:
            messages.success(request, f"{made.organisation.name} is in {network.name}.")
            return redirect("networks:network", pk)
    context = {"network": network, "fictional": network.layer.area.fictional, "q": text, "form": form}
    return render(request, "networks/member_add.html", context)


@requires(Permission.NETWORK_MANAGE)
@FORM
def membership(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Correct a membership, or end it."""
    person = actor(request)
    row = get_membership(person, pk, number)
    form = MembershipForm(request.POST or None, membership=row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_membership(by=person, membership=row, **{**data, "role": MemberRole(data["role"])})
        except CannotJoin as cannot:
            form.add_error("until", str(cannot))
        else:
            return redirect("networks:network", pk)
    more = (
        reverse("networks:membership_remove", args=[pk, number]),
        "It never was so: take this membership away",
    )
    title = f"{row.organisation.name} in {row.network.name}"
    return _form_page(request, form, title, _page_of(row.network), more=more)


@requires(Permission.NETWORK_MANAGE)
@FORM
def membership_remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take away a membership that never was."""
    person = actor(request)
    row = get_membership(person, pk, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.remove_membership(by=person, membership=row, why=form.cleaned_data["why"])
        return redirect("networks:network", pk)
    text = "For a membership that was entered by mistake. One that ended is given its last day instead."
    return _form_page(
        request,
        form,
        f"Take {row.organisation.name} away from {row.network.name}",
        reverse("networks:membership", args=[pk, number]),
        text=text,
        button="Take it away",
        warning=True,
    )


@requires(Permission.NETWORK_MANAGE)
@FORM
def sub_group(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Add or change a sub-group."""
    person = actor(request)
    network = get_managed_network(person, pk)
    group = get_sub_group(person, network, number) if number else None
    form = SubGroupForm(request.POST or None, network=network, sub_group=group)
    if request.method == "POST" and form.is_valid():
        actions.keep_sub_group(by=person, network=network, sub_group=group, **form.cleaned_data)
        return redirect("networks:network", pk)
    title = f"Change {group.name}" if group else f"A sub-group of {network.name}"
    return _form_page(request, form, title, _page_of(network))


@requires(Permission.NETWORK_MANAGE)
@require_GET
def layer_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The layers of an area."""
    area = get_area(actor(request), pk, Permission.NETWORK_MANAGE)
    context = {"area": area, "fictional": area.fictional, "layers": list(layers_of(area))}
    return render(request, "networks/layers.html", context)


@requires(Permission.NETWORK_MANAGE)
@FORM
def layer(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Add or change a layer."""
    person = actor(request)
    area = get_area(person, pk, Permission.NETWORK_MANAGE)
    found = get_layer(person, area, number) if number else None
    form = LayerForm(request.POST or None, area=area, layer=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.keep_layer(by=person, area=area, layer=found, **{**data, "kind": LayerKind(data["kind"])})
        return redirect("networks:layers", pk)
    title = f"Change the layer ‘{found.name}’" if found else f"A layer of networks in {area.name}"
    return _form_page(request, form, title, reverse("networks:layers", args=[pk]), fictional=area.fictional)


@requires(Permission.NETWORK_MANAGE)
@FORM
def layer_remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Remove a layer without networks."""
    person = actor(request)
    found = get_layer(person, get_area(person, pk, Permission.NETWORK_MANAGE), number)
    back = reverse("networks:layers", args=[pk])
    if request.method == "POST":
        try:
            actions.remove_layer(by=person, layer=found)
        except ProtectedError:
            messages.warning(request, f"‘{found.name}’ has networks. Move them to another layer first.")
        return redirect(back)
    return _form_page(
        request,
        forms.Form(),
        f"Remove the layer ‘{found.name}’",
        back,
        button="Remove the layer",
        warning=True,
    )
