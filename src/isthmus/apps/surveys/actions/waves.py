"""What people who look after a wave do with it: write it, say whom it asks, open it, give it more days."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.scopes import Scope
from isthmus.apps.register.models import Organisation
from isthmus.apps.surveys.models import USUAL_K, Instrument, Wave, WaveKind, WaveSchool, WaveState, Who

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""What a short code is made of: nothing that is mistaken for something else when it is read from a poster."""
CODE_LENGTH = 8


@dataclass(frozen=True)
class Asking:
    """What is said of a wave before it opens. Afterwards only its name may change, and its days may become later."""

    name: str
    why: str
    asks: str
    kind: WaveKind
    until: date
    results_on: date
    asked: Sequence[Who]
    k: int = USUAL_K
    consent: str = ""
    comments: bool = False
    reader_id: int | None = None
    previous: Wave | None = None

    def fields(self) -> dict[str, Any]:
        """The columns of a wave."""
        return {**vars(self), "asked": sorted(self.asked)}


@dataclass(frozen=True)
class Grouped:
    """How one organisation is asked: the group it is counted in, and how many people there are."""

    group: str = ""
    expected: int | None = None


def _told(wave: Wave) -> dict[str, Any]:
    return {
        "name": wave.name,
        "kind": wave.get_kind_display(),
        "fewest answers": wave.k,
        "who is asked": ", ".join(wave.asked),
        "open until": in_words(wave.until),
        "results on": in_words(wave.results_on),
    }


def _locked(wave: Wave) -> Wave:
    return Wave.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=wave.pk)


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _rows(wave: Wave, schools: Sequence[Organisation], grouped: Mapping[int, Grouped]) -> list[WaveSchool]:
    return [
        WaveSchool(
            wave=wave,
            organisation=school,
            phase=str(school.get_phase_display() or ""),
            code=_code(),
            **vars(grouped.get(school.pk, Grouped())),
        )
        for school in schools
    ]


@transaction.atomic
def start_wave(
    *,
    by: Actor | None,
    scope: Scope,
    instrument: Instrument,
    asking: Asking,
    schools: Sequence[Organisation],
    token: UUID,
    grouped: Mapping[int, Grouped] | None = None,
) -> Wave:
    """Write a wave down; nobody can answer yet. The same `token` again gives the first."""
    fields = {
        **asking.fields(),
        "instrument": instrument,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "made_by_id": by.pk if by else None,
    }
    wave, made = Wave.objects.get_or_create(token=token, defaults=fields)
    if made:
        WaveSchool.objects.bulk_create(_rows(wave, schools, grouped or {}))
        detail = {"schools": len(schools), "instrument": instrument.fingerprint}
        audit.record("wave.start", by=by, target=wave, scope=scope, detail=detail, after=_told(wave))
    return wave


@transaction.atomic
def change_wave(*, by: Actor, wave: Wave, asking: Asking) -> Wave:
    """Change what is said of a wave that is not open yet; an open one stays as it is."""
    kept = _locked(wave)
    if kept.state != WaveState.DRAFT:
        return kept
    before = _told(kept)
    if all(getattr(kept, name) == value for name, value in asking.fields().items()):
        return kept
    for name, value in asking.fields().items():
        setattr(kept, name, value)
    kept.save()
    audit.record("wave.change", by=by, target=kept, scope=kept.scope, before=before, after=_told(kept))
    return kept


@transaction.atomic
def set_schools(
    *, by: Actor, wave: Wave, schools: Sequence[Organisation], grouped: Mapping[int, Grouped]
) -> Wave:
    """Say whom a wave asks that is not open yet, how they are grouped and how many people there are."""
    kept = _locked(wave)
    if kept.state != WaveState.DRAFT:
        return kept
    there = {row.organisation_id: row for row in kept.schools.all()}
    wanted = {school.pk: school for school in schools}
    were = {pk: Grouped(row.group, row.expected) for pk, row in there.items()}
    if were == {pk: grouped.get(pk, Grouped()) for pk in wanted}:
        return kept
    kept.schools.filter(organisation__in=there.keys() - wanted.keys()).delete()
    WaveSchool.objects.bulk_create(_rows(kept, [wanted[pk] for pk in wanted.keys() - there.keys()], grouped))
    for pk in there.keys() & wanted.keys():
        row, now = there[pk], grouped.get(pk, Grouped())
        if (row.group, row.expected) != (now.group, now.expected):
            WaveSchool.objects.filter(pk=row.pk).update(group=now.group, expected=now.expected)
    audit.record(
        "wave.schools",
        by=by,
        target=kept,
        scope=kept.scope,
        before={"schools": len(there)},
        after={"schools": len(wanted), "groups": len({one.group for one in grouped.values() if one.group})},
    )
    return kept


@transaction.atomic
def open_wave(*, by: Actor | None, wave: Wave) -> bool:
    """Let people answer. From here on the database refuses to change who will know what. Twice opens it once."""
    kept = _locked(wave)
    if kept.state != WaveState.DRAFT or kept.past_last_day or not kept.schools.exists():
        return False
    kept.state, kept.opened_at = WaveState.OPEN, timezone.now()
    kept.save(update_fields=["state", "opened_at"])
    audit.record("wave.open", by=by, target=kept, scope=kept.scope, after=_told(kept))
    return True


@transaction.atomic
def extend_wave(*, by: Actor, wave: Wave, name: str, until: date, results_on: date, why: str = "") -> bool:
    """Give people more days, or the wave a better name. Days never become fewer: people were told when it ends."""
    kept = _locked(wave)
    if kept.state != WaveState.OPEN or until < kept.until or results_on < until:
        return False
    before = _told(kept)
    kept.name, kept.until, kept.results_on = name, until, results_on
    if _told(kept) == before:
        return True
    kept.save(update_fields=["name", "until", "results_on"])
    audit.record(
        "wave.extend", by=by, target=kept, scope=kept.scope, before=before, after=_told(kept), why=why
    )
    return True


@transaction.atomic
def remove_wave(*, by: Actor, wave: Wave) -> bool:
    """Remove a wave that nobody could answer yet."""
    kept = _locked(wave)
    if kept.state != WaveState.DRAFT:
        return False
    audit.record("wave.remove", by=by, target=kept, scope=kept.scope, before=_told(kept))
    kept.delete()
    return True
