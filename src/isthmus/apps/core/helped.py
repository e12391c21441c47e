"""What the pages of core are for."""

from isthmus.apps.core.help import explain

explain(
    "home",
    "What waits for you",
    "The first page lists what needs you, across all your roles, what is due first at the top.",
    "Below it stands what others changed since your last visit on things that you may see.",
    pages=["home"],
)
explain(
    "search",
    "Search",
    "Search looks through schools, trusts, areas, plans, people, pages and help at once.",
    "You find only what you may open. A word may be cut short: ‘south’ finds Southampton.",
    opens={"core:search": "Search"},
)
explain(
    "help",
    "Help and statements",
    "Help says what each kind of page is for. The statements say how accessible Isthmus is and what it keeps in your "
    "browser.",
    opens={
        "core:help": "Help",
        "core:accessibility": "Accessibility statement",
        "core:cookies": "Cookies",
    },
)
explain(
    "tasks",
    "Tasks",
    "A task is long work that you started, such as working out a plan or bringing in a file.",
    "It goes on when you close the page, and goes on where it was when the computer is started anew. You can stop it. "
    "A mail tells you how it ended, unless you chose otherwise.",
    pages=["core:job"],
    opens={"core:jobs": "Tasks that you started"},
)
explain(
    "record",
    "The record",
    "Every change is written down: who, in which role, what, before and after, and why.",
    "A head is a short number that fits the record only as it is. Keep one where the people who run Isthmus cannot "
    "reach it: with it anybody can tell later whether something was changed, left out or put in.",
    pages=["core:record", "core:record_events"],
    opens={"core:records": "The record"},
)
explain(
    "mail",
    "Mail",
    "You choose for each kind of mail whether it comes at once, in one summary a day, or not at all.",
    "Mail that you cannot do without, such as an invitation, is always sent.",
    pages=["core:mail_stop", "demonstration-mail:message", "demonstration-mail:messages"],
    opens={"core:mail_choices": "Which mail you get"},
)
explain(
    "sharing",
    "Sharing between areas",
    "Areas see nothing of each other unless one of them shares. Here you share with another area, until a day, and see "
    "who could see what, and why.",
    "What is shared can be taken back at any time.",
    pages=["core:sharing", "core:sharing_take_back"],
    opens={
        "core:sharings": "Sharing",
        "core:sharing_new": "Share with another area",
        "core:sharing_who": "Who could see what",
    },
)
