"""Which instruments can be asked for a scope: those that come with Isthmus, and the own ones of the areas around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isthmus.apps.surveys.adapters.instruments import Instrument, read, shipped
from isthmus.apps.surveys.models import Instrument as Kept
from isthmus.methods.surveys.instruments import Asked


@dataclass(frozen=True)
class Choice:
    """One instrument: `key` names it in an address, `kept` is its row where it is an area's own."""

    key: str
    instrument: Instrument
    kept: Kept | None = None


def in_waves(instrument: Instrument) -> bool:
    """Whether waves ask it: it is not for oneself alone, and not answered once for each partner."""
    return bool(instrument.waves) and instrument.asked == Asked.ONCE


def choices(own: Iterable[Kept], *, waves_only: bool = True) -> list[Choice]:
    """The instruments, by title; those of `waves_only` that waves ask."""
    found = [Choice(one.id, one) for one in shipped()]
    found += [Choice(f"own-{row.pk}", read(row.text), row) for row in own]
    fitting = [one for one in found if not waves_only or in_waves(one.instrument)]
    return sorted(fitting, key=lambda one: (one.instrument.title.casefold(), one.key))
