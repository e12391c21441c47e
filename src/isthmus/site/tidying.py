"""What the worker removes each hour because nobody needs it any more."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from isthmus.apps.accounts.signing.models import SharedCount
from isthmus.apps.core.chores import hourly

KEEP_TASKS = timedelta(days=7)
"""A finished row of the queue may hold the traceback of a fault; a week is time to look at it."""


@hourly("site.finished_tasks")
def remove_finished_tasks() -> int:
    """Remove rows of the queue whose work ended a week ago; what people see of it stands in `Job`, and stays."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_TASKS)
    return old.delete()[0]


@hourly("site.past_counts")
def remove_past_counts() -> int:
    """Remove counts of tries and used codes whose time is over."""
    return SharedCount.objects.filter(expires__lt=timezone.now()).delete()[0]
