"""Small makers of rows, with only what a test does not care about filled in."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from isthmus.apps.accounts.actions import give_role
from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.apps.register.models import Area, Kind, Organisation, Phase

if TYPE_CHECKING:
    from tests.conftest import People

_numbers = itertools.count(1)


def area(name: str = "", **fields: Any) -> Area:
    """An area in charge of schools."""
    number = next(_numbers)
    return Area.objects.create(code=f"T{number:08d}", name=name or f"Area {number}", **fields)


def school(area: Area | None = None, **fields: Any) -> Organisation:
    """An open primary school with a place and a URN that the demonstration does not use."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "kind": Kind.SCHOOL,
        "urn": str(950000 + number),
        "name": f"School {number}",
        "phase": Phase.PRIMARY,
        "fictional": True,
        "authority": area,
        "easting": 440000 + 100 * number,
        "northing": 120000,
        "latitude": 50.9,
        "longitude": -1.4 + number / 1000,
        **fields,
    }
    given.setdefault("sort_name", given["name"].lower())
    given.setdefault("search", given["name"].lower())
    return Organisation.objects.create(**given)


def person(role: Role | None = None, scope: Scope | None = None, **fields: Any) -> Person:
    """Somebody invented, holding `role` on `scope` from today."""
    number = next(_numbers)
    given = {
        "email": f"person{number}@example.org",
        "name": f"Person {number}",
        "is_demonstration": True,
        **fields,
    }
    somebody = Person.objects.create(**given)
    if role is not None and scope is not None:
        give_role(by=None, person=somebody, role=role, scope=scope)
    return somebody


def cast() -> People:
    """The cast, each with one role."""
    from tests.conftest import People

    here, there = area(), area()
    own = school(here)
    return People(
        officer=person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, here.pk)),
        head=person(Role.HEAD, Scope(ScopeKind.ORGANISATION, own.pk)),
        administrator=person(Role.ADMINISTRATOR, INSTALLATION),
        other_officer=person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, there.pk)),
        area=here,
        other_area=there,
        school=own,
    )
