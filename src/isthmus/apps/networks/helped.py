"""What the pages of networks and plans are for."""

from isthmus.apps.core.help import explain

explain(
    "plans",
    "Plans",
    "A plan proposes which schools of an area could work together, from public facts and from what you say matters.",
    "It says how good it is and how far a better plan could go at most. Nothing follows from a plan by itself.",
    pages=["networks:plan", "networks:plan_remove"],
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
