"""The races at addresses of consultations, the officers' and the schools'. To import this adds them to `RACES`."""

from __future__ import annotations

from uuid import UUID

from tests.harness.races import LATER, MAILED, race

PAGE = "/consultations/{consultation_%s}"
SCHOOL = "/consultations/{consultation_answers}/schools"
LINK = "/consultations/answer/{link_%s}"
ASKED = {
    "text": "Why we ask", "until_day": str(LATER.day), "until_month": str(LATER.month),
    "until_year": str(LATER.year), "urns": "{wished}, {not_wished}", "phases": "primary",
    "most_wishes": "5", "sees": "own",
}  # fmt: skip

race(
    "networks:consultation_new", "officer", "/areas/{area}/consultations/new/",
    {**ASKED, "name": "Raced", "token": str(UUID(int=41))},
    rows={"networks_consultation": 1, "networks_consultationanswer": 2}, events={"consultation.start": 1},
)  # fmt: skip
race(
    "networks:consultation_change", "officer", f"{PAGE % 'changes'}/change/", {**ASKED, "name": "Raced too"},
    rows={"networks_consultationanswer": -6}, events={"consultation.change": 1},
)  # fmt: skip
race(
    "networks:consultation_open", "officer", f"{PAGE % 'opens'}/open/",
    rows=MAILED, events={"consultation.open": 1},
)  # fmt: skip
race(
    "networks:consultation_remind", "officer", f"{PAGE % 'reminds'}/remind/", {"seen": "0"},
    rows=MAILED, events={"consultation.remind": 1},
)  # fmt: skip
race("networks:consultation_close", "officer", f"{PAGE % 'closes'}/close/", events={"consultation.close": 1})
race(
    "networks:consultation_remove", "officer", f"{PAGE % 'removes'}/remove/", statuses={302, 404},
    rows={"networks_consultation": -1, "networks_consultationanswer": "answers_gone"},
    events={"consultation.remove": 1},
)  # fmt: skip
race(
    "networks:consultation_school", "officer", f"{SCHOOL}/{{answer_linked}}/", {"round": "1"},
    events={"consultation.link": 1},
)  # fmt: skip
race(
    "networks:consultation_school", "officer", f"{SCHOOL}/{{answer_written}}/",
    {"round": "1", "do": "send", "name": "Willa Written", "email": "written@example.org"},
    rows=MAILED, events={"consultation.link": 1},
)  # fmt: skip

race(
    "networks:consultation_answer", "", f"{LINK % 'sends'}/parts/",
    {"email": "receipt@example.org", "seen": "0"}, rows=MAILED, events={"consultation.answer": 1},
)  # fmt: skip
race(
    "networks:consultation_with", "", f"{LINK % 'wishes'}/with/",
    {"seen": "{seen_wishes}", "schools": "{wished}"},
    rows={"networks_consultationwish": 1}, events={"consultation.say": 1},
)  # fmt: skip
race(
    "networks:consultation_not_now", "", f"{LINK % 'not_now'}/not-now/",
    {"seen": "{seen_not_now}", "schools": "{not_wished}", "reason": "Twice"},
    rows={"networks_consultationwish": 1}, events={"consultation.say": 1},
)  # fmt: skip
race(
    "networks:consultation_needs", "", f"{LINK % 'needs'}/needs/",
    {"seen": "{seen_needs}", "theme_{asked_theme}": "strength"},
    rows={"needs_statement": 1}, events={"needs.say": 1},
)  # fmt: skip
race(
    "networks:consultation_rest", "", f"{LINK % 'rest'}/co-leader/",
    {
        "seen": "{seen_rest}", "nominee_name": "Nell Named", "nominee_email": "named@example.org",
        "agreed": "on", "note": "Twice",
    },
    events={"consultation.say": 1},
)  # fmt: skip

ADDED = True
