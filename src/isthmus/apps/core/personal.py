"""Personal data, declared once by the app that keeps it: what, why, for how long, and how it is shown and removed.

Each app fills this list from its room `personal`, imported when the app is ready. Retention, subject requests, the
records of processing, the privacy notice and the impact assessment are all worked out from it, so what the documents
say is what the code does. Columns are named with their model: {"accounts.Person": ("name", "email")}.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import DateTimeField, Model, QuerySet

BATCH = 500
"""At most so many rows are disposed of in one transaction."""
REDACTED = "[another person]"
"""What a bundle says where a third party stood."""


class Basis(StrEnum):
    """Lawful bases for processing: UK GDPR, Article 6(1)."""

    CONSENT = "consent (Article 6(1)(a))"
    CONTRACT = "contract (Article 6(1)(b))"
    LEGAL_OBLIGATION = "legal obligation (Article 6(1)(c))"
    VITAL_INTERESTS = "vital interests (Article 6(1)(d))"
    PUBLIC_TASK = "public task (Article 6(1)(e))"
    LEGITIMATE_INTERESTS = "legitimate interests (Article 6(1)(f))"


@dataclass(frozen=True)
class Subject:
    """Whose data is meant: an address in small letters, and the number of the account where there is one."""

    email: str
    person_id: int | None = None

    def is_person(self, number: int | None) -> bool:
        """Whether `number` is this subject's account; never where either has none."""
        return number is not None and number == self.person_id


@dataclass(frozen=True)
class Held:
    """What a legal hold keeps from being removed: accounts by number, addresses in small letters, and whole classes
    of data by key."""

    people: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()

    def covers(self, subject: Subject) -> bool:
        """Whether the subject is under a hold."""
        return subject.email in self.emails or subject.person_id in self.people


@dataclass(frozen=True)
class Keep:
    """For how many days from `since` (in words: 'the day the role ended'); the controller may choose least to most."""

    days: int
    since: str
    least: int
    most: int
    why: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.days <= self.most:
            raise ValueError(f"A time to keep needs 0 <= least <= days <= most, not {self}")


@dataclass(frozen=True)
class Part:
    """One part of what is held about a subject: a table, or `facts` as (name, value), or both. Texts only."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    facts: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.facts)


@dataclass(frozen=True)
class Erased:
    """What an erasure did in one class: how many were erased, how many must be kept, and why."""

    count: int = 0
    kept: int = 0
    why_kept: str = ""


@dataclass(frozen=True)
class PersonalData:
    """One class of personal data.

    `dispose(cutoff, held)` removes at most BATCH of what became old before `cutoff`, save what `held` keeps, and gives
    how many: called until it gives 0, each time in a transaction of its own. `of(subject)` tells what is held about
    a subject, third parties redacted. `erase(subject)` erases it, in the caller's transaction; twice does no harm.
    `rectify` names the columns that a subject may have put right ('accounts.Person.name'). None of these asks
    whether somebody may: the caller has.
    """

    key: str
    title: str
    subjects: str
    what: str
    purpose: str
    basis: Basis
    recipients: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    keep: Keep
    dispose: Callable[[datetime, Held], int]
    of: Callable[[Subject], Iterable[Part]]
    erase: Callable[[Subject], Erased]
    rectify: tuple[str, ...] = ()
    risks: tuple[str, ...] = field(default=())
    """Risks of this class for the people in it, and what is done against each: '<risk> → <measure>'."""


_DECLARED: dict[str, PersonalData] = {}
_FREE: dict[tuple[str, str], str] = {}
_HOLDERS: list[Callable[[], Held]] = []
_NAMERS: list[Callable[[str], Iterable[str]]] = []
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
_RESTRICTED: list[Callable[[Collection[str]], set[str]]] = []


def declare(data: PersonalData) -> PersonalData:
    """Add a class of personal data. Raises ValueError where another has its key."""
    if _DECLARED.setdefault(data.key, data) is not data:
        raise ValueError(f"Two classes of personal data are called {data.key!r}")
    return data


def declared() -> tuple[PersonalData, ...]:
    """Every class of personal data, by title."""
    return tuple(sorted(_DECLARED.values(), key=lambda data: data.title))


def find(key: str) -> PersonalData | None:
    """The class with this key."""
    return _DECLARED.get(key)


def not_personal(model: str, reason: str, *columns: str) -> None:
    """Say that columns of a model hold nothing about a living person, though their type could, and why."""
    _FREE.update({(model, column): reason for column in columns})


def free() -> dict[tuple[str, str], str]:
    """The columns said to hold nothing personal, each with its reason."""
    return dict(_FREE)


def holds_from(holder: Callable[[], Held]) -> Callable[[], Held]:
    """Register a function that says who is under a legal hold now."""
    _HOLDERS.append(holder)
    return holder


def held() -> Held:
    """Everybody under a legal hold now."""
    each = [holder() for holder in _HOLDERS]
    return Held(
        people=frozenset().union(*(one.people for one in each)),
        emails=frozenset().union(*(one.emails for one in each)),
        classes=frozenset().union(*(one.classes for one in each)),
    )


def restrictions_from(finder: Callable[[Collection[str]], set[str]]) -> Callable[[Collection[str]], set[str]]:
    """Register a function that says which of some addresses (in small letters) belong to people who had the use of
    their data restricted: it is kept, and used for nothing but their own rights and sign-in."""
    _RESTRICTED.append(finder)
    return finder


def is_restricted(email: str) -> bool:
    """Whether the data of whoever has this address is kept and may not be used."""
    return bool(restricted({email}))


def restricted(emails: Collection[str]) -> set[str]:
    """Those of these addresses, in small letters, whose owners' data is kept and may not be used."""
    asked = {email.lower() for email in emails}
    return {found for finder in _RESTRICTED for found in finder(asked)}


