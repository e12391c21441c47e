"""Reads of waves that are used twice."""

from __future__ import annotations

from isthmus.apps.surveys.models import Wave, WaveSchool


def school_by_code(code: str) -> WaveSchool | None:
    """The organisation that a short code stands for, with its wave, or None. Case and gaps do not matter."""
    plain = "".join(code.lower().split()).replace("-", "")
    found = WaveSchool.objects.filter(code=plain).select_related("wave__instrument", "organisation")
    return found.first() if plain else None


_OPENED: dict[str, WaveSchool] = {}
MOST_OPENED = 5000


def opened_school(code: str) -> WaveSchool | None:
    """As `school_by_code`, of a wave that was opened, from this process's memory where it was asked for before.

    What an answer is read by never changes once a wave is open: the database sees to it (`guards`). Whether it is open
    still, its name and its days are not to be taken from here.
    """
    found = _OPENED.get(code)
    if found is None:
        found = school_by_code(code)
        if found is None or not found.wave.opened_at:
            return None
        if len(_OPENED) >= MOST_OPENED:
            _OPENED.clear()
        _OPENED[code] = found
    return found


def is_fictional(wave: Wave) -> bool:
    """Whether a wave asks invented schools, so that its pages say so."""
    return wave.schools.filter(organisation__fictional=True).exists()
