"""What the worker does about roles without being asked."""

from __future__ import annotations

from isthmus.apps.accounts.people import emails
from isthmus.apps.accounts.people.queries import ending_soon
from isthmus.apps.core.chores import hourly
from isthmus.apps.core.dates import today


@hourly("accounts.terms")
def warn_of_ends() -> int:
    """Warn people whose term ends within four weeks, once for each end; returns how many roles that is."""
    soon = list(ending_soon(today()))
    for holding in soon:
        emails.ends_soon(holding)
    return len(soon)
