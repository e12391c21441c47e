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
    "An area is the schools that somebody looks after together: for now, those of a local authority.",
    "The map shows what the list beside it says, too.",
    pages=["register:area"],
    opens={"register:areas": "Areas"},
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
