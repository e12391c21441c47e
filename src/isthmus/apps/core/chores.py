"""What the worker does from time to time without being asked: each app adds its own. Twice must do no harm."""

from __future__ import annotations

from collections.abc import Callable

import structlog

log = structlog.get_logger("isthmus.chores")
Chore = Callable[[], object]
_CHORES: dict[str, Chore] = {}


def hourly(name: str) -> Callable[[Chore], Chore]:
    """Register a function that the worker calls each hour, under a name of its own."""

    def add(chore: Chore) -> Chore:
        _CHORES[name] = chore
        return chore

    return add


def run() -> None:
    """Do every chore; one that fails does not keep the others from being done."""
    for name, chore in _CHORES.items():
        try:
            chore()
        except Exception:
            log.exception("chore failed", chore=name)
