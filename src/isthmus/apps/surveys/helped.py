"""What the pages of questionnaires are for."""

from isthmus.apps.core.help import explain

explain(
    "questionnaires",
    "Questionnaires",
    "What your area, network or school asks people, and how far it has come. While one is open you see only how many "
    "answered, never what.",
    "Results come after the close, as far as they can be shown without anybody being made out.",
    pages=["surveys:wave"],
    opens={"surveys:home": "Questionnaires"},
)
explain(
    "asking",
    "Asking people",
    "Choose for whom you ask and with which questions, say why, and say who will know who said what. Nobody can answer "
    "before you open it; once it is open, what people were promised cannot be changed by anybody.",
    "Before you open it you see which schools would be too small for results of their own, and can have them counted "
    "together.",
    pages=[
        *(
            "surveys:change",
            "surveys:schools",
            "surveys:open",
            "surveys:extend",
            "surveys:close",
            "surveys:remove",
        ),
    ],
    opens={"surveys:new": "Ask people"},
)
explain(
    "handing-out",
    "Links, codes and posters",
    "Each school has a link, a short code and a QR code of its own. People answer without an account. Print the page "
    "to have the posters, one to a sheet.",
    pages=["surveys:posters"],
)
explain(
    "links-by-mail",
    "Links by mail",
    "Give the mail addresses of those who are asked, or have the schools give them. Each gets a link that counts once. "
    "Ask everybody, or draw a sample at random: the page says how many answers a margin of error needs.",
    "Reminders go to those who are not marked as having answered. Nobody is shown who that is.",
    pages=["surveys:links", "surveys:links_list"],
)
explain(
    "paper-forms",
    "Paper forms",
    "Print a form for each school and role. Type those that come back with the keyboard, a number a question, and then "
    "all of them again; what differs is shown, and settled by a look at the sheet. Only then do they count.",
    pages=["surveys:paper", "surveys:paper_form", "surveys:paper_entry"],
)
explain(
    "answering-by-name",
    "Answering for your school",
    "Some questionnaires are answered under your name for your school. You can change your answers until it closes.",
    pages=["surveys:answer"],
)
explain(
    "instruments",
    "Instruments",
    "Sets of questions with their scales, how they are scored, and where they come from. Those that come with Isthmus "
    "are free to use. An area can bring in its own, as a text file; each version is kept as it was.",
    pages=["surveys:instrument"],
    opens={"surveys:instruments": "Instruments", "surveys:instrument_new": "Bring in your own instrument"},
)
explain(
    "together",
    "What the group agreed together",
    "Some instruments end with a joint statement: the group looks at the evidence, has it looked at from outside, and "
    "agrees where it stands, strand by strand. Whoever looks after the questionnaire writes it down.",
    pages=["surveys:together", "surveys:together_say"],
)
explain(
    "building",
    "Writing your own instrument",
    "Write an instrument part by part: what it is for, where it comes from, its sections, scales and questions. Each "
    "is kept when you save it. Several people can write at once; where two change the same one, the second is told "
    "and loses nothing.",
    "See it at any time as each kind of people will. When nothing is missing, make it a version: that is what people "
    "are asked with, and it never changes. The next version says what changed and what stays comparable.",
    pages=[
        *(
            "surveys:build",
            "surveys:build_part",
            "surveys:build_remove",
            "surveys:build_drop",
            "surveys:build_look",
            "surveys:build_finish",
        ),
    ],
    opens={"surveys:drafts": "Instruments being written", "surveys:build_new": "Write your own instrument"},
)
explain(
    "report",
    "The report of a questionnaire",
    "What people said, as far as it can be shown without anybody being made out. Choose whose answers; a school sees "
    "its own and all together. The figures are the same for everybody and never change.",
    "Take them with you as a PDF, a Word document or a spreadsheet, of the same group.",
    pages=["surveys:report"],
)
explain(
    "answering",
    "Answering a questionnaire",
    "Somebody asks you, and the first page says who, why, and who will know what you say. You need no account.",
    "Nothing is sent before the last page. With scripts, what you began waits on this device until you send it.",
    pages=[
        "surveys:code",
        "surveys:intro",
        "surveys:questions",
        "surveys:thanks",
        "surveys:link_intro",
        "surveys:link_questions",
    ],
)
explain(
    "comments",
    "Comments to a questionnaire",
    "What people wrote in their own words, apart from their answers and in no order.",
    "Read each before others are shown it, and take out what tells who wrote it.",
    pages=["surveys:comments", "surveys:comment"],
)
explain(
    "meetings",
    "A meeting that answers in the room",
    "People join by a code on their phones, or the room agrees on one answer and you record it. You open the results "
    "section by section; before that nobody sees them. From a section you come to the questions behind a gap, and take "
    "notes and actions there and then.",
    "The screen is for a projector: it shows only what you opened. At the end there is a record, as Word or PDF.",
    pages=[
        *("surveys:meeting", "surveys:meeting_section", "surveys:meeting_room", "surveys:meeting_end"),
        *("surveys:meeting_record", "surveys:meeting_hand_on", "surveys:meeting_beside"),
        *("surveys:projector", "surveys:present"),
    ],
)
explain(
    "actions",
    "Actions from results",
    "What people decided to do about results, who does it and by when. Whoever reads the report sees them; a school "
    "can have actions of its own, which nobody else sees.",
    "What is due waits on the home page of whoever looks after it, and of whoever is responsible.",
    pages=["surveys:actions", "surveys:action_new", "surveys:action", "surveys:action_change"],
)
explain(
    "confidential-answers",
    "Who said what in a confidential questionnaire",
    "You were named before the first question as the one person who reads this. The record says when you read it.",
    "If you no longer have a role here, nobody reads it any more.",
    pages=["surveys:reader", "surveys:reader_school"],
)
