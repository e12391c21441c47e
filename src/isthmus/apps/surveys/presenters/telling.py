"""How the changes of this app read in a history."""

from isthmus.apps.core.stories import tell

tell(
    {
        "instrument.keep": "kept a version of the instrument",
        "draft.start": "began to write an instrument",
        "draft.change": "changed the draft of the instrument",
        "draft.remove": "removed the draft of the instrument",
        "wave.start": "wrote the wave down",
        "wave.change": "changed the wave before it opened",
        "wave.schools": "said whom the wave asks",
        "wave.open": "opened the wave",
        "wave.extend": "gave people more days",
        "wave.remove": "removed the wave before it opened",
        "wave.respond": "answered under a name",
        "wave.comment": "looked at a comment",
        "wave.together": "wrote down what the group agreed together",
        "wave.close": "closed the wave",
        "wave.mix": "took the order out of the answers",
        "wave.report": "made the report",
        "wave.read": "read who said what at a school",
        "meeting.start": "began the meeting, or said how it answers",
        "meeting.join": "counted somebody who joined the meeting",
        "meeting.open": "opened a section in the meeting",
        "meeting.show": "put something on the screen of the meeting",
        "meeting.answer": "wrote down what the room says",
        "meeting.note": "took a note in the meeting",
        "meeting.remove_note": "removed a note of the meeting",
        "meeting.end": "ended the meeting",
        "meeting.hand": "handed the questions on to staff",
        "step.take": "took the action",
        "step.change": "changed the action",
        "step.end": "ended the action",
        "step.reopen": "opened the action again",
    }
)
