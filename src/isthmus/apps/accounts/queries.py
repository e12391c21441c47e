"""Reads of people and roles."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.core.dates import today


def demonstration_people() -> QuerySet[Person]:
    """Invented people with their roles in force, in a settled order."""
    in_force = RoleHolding.objects.in_force(today()).order_by("pk")
    return (
        Person.objects.filter(is_demonstration=True, is_active=True)
        .prefetch_related(Prefetch("holdings", queryset=in_force, to_attr="current_holdings"))
        .order_by("pk")
    )
