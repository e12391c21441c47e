"""The races at addresses of links by mail and of paper forms. To import this adds them to `RACES`."""

from __future__ import annotations

from tests.harness.races import NEW_JOB, race

LINKS = "/surveys/{wave_%s}/links/"
ENTRY = "/surveys/{wave_%s}/paper/{school_%s}/leaders/"
ANSWER = {"who": "leaders", "page": "2", "q-know-1": "4", "do": "send"}
SAMPLE = {"way": "number", "number": "4", "response": "60", "at_least": "1"}

race(
    "surveys:links", "officer", LINKS % "sends", {"do": "send"},
    rows=NEW_JOB, events={"roster.send": 1, "job.start": 1},
)  # fmt: skip
race(
    "surveys:links", "officer", LINKS % "reminds", {"do": "remind"},
    rows=NEW_JOB, events={"roster.remind": 1, "job.start": 1},
)  # fmt: skip
race("surveys:links", "officer", LINKS % "draws", {"do": "draw", **SAMPLE}, events={"roster.draw": 1})
race(
    "surveys:links", "officer", LINKS % "asks_schools", {"do": "ask"},
    rows={"surveys_roster": 2}, events={"roster.ask": 2},
)  # fmt: skip
race(
    "surveys:links_list", "officer", f"{LINKS % 'lists'}{{school_lists}}/",
    {"rows": "a@school.example, staff\nb@school.example, leaders"},
    rows={"surveys_roster": 1, "surveys_invited": 2}, events={"roster.give": 1},
)  # fmt: skip
race(
    "surveys:paper_entry", "officer", ENTRY % ("types", "types"), {"do": "keep", "number": "1", "q-know-1": "4"},
    rows={"surveys_paperbatch": 1, "surveys_papersheet": 1}, events={"paper.begin": 1},
)  # fmt: skip
race(
    "surveys:paper_entry", "officer", ENTRY % ("hands_in", "hands_in"), {"do": "hand-in"},
    rows={"surveys_paperbatch": -1, "surveys_papersheet": -1, "surveys_ballot": 1}, events={"paper.end": 1},
)  # fmt: skip
# The same form of one link: one answer, and nothing beside it.
race(
    "surveys:link_questions", "", "/a/{linked_code}/link/{linked_token}/questions/", {**ANSWER, "ballot": "79"},
    rows={"surveys_ballot": 1},
)  # fmt: skip

ADDED = True
