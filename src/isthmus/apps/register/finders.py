"""What search finds of the register: schools, other organisations and areas. Public facts, for who may see them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse

from isthmus.apps.core.access import Actor
from isthmus.apps.core.numbers import count
from isthmus.apps.core.permissions import Permission
from isthmus.apps.core.search import Found, Matches, all_words, finds
from isthmus.apps.register import queries
from isthmus.apps.register.models import SCHOOL_KINDS, Area, Kind, Organisation
from isthmus.apps.register.presenters import phase_words, where
from isthmus.apps.register.queries.search import plain, sort_name

OTHERS = tuple(kind for kind in Kind if kind not in SCHOOL_KINDS)


def _allowed(person: Actor | None) -> bool:
    return person is not None and person.may(Permission.REGISTER_VIEW)


def _by_name(found: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those whose name begins with the text first, then by name."""
    begins = When(sort_name__startswith=sort_name(text), then=Value(0))
    first = Case(begins, default=Value(1), output_field=IntegerField())
    return found.order_by(first, "sort_name", "pk")


@finds("schools", "Schools", order=20)
def schools(person: Actor | None, text: str) -> Matches | None:
    """Schools by the words of the register's own search."""
    if not _allowed(person) or not plain(text):
        return None
    return Matches(_by_name(queries.search(text), text), _schools)


def _schools(found: Sequence[Organisation]) -> list[Found]:
    return [
        Found(school.name, reverse("register:school", args=[school.urn]), _hint(school, phase_words(school)))
        for school in found
    ]


@finds("organisations", "Trusts and other organisations", order=30)
def organisations(person: Actor | None, text: str) -> Matches | None:
    """Every other organisation by the same words."""
    if not _allowed(person) or not plain(text):
        return None
    return Matches(_by_name(queries.search(text, kinds=OTHERS), text), _organisations)


def _organisations(found: Sequence[Organisation]) -> list[Found]:
    return [
        Found(
            one.name,
            reverse("register:organisation", args=[one.pk]),
            _hint(one, str(Kind(one.kind).label)),
        )
        for one in found
    ]


def _hint(organisation: Organisation, what: str) -> str:
    return ", ".join(filter(None, (what, where(organisation), "fictional" if organisation.fictional else "")))


@finds("areas", "Areas", order=40)
def areas(person: Actor | None, text: str) -> Matches | None:
    """Areas by name or code."""
    if not _allowed(person):
        return None
    found = queries.areas_with_counts().filter(all_words(text, "name", "code"))
    return Matches(found.order_by("name", "pk"), _areas)


def _areas(found: Sequence[Area]) -> list[Found]:
    return [
        Found(
            area.name,
            reverse("register:area", args=[area.pk]),
            count(area.schools, "open school")  # type: ignore[attr-defined]  # set by areas_with_counts
            + (", fictional" if area.fictional else ""),
        )
        for area in found
    ]
