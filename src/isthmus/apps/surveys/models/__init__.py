"""Tables of questionnaires: instruments, waves, what people answered, and the reports that were made of it."""

from isthmus.apps.surveys.models.answers import Answer, Ballot, Comment, Report, Response
from isthmus.apps.surveys.models.drafts import InstrumentDraft
from isthmus.apps.surveys.models.instruments import Instrument
from isthmus.apps.surveys.models.joint import JointAnswer
from isthmus.apps.surveys.models.meetings import (
    Joined,
    Meeting,
    MeetingNote,
    OpenedSection,
    RoomAnswer,
    Way,
)
from isthmus.apps.surveys.models.papers import PaperBatch, PaperSheet
from isthmus.apps.surveys.models.rosters import Invited, Roster
from isthmus.apps.surveys.models.steps import Step, StepState
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
    "InstrumentDraft",
    "Invited",
    "Joined",
    "JointAnswer",
    "Meeting",
    "MeetingNote",
    "OpenedSection",
    "PaperBatch",
    "PaperSheet",
    "Report",
    "Response",
    "RoomAnswer",
    "Roster",
    "Step",
    "StepState",
    "Wave",
    "WaveKind",
    "WaveSchool",
    "WaveState",
    "Way",
    "Who",
]
