"""Search across the product: each app says how its things are found and who finds them, the page asks here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from isthmus.apps.core.access import Actor

LONGEST = 100
MOST_WORDS = 8
FEW, MANY = 5, 20
"""Results of a kind where all kinds are shown, and on a page of one kind."""


@dataclass(frozen=True)
class Found:
    """One result: what it is called, where it is, and a few words that tell it from its namesakes."""

    title: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Matches:
    """What a finder found. `rows` are in their order and already only what the person may see.

    `show` turns the rows of one page into results, in a number of queries that does not grow with them.
    """

    rows: QuerySet[Any] | Sequence[Any]
    show: Callable[[Sequence[Any]], list[Found]]


Find = Callable[[Actor | None, str], Matches | None]
"""From whoever asks (None: nobody is signed in) and the text to matches; None where it is not theirs to search."""


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is found. Kinds are shown by `order`, the smallest first."""

    name: str
    heading: str
    order: int
    find: Find


@dataclass(frozen=True)
class Group:
    """The results of one kind: how many there are, and a page of them."""

    kind: Kind
    total: int
    results: list[Found]
    page: Page[Any]

    @property
    def has_more(self) -> bool:
        """Whether there are others that are not here."""
        return self.total > len(self.results)


_KINDS: dict[str, Kind] = {}


def finds(name: str, heading: str, *, order: int) -> Callable[[Find], Find]:
    """Register a finder under a name of its own ('plans') with the heading of its results."""

    def add(find: Find) -> Find:
        _KINDS[name] = Kind(name, heading, order, find)
        return find

    return add


def kinds() -> list[Kind]:
    """Every kind there is, in the order of the page."""
    return sorted(_KINDS.values(), key=lambda kind: kind.order)


def words(text: str) -> list[str]:
    """The words of what somebody typed, at most eight."""
    return text.casefold().split()[:MOST_WORDS]


def all_words(text: str, *fields: str) -> Q:
    """The condition that each word of `text` stands in at least one of `fields`; nothing fits no words."""
    asked = words(text)
    wanted = Q() if asked else Q(pk__in=[])
    for word in asked:
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        wanted &= one
    return wanted


def search(person: Actor | None, text: str) -> list[Group]:
    """The first few results of every kind that has any."""
    return [group for group in (_group(*found, 1, FEW) for found in _matches(person, text)) if group.total]


def search_in(person: Actor | None, text: str, name: str, page: str | None) -> Group | None:
    """A page of the results of one kind; None where there is no such kind for this person."""
    for kind, matches in _matches(person, text, name):
        return _group(kind, matches, page, MANY)
    return None


def _matches(person: Actor | None, text: str, name: str = "") -> Iterator[tuple[Kind, Matches]]:
    for kind in kinds():
        if name in ("", kind.name) and words(text):
            matches = kind.find(person, text)
            if matches is not None:
                yield kind, matches


def _group(kind: Kind, matches: Matches, number: str | int | None, size: int) -> Group:
    paginator = Paginator(matches.rows, size)
    page = paginator.get_page(number)
    rows = list(page.object_list) if paginator.count else []
    return Group(kind, paginator.count, matches.show(rows), page)
