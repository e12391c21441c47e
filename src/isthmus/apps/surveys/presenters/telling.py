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
        "wave.close": "closed the wave",
        "wave.mix": "took the order out of the answers",
        "wave.report": "made the report",
    }
)
