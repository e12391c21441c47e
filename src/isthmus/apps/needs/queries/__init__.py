"""Reads of needs, strengths, competition and ties; plans of networks use `standing`, `competing_pairs` and `ties`.

Keys of schools are those of today: what was said of a school that closed counts for the one that carries it on. Each
takes a constant number of queries, however many schools the area has.
"""

from isthmus.apps.needs.queries.statements import (
    Standing,
    age_in_months,
    areas_asking,
    current,
    files_of,
    history_of,
    newest,
    said_counts,
    stale_after,
    standing,
)
from isthmus.apps.needs.queries.ties import (
    CompetingPair,
    RecordedTie,
    competing_pairs,
    competitions_in_force,
    estimated_on,
    ties,
    ties_in_force,
)

__all__ = [
    "CompetingPair",
    "RecordedTie",
    "Standing",
    "age_in_months",
    "areas_asking",
    "competing_pairs",
    "competitions_in_force",
    "current",
    "estimated_on",
    "files_of",
    "history_of",
    "newest",
    "said_counts",
    "stale_after",
    "standing",
    "ties",
    "ties_in_force",
]
