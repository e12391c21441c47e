"""Dates as schools use them: one place for the school year and for how a date is written."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone


@dataclass(frozen=True, order=True)
class SchoolYear:
    """The school year that starts in September of `start`."""

    start: int

    @classmethod
    def of(cls, day: date) -> SchoolYear:
        """The school year in which `day` falls (1 September to 31 August)."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def first_day(self) -> date:
        return date(self.start, 9, 1)

    @property
    def last_day(self) -> date:
        return date(self.start + 1, 8, 31)

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"


def today() -> date:
    """The day it is in England."""
    return timezone.localdate()


def not_over_on(field: str, day: date) -> Q:
    """Rows that nobody had ended on `day`; `field` holds the moment when somebody did, or null.

    Today (and on days to come) what was ended is over at once. A past day still had what was ended in its course.
    """
    never = Q(**{field: None})
    return never | Q(**{f"{field}__date__gte": day}) if day < today() else never


def after_months(day: date, months: int) -> date:
    """The same day `months` later; where that month is too short, its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def in_words(day: date | datetime | None) -> str:
    """'3 March 2026', or 'not available'. A moment is shown as its day in England."""
    if day is None:
        return "not available"
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return f"{day.day} {day:%B %Y}"


def moment_in_words(moment: datetime | None) -> str:
    """'3 March 2026 at 2:05pm', or 'not available'."""
    if moment is None:
        return "not available"
    local = timezone.localtime(moment)
    hour = local.hour % 12 or 12
    return f"{in_words(local.date())} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
