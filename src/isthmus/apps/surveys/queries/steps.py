"""Reads of actions: who can be responsible, and how many are in which state."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from isthmus.apps.accounts.models import Person
from isthmus.apps.surveys.models import Step


def by_state(rows: QuerySet[Step]) -> dict[str, int]:
    """How many actions are in each state."""
    return dict(rows.order_by().values_list("state").annotate(number=Count("pk")))


def person_by(email: str) -> Person | None:
    """Whoever has an account in use with this address."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()
