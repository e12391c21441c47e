"""Who plays which part on a day, for what asks who could see something."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.core.dates import today
from isthmus.apps.core.held import RoleHeld
from isthmus.apps.core.personal import restricted
from isthmus.apps.core.scopes import Scope, on_scopes
from isthmus.apps.core.seeing import Viewer, everybody_from

UNNAMED = "Somebody whose information may not be used"


@everybody_from
def viewers(scopes: Collection[Scope], day: date) -> Iterator[Viewer]:
    """Everybody who held a role on one of these scopes on `day`, with the roles that they held there, by name."""
    held = RoleHolding.objects.held_on(day).filter(on_scopes(scopes)).select_related("person")
    if day >= today():
        held = held.filter(person__is_active=True)
    parts: dict[Person, list[RoleHeld]] = {}
    for holding in held.order_by("person__name", "person", "pk"):
        parts.setdefault(holding.person, []).append(holding.as_held)
    # They still see what they saw, so the list counts them; their name may not be used.
    unnamed = restricted({person.email for person in parts})
    for person, roles in parts.items():
        yield Viewer(UNNAMED if person.email.lower() in unnamed else str(person), tuple(roles))
