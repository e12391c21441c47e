"""Reads of lists of people who are asked by links. None of them tells who has answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from isthmus.apps.surveys.models import Invited, Roster, Wave, WaveSchool


@dataclass(frozen=True)
class Listed:
    """Somebody as a list names them."""

    email: str
    who: str
    stratum: str = ""


@dataclass(frozen=True)
class Sizes:
    """How many people the list of a school has, and how many of them are asked."""

    people: int
    asked: int


def links_sent(school: WaveSchool) -> bool:
    """Whether people of this school answer by links alone."""
    return Roster.objects.filter(school=school, sent=True).exists()


def people_of(wave: Wave) -> list[Invited]:
    """Everybody on the lists of a wave, in the order of their random numbers."""
    return list(Invited.objects.filter(school__wave=wave).order_by("pk"))


def rosters_of(wave: Wave, schools: Iterable[int] | None = None) -> dict[int, Roster]:
    """The rosters by school (key of `WaveSchool`)."""
    rows = Roster.objects.filter(school__wave=wave)
    return {
        row.school_id: row for row in (rows if schools is None else rows.filter(school__in=list(schools)))
    }


def sizes_of(wave: Wave, schools: Iterable[int]) -> dict[int, Sizes]:
    """How many people the lists of these schools have."""
    rows = Invited.objects.filter(school__wave=wave, school__in=list(schools)).order_by().values("school")
    return {
        row["school"]: Sizes(row["n"], row["asked"])
        for row in rows.annotate(n=Count("pk"), asked=Count("pk", filter=Q(drawn=True)))
    }
