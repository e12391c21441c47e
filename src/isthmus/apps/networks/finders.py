"""What search finds of networks: those that the person sees, and the plans of their areas."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.search import Found, Matches, all_words, finds
from isthmus.apps.networks.access import networks_seen, plans_for
from isthmus.apps.networks.models import Network, NetworkState, Plan


@finds("plans", "Plans", order=50)
def plans(person: Actor | None, text: str) -> Matches | None:
    """Plans by their name, or by the name of the area whose schools they group."""
    if person is None or not person.may(Permission.PLAN_VIEW):
        return None
    found = plans_for(person).filter(all_words(text, "name", "about__name")).select_related("about")
    return Matches(found.defer("about__boundary", "about__places").order_by("-created_at", "-pk"), _plans)


def _plans(found: Sequence[Plan]) -> list[Found]:
    return [
        Found(
            plan.name,
            reverse("networks:plan", args=[plan.pk]),
            f"Schools of {plan.about.name}, {plan.get_state_display().lower()}, "
            f"asked for on {in_words(plan.created_at)}",
        )
        for plan in found
    ]


@finds("networks", "Networks", order=45)
def networks(person: Actor | None, text: str) -> Matches | None:
    """Networks by their name, or by the name of their area."""
    if person is None or not person.may(Permission.NETWORK_VIEW):
        return None
    found = networks_seen(person).filter(all_words(text, "name", "layer__area__name"))
    found = found.select_related("layer__area").defer("layer__area__boundary", "layer__area__places")
    return Matches(found.order_by("name", "pk"), _networks)


def _networks(found: Sequence[Network]) -> list[Found]:
    return [
        Found(
            network.name,
            reverse("networks:network", args=[network.pk]),
            f"{network.layer.name}, {network.layer.area.name}"
            + (", dissolved" if network.state == NetworkState.DISSOLVED else ""),
        )
        for network in found
    ]
