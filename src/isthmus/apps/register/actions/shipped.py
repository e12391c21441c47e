"""Fill an empty register with England's schools, from the compact file inside the package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import transaction

from isthmus.apps.core import audit
from isthmus.apps.core.access import Actor
from isthmus.apps.register.actions.writing import write
from isthmus.apps.register.adapters import compact
from isthmus.apps.register.models import SCHOOL_KINDS, Dataset, Organisation
from isthmus.apps.register.queries.geography import DATA

ENGLAND = DATA / "england.zip"
Progress = Callable[[int, str], None]


def load_shipped(*, progress: Progress | None = None, by: Actor | None = None) -> int:
    """Load England's schools, trusts, links and 153 areas; returns how many schools were loaded.

    Does nothing (and returns 0) where the register holds a real school already: from then on it is kept up to date
    by imports.
    """
    tell = progress or (lambda _percent, _words: None)
    if Organisation.objects.filter(kind__in=SCHOOL_KINDS, fictional=False).exists():
        return 0
    tell(0, "Reading the schools of England")
    plan = compact.load(ENGLAND)
    with transaction.atomic():
        write(plan, tell)
        newest = Dataset.objects.order_by("-date", "-pk").first()
        if newest:
            digest = hashlib.sha256(ENGLAND.read_bytes()).hexdigest()
            after = {"schools": len(plan.touched), "links": len(plan.changed_links)}
            detail = {"sha256": digest}
            audit.record("register.load_shipped", by=by, target=newest, detail=detail, after=after)
    tell(100, f"{len(plan.touched):,} schools loaded")
    return len(plan.touched)
