"""Changes of what schools said, of who competes, of ties, and spreadsheets of all three."""

from isthmus.apps.needs.actions.files import apply_file, give_file, put_file_aside
from isthmus.apps.needs.actions.statements import Said, meet_need, say, set_staleness
from isthmus.apps.needs.actions.ties import (
    end_competition,
    estimate_competition,
    keep_tie,
    record_competition,
    remove_tie,
)

__all__ = [
    "Said",
    "apply_file",
    "end_competition",
    "estimate_competition",
    "give_file",
    "keep_tie",
    "meet_need",
    "put_file_aside",
    "record_competition",
    "remove_tie",
    "say",
    "set_staleness",
]
