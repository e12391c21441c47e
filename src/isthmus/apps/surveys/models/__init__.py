"""Tables of questionnaires: instruments, waves, what people answered, and the reports that were made of it."""

from isthmus.apps.surveys.models.answers import Answer, Ballot, Comment, Report, Response
from isthmus.apps.surveys.models.instruments import Instrument
from isthmus.apps.surveys.models.waves import (
    FEWEST_K,
    USUAL_K,
    Wave,
    WaveKind,
    WaveSchool,
    WaveState,
    Who,
)

__all__ = [
    "FEWEST_K",
    "USUAL_K",
    "Answer",
    "Ballot",
    "Comment",
    "Instrument",
    "Report",
    "Response",
    "Wave",
    "WaveKind",
    "WaveSchool",
    "WaveState",
    "Who",
]
