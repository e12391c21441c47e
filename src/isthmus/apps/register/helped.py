"""What the pages of the register are for."""

from isthmus.apps.core.help import explain

explain(
    "schools",
    "Schools",
    "Every school in the public register, with what the register says about it. Each fact has its date and source.",
    "What is not known says ‘not available’. A school that changed its URN keeps its history.",
    pages=["register:school"],
    opens={"register:schools": "Schools"},
)
explain(
    "organisations",
    "Trusts and other organisations",
    "A trust, federation, diocese or any other partner, with what is known about it and the schools that belong to it.",
    pages=["register:organisation"],
)
explain(
    "areas",
    "Areas",
    "An area is the schools that somebody looks after together: those of a local authority, trust, diocese or region, "
    "or a list, a line on the map or several areas joined.",
    "The map shows what the list beside it says, too.",
    pages=["register:area"],
    opens={"register:areas": "Areas"},
)
explain(
    "own-areas",
    "Areas of your own",
    "Make an area where the public ones do not fit: from a list of URNs, by picking schools, by a line, or by joining "
    "areas. You can change it later; it can be removed while no networks or plans stand on it.",
    pages=["register:area_change", "register:area_remove", "register:area_pick"],
    opens={
        "register:areas_own": "The areas that you look after",
        "register:area_new": "Make an area",
        "register:area_open": "Open the area of a trust, a diocese or a region",
    },
)
explain(
    "terms-and-themes",
    "Terms, themes and partners of an area",
    "When the terms of a school year begin and end, what schools of the area work on together, and which "
    "organisations that are no schools work with it.",
    "A theme is put aside, not removed, so that what was said about it stays.",
    pages=[
        "register:area_terms",
        "register:area_themes",
        "register:area_theme",
        "register:area_theme_new",
        "register:area_partners",
        "register:area_partner_end",
    ],
)
explain(
    "register-files",
    "Register files",
    "Here newer files of the public register are brought in. Each file is checked first, and nothing is written before "
    "you have seen what would change.",
    pages=["register:import"],
    opens={
        "register:imports": "Register files",
        "register:import_new": "Bring in a register file",
    },
)
