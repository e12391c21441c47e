"""What is kept of one organisation, so that a school that leaves takes it along and has it removed here.

Each app adds its own, as it does for personal data (`personal`). Facts of the public register are not among it: they
stay, because they are public and about every school in England.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from isthmus.apps.core.personal import Erased, Part
from isthmus.apps.core.scopes import Scope


@dataclass(frozen=True)
class OrganisationData:
    """One kind of thing kept of an organisation.

    `of(scope)` tells what is kept, for the organisation itself to take along; `purge(scope)` removes it in the
    caller's transaction, and twice does no harm. `people(scope)` names the accounts and addresses that it is about,
    so that a legal hold on one of them is seen first. None of these asks whether somebody may: the caller has.
    """

    key: str
    title: str
    of: Callable[[Scope], Iterable[Part]]
    purge: Callable[[Scope], Erased]
    people: Callable[[Scope], Iterable[tuple[int | None, str]]] = lambda _scope: ()


_KEPT: dict[str, OrganisationData] = {}


def keeps(data: OrganisationData) -> OrganisationData:
    """Add a kind of thing kept of organisations. Raises ValueError where another has its key."""
    if _KEPT.setdefault(data.key, data) is not data:
        raise ValueError(f"Two kinds of things kept of organisations are called {data.key!r}")
    return data


def kept() -> tuple[OrganisationData, ...]:
    """Every kind of thing kept of organisations, by title."""
    return tuple(sorted(_KEPT.values(), key=lambda data: data.title))
