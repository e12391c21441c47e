"""The tables of `tenancy` for questionnaires. Written by hand, too."""

from __future__ import annotations

OFFICER = "authority officer"
OF_SCHOOLS = ("trust officer", "executive head", "head", "senior leader", "governor", "chair of governors")
RUN = (OFFICER, "trust officer", "executive head", "head", "independent chair", "lead head", "co-ordinator")
READ = (
    *("adviser", "national leader", "local leader", "evaluator", "senior leader", "governor"),
    *("chair of governors", "vice chair", "co-leader"),
)

# Whoever asks people for an area does so for its networks.
RUNS = {role: {"own"} for role in RUN} | {OFFICER: {"own", "network of it"}}
READS = {role: {"own"} for role in (*RUN, *READ)} | {OFFICER: {"own", "network of it"}}

# What a role reaches of each kind of thing, by what the thing's place is to the role's.
REACH: dict[str, dict[str, set[str]]] = {
    # A wave of the area, network or school itself.
    "wave to run": RUNS,
    "closed wave": RUNS,
    "joint statement": READS,
    # Of areas alone, by whoever may ask people for them.
    "instrument being written": {OFFICER: {"own"}},
    # An area's own: for its people, and for those of its networks and schools.
    "own instrument": {role: {"own", "wider"} for role in (*RUN, *READ)},
    "wave seen": READS,
    # A wave of the area that asks a school: for whoever sees those of the area, and for the school's own people.
    "wave that asks": {role: {"inside"} for role in (OFFICER, "adviser", "national leader", "local leader")}
    | {"evaluator": {"inside"}}
    | {role: {"own"} for role in OF_SCHOOLS},
    "poster": {OFFICER: {"inside"}} | {role: {"own"} for role in OF_SCHOOLS},
    "school on paper": {OFFICER: {"inside"}}
    | {role: {"own"} for role in ("trust officer", "executive head", "head")},
    "school that answers": {role: {"own"} for role in OF_SCHOOLS},
    "meeting": RUNS,
    "action": READS,
    "action to change": RUNS,
}
_VIEW, _RUN = "survey.view", "survey.run"
ADDRESSES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("surveys:home", "surveys:home_file", "surveys:instruments", "surveys:instruments_file"), (_VIEW, "")
    ),
    **dict.fromkeys(
        ("surveys:new", "surveys:instrument_new", "surveys:drafts", "surveys:build_new"), (_RUN, "")
    ),
    **dict.fromkeys(
        (
            "surveys:change",
            "surveys:schools",
            "surveys:open",
            "surveys:extend",
            "surveys:close",
            "surveys:remove",
        ),
        (_RUN, "wave to run"),
    ),
    **dict.fromkeys(
        (
            "surveys:build",
            "surveys:build_part",
            "surveys:build_remove",
            "surveys:build_drop",
            "surveys:build_look",
            "surveys:build_finish",
        ),
        (_RUN, "instrument being written"),
    ),
    **dict.fromkeys(("surveys:comments", "surveys:comment"), (_RUN, "closed wave")),
    **dict.fromkeys(("surveys:links", "surveys:paper"), (_RUN, "wave to run")),
    **dict.fromkeys(
        ("surveys:links_list", "surveys:paper_entry", "surveys:paper_form", "surveys:paper_pdf"),
        (_RUN, "school on paper"),
    ),
    "surveys:together": (_VIEW, "joint statement"),
    "surveys:together_say": (_RUN, "joint statement"),
    **dict.fromkeys(
        (
            *("surveys:meeting", "surveys:meeting_section", "surveys:meeting_room", "surveys:meeting_end"),
            *("surveys:meeting_record", "surveys:meeting_document", "surveys:meeting_hand_on"),
            *("surveys:meeting_beside", "surveys:projector"),
        ),
        (_RUN, "meeting"),
    ),
    **dict.fromkeys(("surveys:actions", "surveys:actions_file"), (_VIEW, "wave that asks")),
    "surveys:action_new": (_RUN, "closed wave"),
    "surveys:action": (_VIEW, "action"),
    "surveys:action_change": (_VIEW, "action to change"),
    # One person alone, whatever their role: tests/surveys/test_reader.py.
    **dict.fromkeys(("surveys:reader", "surveys:reader_school"), ("", "elsewhere")),
    "surveys:wave": (_VIEW, "wave seen"),
    "surveys:report": (_VIEW, "wave that asks"),
    **dict.fromkeys(("surveys:posters", "surveys:links_file"), (_VIEW, "poster")),
    "surveys:answer": (_VIEW, "school that answers"),
    **dict.fromkeys(("surveys:instrument", "surveys:instrument_file"), (_VIEW, "own instrument")),
    # There only where a report is: tests/surveys tries who gets which part of it.
    **dict.fromkeys(("surveys:report_file", "surveys:report_document"), (_VIEW, "elsewhere")),
}
# Told by the code of a school, which is handed out to whoever is to answer.
PUBLIC = {"surveys:link_intro", "surveys:link_questions"}
PUBLIC |= {"surveys:code", "surveys:intro", "surveys:questions", "surveys:thanks", "surveys:present"}
