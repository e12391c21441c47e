"""Tables of what schools need and can give, who competes with whom, and what ties there are."""

from isthmus.apps.needs.models.files import FileState, GivenFile, What
from isthmus.apps.needs.models.statements import GIVING, NEEDING, Level, Source, Staleness, Statement
from isthmus.apps.needs.models.ties import Competition, Estimate, Over, Tie, TieKind

__all__ = [
    "GIVING",
    "NEEDING",
    "Competition",
    "Estimate",
    "FileState",
    "GivenFile",
    "Level",
    "Over",
    "Source",
    "Staleness",
    "Statement",
    "Tie",
    "TieKind",
    "What",
]
