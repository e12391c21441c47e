"""What the pages of networks and plans are for."""

from isthmus.apps.core.help import explain

explain(
    "plans",
    "Plans",
    "A plan proposes which schools of an area could work together, from public facts and from what you say matters.",
    "It says how good it is and how far a better plan could go at most. Nothing follows from a plan by itself.",
    pages=["networks:plan", "networks:plan_remove", "networks:plan_hubs", "networks:plan_document"],
    opens={"networks:plans": "Plans", "networks:plan_new": "Ask for a plan of networks"},
)
explain(
    "networks",
    "Networks that exist",
    "What the networks of an area tell on a day: which schools are in none or in many, how far members are from each "
    "other, how each network is mixed, and what changed. You can look at any past day.",
    "Networks stand in layers, because a school may be in one network for its place and in another for a theme.",
    pages=[
        "networks:area",
        "networks:networks",
        "networks:schools",
        "networks:matrix",
        "networks:changes",
    ],
    opens={"networks:home": "Networks"},
)
explain(
    "network",
    "A network",
    "What a network is for, how firmly it is bound, how deep it means to be, and who is in it from when to when. "
    "A sub-group is a group within it, such as chairs of governors, with roles of its own.",
    "Where the network says so, anybody may see what it is for and which schools are in it.",
    pages=["networks:network", "networks:visitor"],
)
explain(
    "network-changes",
    "Writing networks down",
    "Write down a network that exists, say who joins and who leaves, and why. What was stays: a network that ends is "
    "dissolved on a day, and a member that leaves is given a last day.",
    "Only what was entered by mistake is removed.",
    pages=[
        "networks:network_new",
        "networks:network_change",
        "networks:network_dissolve",
        "networks:network_remove",
        "networks:member_add",
        "networks:membership",
        "networks:membership_remove",
        "networks:sub_group",
        "networks:sub_group_new",
        "networks:layers",
        "networks:layer",
        "networks:layer_new",
        "networks:layer_remove",
    ],
)
explain(
    "membership-files",
    "Spreadsheets of memberships",
    "Give a spreadsheet of who is in which network. It is looked through first, and nothing is written before you have "
    "seen what would change. The same file again changes nothing.",
    pages=["networks:uploads", "networks:upload_new", "networks:upload"],
)
explain(
    "workbench",
    "Working on a plan",
    "Ask why a school is where it is, and move it by hand: before anything is kept you see what it costs and which "
    "rules it breaks. Every step is a version, and each can be undone.",
    "Lock what should stay, and have the rest worked out again around it.",
    pages=["networks:workbench", "networks:plan_school", "networks:plan_move"],
)
explain(
    "plan-rules",
    "Rules of a plan",
    "Before you ask for a plan, say what it must keep: schools together or apart, a named network, so many of a kind, "
    "how far a journey may be, lines that nobody travels across. Each rule can be taken away until the plan is asked "
    "for.",
    pages=[
        "networks:plan_rules",
        "networks:plan_rule_new",
        "networks:plan_rule_remove",
        "networks:plan_choices",
    ],
)
explain(
    "plan-studies",
    "Looking closer at a plan",
    "What each rule costs, how firm the plan is when something changes a little, and other good plans. Each is worked "
    "out by the worker when you ask for it.",
    pages=["networks:plan_studies"],
)
explain(
    "compare-plans",
    "Comparing plans",
    "Two plans, or a plan and the networks of today, side by side: what each does well, and which schools are with "
    "whom in one and not in the other.",
    pages=["networks:compare"],
)
explain(
    "plan-sharing",
    "Sharing a draft plan",
    "Send a link to people whom a plan concerns. With it they can read this one plan and say what they think, without "
    "an account. You can take the link back.",
    pages=["networks:plan_sharing", "networks:plan_comments", "networks:shared", "networks:shared_draft"],
)
explain(
    "adoption",
    "Adopting a plan",
    "A plan becomes networks on a day. You see everything that would change first; each school is told and can answer. "
    "Until the day has come it can be cancelled, and all is as it was.",
    pages=[
        "networks:plan_adopt",
        "networks:adoption",
        "networks:adoption_cancel",
        "networks:adoption_invitation",
    ],
)
explain(
    "consultations",
    "Consultations",
    "Ask schools with whom they wish to work before a plan is made. You decide beforehand what a school sees of what "
    "others said; only officers of the area see the answers.",
    pages=[
        "networks:consultations",
        "networks:consultation_new",
        "networks:consultation",
        "networks:consultation_change",
        "networks:consultation_open",
        "networks:consultation_remind",
        "networks:consultation_close",
        "networks:consultation_remove",
        "networks:consultation_school",
    ],
)
explain(
    "consultation-answer",
    "Answering for a school",
    "Say with whom your school wishes to work, and with whom rather not for now. You can change it until the last day. "
    "Who sees it stands on the page.",
    pages=[
        "networks:consultation_link",
        "networks:consultation_answer",
        "networks:consultation_with",
        "networks:consultation_not_now",
        "networks:consultation_needs",
        "networks:consultation_rest",
    ],
)
