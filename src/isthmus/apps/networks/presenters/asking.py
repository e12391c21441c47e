"""The page on which a plan is asked for: presets, and what one unit costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.networks.adapters.layers import typical_km
from isthmus.apps.networks.choices import PRESETS
from isthmus.apps.register.models import Area
from isthmus.apps.register.queries import area_members


@dataclass(frozen=True)
class Preset:
    """Answers that one link gives."""

    label: str
    text: str
    url: str
    chosen: bool


def presets(about: Area, chosen: str) -> list[Preset]:
    """Every preset, as a link."""
    address = reverse("networks:plan_new")
    return [
        Preset(label, text, f"{address}?{urlencode({'about': about.pk, 'preset': key})}", key == chosen)
        for key, (label, text, _answers) in PRESETS.items()
    ]


def usual_way(about: Area, smallest: Any, largest: Any) -> str:
    """The usual way between neighbours in an area, in words; empty where it cannot be told."""
    try:
        low, high = int(smallest), int(largest)
    except (TypeError, ValueError):
        return ""
    rows = area_members(about).filter(urn__isnull=False, easting__isnull=False).order_by()
    points = list(rows.values_list("easting", "northing"))
    km = typical_km(points, low, high)
    return "" if km is None else f"{numbers.decimal(km, 1, 'km')} in a straight line"
