"""Reads of waves that are used twice."""

from __future__ import annotations

from isthmus.apps.surveys.models import WaveSchool


def school_by_code(code: str) -> WaveSchool | None:
    """The organisation that a short code stands for, with its wave, or None. Case and gaps do not matter."""
    plain = "".join(code.lower().split()).replace("-", "")
    found = WaveSchool.objects.filter(code=plain).select_related("wave__instrument", "organisation")
    return found.first() if plain else None
