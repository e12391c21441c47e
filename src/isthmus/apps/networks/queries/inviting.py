"""Reads of shared drafts and comments."""

from __future__ import annotations

from django.db.models import QuerySet

from isthmus.apps.core.tokens import hashed
from isthmus.apps.networks.models import Plan, PlanComment, PlanShare


def share_by_token(token: str) -> PlanShare | None:
    """The share with this token in its newest link, whether it still works or not."""
    rows = PlanShare.objects.select_related("plan__about", "plan__owner", "made_by")
    return rows.filter(token_hash=hashed(token)).first()


def comments_on(plan: Plan) -> QuerySet[PlanComment]:
    """What was said about a plan, with who said it."""
    return PlanComment.objects.filter(plan=plan).select_related("network")