def batch(rows: QuerySet[Any]) -> list[Any]:
    """The keys of the first BATCH of `rows`, held until the transaction ends; rows that another worker holds are left
    to it, so that nothing is disposed of, or counted, twice."""
    held_rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(held_rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@dataclass(frozen=True)
class Made:
    """Rows of `model` with who made them in the column `by`, and when in the column `at` (a day or a moment)."""

    model: type[Model]
    by: str = "by"
    at: str = "created_at"
    also: Mapping[str, Any] = field(default_factory=dict)
    """Columns that tell who it was besides, and what stands there once nobody knows any more."""

    def dispose(self, cutoff: datetime, held: Held) -> int:
        """Forget who made what was made before `cutoff`: at most BATCH rows."""
        column = self.model._meta.get_field(self.at)
        before = cutoff if isinstance(column, DateTimeField) else cutoff.date()
        old = self.model._base_manager.filter(**{f"{self.at}__lt": before, f"{self.by}__isnull": False})
        old = old.exclude(**{f"{self.by}__in": held.people})
        return self._forget(batch(old.exclude(**{f"{self.by}__email__in": held.emails})))

    def of(self, subject: Subject) -> QuerySet[Any]:
        """What the subject made, oldest first."""
        made = self.model._base_manager.filter(
            **{f"{self.by}__isnull": False, self.by: subject.person_id or 0}
        )
        return made.order_by(self.at, "pk")

    def erase(self, subject: Subject) -> int:
        """Forget that it was the subject."""
        return self._forget(list(self.of(subject).values_list("pk", flat=True)))

    def _forget(self, rows: list[Any]) -> int:
        return self.model._base_manager.filter(pk__in=rows).update(**{self.by: None, **self.also})


def dispose_each(*made: Made) -> Callable[[datetime, Held], int]:
    """What disposes of several, one after the other: at most BATCH rows a call."""
    return lambda cutoff, held: next((n for n in (one.dispose(cutoff, held) for one in made) if n), 0)


def names_from(namer: Callable[[str], Iterable[str]]) -> Callable[[str], Iterable[str]]:
    """Register a function that finds the names of known people in a text."""
    _NAMERS.append(namer)
    return namer


def redacted(texts: Sequence[str], subject: Subject, own_name: str = "") -> list[str]:
    """The texts with every address but the subject's, and every name of somebody else who is known here, left out."""
    found = {name for namer in _NAMERS for name in namer("\n".join(texts)) if name.strip()}
    others = sorted(found - {own_name}, key=len, reverse=True)
    names = (
        re.compile("|".join(rf"\b{re.escape(name)}\b" for name in others), re.IGNORECASE) if others else None
    )

    def address(match: re.Match[str]) -> str:
        return match[0] if match[0].lower() == subject.email else REDACTED

    clean = [_ADDRESS.sub(address, text) for text in texts]
    return [names.sub(REDACTED, text) for text in clean] if names else clean
