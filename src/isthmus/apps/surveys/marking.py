"""Marking who has answered by a link, so late and so many at once that a mark tells nothing of an answer.

A link's hash waits in memory (`spending`). Once as many wait of one school and one kind of respondent as the wave's
smallest group has people, they are marked together: whoever compares the tables before and after learns no more than
that these answers are of those people. Fewer wait, at the latest until the close, when the whole list is removed. As
with `intake`, no event tells of it: nobody did it, and it would tell when people answered.
"""

from __future__ import annotations

import random
from collections import defaultdict

from django.db import transaction

from isthmus.apps.surveys import spending
from isthmus.apps.surveys.models import Invited, WaveState

CHUNK = 400


def mark_used() -> int:
    """Mark what waits, as far as there is enough of it; gives how many. Twice does no harm."""
    waits = spending.waiting()
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    fewest: dict[tuple[int, str], int] = {}
    gone = set(waits)
    for at in range(0, len(waits), CHUNK):
        rows = Invited.objects.filter(mark__in=waits[at : at + CHUNK], school__wave__state=WaveState.OPEN)
        for mark, school, who, k, answered in rows.values_list(
            "mark", "school", "who", "school__wave__k", "answered"
        ):
            if not answered and mark:
                groups[school, who].append(mark)
                fewest[school, who] = k
                gone.discard(mark)
    ready = [mark for key, marks in groups.items() if len(marks) >= fewest[key] for mark in marks]
    random.SystemRandom().shuffle(ready)
    with transaction.atomic():
        for at in range(0, len(ready), CHUNK):
            Invited.objects.filter(mark__in=ready[at : at + CHUNK]).update(answered=True)
    spending.forget([*ready, *gone])
    return len(ready)
