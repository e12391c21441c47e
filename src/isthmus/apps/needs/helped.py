"""What the pages of needs, ties and competition are for."""

from isthmus.apps.core.help import explain

explain(
    "needs",
    "Needs and strengths",
    "What schools say of themselves, theme by theme: where they would welcome help, and where they can help others. "
    "What is old is marked as old.",
    "Nothing is overwritten: what a school said before can still be read with its date.",
    pages=["needs:area", "needs:staleness"],
    opens={"needs:home": "Needs and strengths"},
)
explain(
    "school-needs",
    "What a school says",
    "Say where your school stands on each theme. Write no names of people. A need that was met is closed with what met "
    "it and when.",
    pages=["needs:school", "needs:school_all", "needs:theme", "needs:met"],
)
explain(
    "need-files",
    "Spreadsheets of needs, ties and competition",
    "Give a spreadsheet. It is looked through first, and nothing is written before you have seen what would change.",
    pages=[
        "needs:uploads",
        "needs:needs_upload_new",
        "needs:ties_upload_new",
        "needs:upload",
        "needs:competition_uploads",
        "needs:competition_upload_new",
        "needs:competition_upload",
    ],
)
explain(
    "ties",
    "Ties between schools",
    "What ties two schools besides a network: pupils who move on, shared staff, joint work.",
    pages=["needs:ties", "needs:tie", "needs:tie_new", "needs:tie_remove"],
)
explain(
    "competition",
    "Schools that compete",
    "Which schools compete for pupils or staff: as officers know it, or as estimated from phase, distance and size. "
    "Schools themselves do not see this.",
    pages=["needs:competition", "needs:competition_new", "needs:competition_end"],
)
