"""Reads of privacy: times as they are set now, certificates, and whether a certificate is as it was issued."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from isthmus.apps.accounts.privacy.models import Controller, Disposal, Retention
from isthmus.apps.core import personal
from isthmus.apps.core.dates import today
from isthmus.apps.core.personal import PersonalData
from isthmus.apps.core.queries import history

DISPOSED = "privacy.dispose"


@dataclass(frozen=True)
class Kept:
    """A class of personal data and how long it is kept: now, and from a day to come where a shorter time was chosen."""

    data: PersonalData
    days: int
    chosen: bool
    coming: int | None = None
    coming_on: date | None = None


def _within(days: int, data: PersonalData) -> int:
    return max(data.keep.least, min(days, data.keep.most))


def _kept(data: PersonalData, row: Retention | None) -> Kept:
    if row is None or row.days is None:
        return Kept(data, data.keep.days, chosen=False)
    now = _within(row.on(today()) or 0, data)
    if row.from_day > today():
        return Kept(data, now, chosen=True, coming=_within(row.days, data), coming_on=row.from_day)
    return Kept(data, now, chosen=True)


def all_kept() -> list[Kept]:
    """Every class of personal data with its time as it is set now, by title."""
    rows = Retention.objects.in_bulk()
    return [_kept(data, rows.get(data.key)) for data in personal.declared()]


def kept(data: PersonalData) -> Kept:
    """One class of personal data with its time as it is set now."""
    return _kept(data, Retention.objects.filter(pk=data.key).first())


def cutoff(days: int) -> datetime:
    """What became old before this moment is disposed of: the beginning of the day `days` days ago, in England."""
    return timezone.make_aware(datetime.combine(today() - timedelta(days=days), time.min))


def controller() -> Controller | None:
    """Who answers for the personal data here; None until somebody says so."""
    return Controller.objects.first()


def content(certificate: Disposal) -> dict[str, Any]:
    """What a certificate says, and its digest is made of."""
    return {
        "class": certificate.key,
        "title": certificate.title,
        "count": certificate.count,
        "days": certificate.days,
        "rule": certificate.rule,
        "cutoff": certificate.cutoff.astimezone(UTC).isoformat(timespec="microseconds"),
        "at": certificate.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "version": certificate.version,
    }


def digest(certificate: Disposal) -> str:
    """SHA-256 over the content as JSON in ASCII, keys in order, no spaces."""
    text = json.dumps(content(certificate), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Checked:
    """Whether a certificate's digest fits what it says, and whether the record tells the same digest.

    `recorded` is None where what the record told was disposed of since.
    """

    fits: bool
    recorded: bool | None

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the certificate."""
        return self.fits and self.recorded is not False


def check(certificate: Disposal) -> Checked:
    """Check one certificate against itself and against the record."""
    fits = digest(certificate) == certificate.digest
    event = history(Disposal._meta.label_lower, certificate.pk).filter(action=DISPOSED).first()
    if event is None:
        return Checked(fits, recorded=False)
    if event.told is None:
        return Checked(fits, recorded=None)
    return Checked(fits, recorded=event.detail.get("digest") == certificate.digest)
