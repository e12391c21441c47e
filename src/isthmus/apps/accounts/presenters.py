"""People and roles as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.queries import demonstration_people
from isthmus.apps.accounts.roles import DESCRIPTIONS, Role, places_in_words
from isthmus.apps.core.numbers import count


@dataclass(frozen=True)
class DemonstrationPerson:
    """An invented person whom a visitor may be for a while."""

    person: Person
    roles: str
    summary: str


@dataclass(frozen=True)
class RoleInWords:
    """A role, what it is for and what it lets a person do."""

    label: str
    summary: str
    held_on: str
    may: list[str]
    second_factor: str
    term: str


def people_to_be() -> list[DemonstrationPerson]:
    """The invented people, each with the roles they hold and what those are for."""
    found = []
    for person in demonstration_people():
        roles = [Role(h.role) for h in person.current_holdings]  # type: ignore[attr-defined]  # set by the prefetch
        found.append(
            DemonstrationPerson(
                person, ", ".join(r.label for r in roles), " ".join(DESCRIPTIONS[r].summary for r in roles)
            )
        )
    return found


def roles_in_words() -> list[RoleInWords]:
    """Every role, from the one table that also decides."""
    return [
        RoleInWords(
            role.label,
            text.summary,
            places_in_words(text),
            sorted(p.words for p in text.permissions),
            "with a second factor at sign-in" if text.second_factor else "",
            f"usually for {count(text.years, 'year')}" if text.years else "",
        )
        for role, text in DESCRIPTIONS.items()
    ]
