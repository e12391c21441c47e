"""What the worker does about privacy without being asked: it disposes of what is kept too long."""

from __future__ import annotations

import structlog

from isthmus.apps.accounts.privacy import actions
from isthmus.apps.core import personal
from isthmus.apps.core.chores import hourly

log = structlog.get_logger("isthmus.privacy")
MOST_BATCHES = 40
"""Of one class in one hour; the next round goes on, so that no disposal keeps the worker from its other chores."""


@hourly("accounts.disposal")
def dispose() -> int:
    """Dispose of everything that is due, class by class, in bounded batches; gives how many rows that was.

    A class that fails does not keep the others from being disposed of.
    """
    total = 0
    for data in personal.declared():
        try:
            for _ in range(MOST_BATCHES):
                certificate = actions.dispose(by=None, data=data)
                if certificate is None:
                    break
                total += certificate.count
                log.info("disposed", data=data.key, count=certificate.count, certificate=certificate.pk)
        except Exception:
            log.exception("disposal failed", data=data.key)
    return total
