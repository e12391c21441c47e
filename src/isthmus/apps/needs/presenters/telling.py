"""How the changes of this app read in a history."""

from isthmus.apps.core.stories import tell

tell(
    {
        "needs.say": "said what the school needs and can give",
        "needs.meet": "wrote down what meets the need",
        "needs.staleness": "changed after how many months what was said is old",
        "competition.record": "recorded what is known of the two schools",
        "competition.end": "said that this no longer holds",
        "competition.estimate": "had competition estimated",
        "tie.keep": "recorded the tie",
        "tie.remove": "removed the tie",
        **{
            f"{what}.{action}": words
            for what in ("needs", "ties", "competition")
            for action, words in (
                ("give_file", "gave a spreadsheet"),
                ("apply_file", "applied the spreadsheet"),
                ("put_file_aside", "put the spreadsheet aside"),
            )
        },
    }
)
