"""The races at addresses of questionnaires. To import this adds them to `RACES`."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from tests.harness import races_links  # noqa: F401 - importing it adds its races
from tests.harness.races import LATER, NEW_JOB, race

MUCH_LATER = LATER + timedelta(days=30)


def _day(name: str, day: date) -> dict[str, str]:
    """A day as its three boxes send it."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


PAGE = "/surveys/{wave_%s}"
ASKED = {
    "why": "Why we ask", "asks": "Us", "kind": "anonymous", "asked": ("leaders", "staff"), "k": "10",
    **_day("until", LATER), **_day("results_on", LATER),
}  # fmt: skip
ANSWER = {"who": "leaders", "page": "2", "q-know-1": "4", "do": "send"}

race(
    "surveys:new", "officer", "/surveys/new/?scope=area:{area}&instrument={instrument_key}",
    {**ASKED, "name": "Raced", "token": str(UUID(int=51))},
    rows={"surveys_wave": 1, "surveys_waveschool": "schools_of_area"}, events={"wave.start": 1},
)  # fmt: skip
race(
    "surveys:change", "officer", f"{PAGE % 'changes'}/change/", {**ASKED, "name": "Raced too"},
    events={"wave.change": 1},
)  # fmt: skip
race(
    "surveys:schools", "officer", f"{PAGE % 'asks'}/schools/",
    {"do": "paste", "rows": "{asked_first}, Together, 20"},
    rows={"surveys_waveschool": -1}, events={"wave.schools": 1},
)  # fmt: skip
race("surveys:open", "officer", f"{PAGE % 'opens'}/open/", events={"wave.open": 1})
race(
    "surveys:extend", "officer", f"{PAGE % 'extends'}/extend/",
    {"name": "Longer", **_day("until", MUCH_LATER), **_day("results_on", MUCH_LATER), "why": "Twice"},
    events={"wave.extend": 1},
)  # fmt: skip
race(
    "surveys:close", "officer", f"{PAGE % 'closes'}/close/", {"why": "Twice"},
    rows=NEW_JOB, events={"wave.close": 1, "job.start": 1},
)  # fmt: skip
race(
    "surveys:remove", "officer", f"{PAGE % 'removes'}/remove/", statuses={302, 404},
    rows={"surveys_wave": -1, "surveys_waveschool": -2}, events={"wave.remove": 1},
)  # fmt: skip
race(
    "surveys:answer", "answers", f"{PAGE % 'named'}/answer/{{named_school}}/", {**ANSWER, "ballot": "77"},
    rows={"surveys_response": 1}, events={"wave.respond": 1},
)  # fmt: skip
race(
    "surveys:comment", "officer", f"{PAGE % 'closed'}/comments/{{a_comment}}/",
    {"shown": "Kind words", "theme": "Visits"}, events={"wave.comment": 1},
)  # fmt: skip
race(
    "surveys:instrument_new", "officer", "/instruments/new/",
    {"area": "{area}", "text": "{instrument_text}", "do": "keep"},
    rows={"surveys_instrument": 1}, events={"instrument.keep": 1},
)  # fmt: skip
race(
    "surveys:together_say", "officer", f"{PAGE % 'together'}/together/agreed-1/",
    {"code": "3", "text-agreed-1:evidence": "Minutes", "heard": "Staff", "seen": ""},
    rows={"surveys_jointanswer": 1}, events={"wave.together": 1},
)  # fmt: skip
MEETING = f"{PAGE % 'meets'}/meeting"
ACTION = {
    "what": "Visit",
    "who": "Ash Lane",
    "about": "know/",
    "token": str(UUID(int=54)),
    **_day("due", LATER),
}
race(
    "surveys:meeting", "officer", f"{PAGE % 'begins'}/meeting/", {"do": "start", "way": "apart"},
    rows={"surveys_meeting": 1}, events={"meeting.start": 1},
)  # fmt: skip
race("surveys:meeting", "officer", f"{MEETING}/", {"do": "show", "showing": "*"}, events={"meeting.show": 1})
race(
    "surveys:meeting_section", "officer", f"{MEETING}/section/share/", {"do": "open"},
    rows={"surveys_openedsection": 1}, events={"meeting.open": 1},
)  # fmt: skip
race(
    "surveys:meeting_section", "officer", f"{MEETING}/section/know/",
    {"do": "note", "text": "Visits are rare", "token": str(UUID(int=55))},
    rows={"surveys_meetingnote": 1}, events={"meeting.note": 1},
)  # fmt: skip
race(
    "surveys:meeting_room", "officer", f"{MEETING}/room/know/", {"q-know-1": "3", "do": "keep"},
    rows={"surveys_roomanswer": 1}, events={"meeting.answer": 1},
)  # fmt: skip
race(
    "surveys:meeting_end", "officer", f"{PAGE % 'ends'}/meeting/end/",
    rows=NEW_JOB, events={"meeting.end": 1, "wave.close": 1, "job.start": 1},
)  # fmt: skip
race(
    "surveys:meeting_hand_on", "officer", f"{MEETING}/staff/",
    rows={"surveys_wave": 1, "surveys_waveschool": 2}, events={"wave.start": 1, "meeting.hand": 1},
)  # fmt: skip
race(
    "surveys:action_new", "officer", f"{PAGE % 'closed'}/actions/new/", ACTION,
    rows={"surveys_step": 1}, events={"step.take": 1},
)  # fmt: skip
race(
    "surveys:action", "officer", f"{PAGE % 'closed'}/actions/{{step_drops}}/", {"do": "drop", "why": "Twice"},
    events={"step.end": 1},
)  # fmt: skip
race(
    "surveys:action_change", "officer", f"{PAGE % 'closed'}/actions/{{step_changes}}/change/",
    {**ACTION, "what": "Visit twice"}, events={"step.change": 1},
)  # fmt: skip
# Each click shows the answers, so each is an event.
race(
    "surveys:reader_school", "officer", f"{PAGE % 'reads'}/reader/{{school_read}}/", statuses={200},
    events={"wave.read": 20},
)  # fmt: skip
# Somebody begins to answer in a meeting, with a double click or twenty.
race(
    "surveys:questions", "", "/a/{room_code}/questions/",
    {"do": "start", "who": "leaders", "ballot": "79", "name": "Ann"}, statuses={200},
    rows={"surveys_joined": 1}, events={"meeting.join": 1},
)  # fmt: skip
DRAFT = "/instruments/drafts/{draft_%s}"
race(
    "surveys:build_new", "officer", "/instruments/drafts/new/",
    {"area": "{area}", "begin": "collaboration-diagnostic", "title": "Raced", "token": str(UUID(int=53))},
    rows={"surveys_instrumentdraft": 1}, events={"draft.start": 1},
)  # fmt: skip
race(
    "surveys:build", "officer", f"{DRAFT % 'moves'}/", {"move": "section:know:1"}, events={"draft.change": 1}
)
race(
    "surveys:build_part", "officer", f"{DRAFT % 'changes'}/question/q1/?section=know",
    {"text": "Do we agree?", "answer": "scale", "seen": "", "do": "save"}, events={"draft.change": 1},
)  # fmt: skip
race(
    "surveys:build_remove", "officer", f"{DRAFT % 'loses'}/remove/question/know-1/", {"seen": "{question_seen}"},
    statuses={302, 404}, events={"draft.change": 1},
)  # fmt: skip
race(
    "surveys:build_drop", "officer", f"{DRAFT % 'removes'}/remove/", statuses={302, 404},
    rows={"surveys_instrumentdraft": -1}, events={"draft.remove": 1},
)  # fmt: skip
race(
    "surveys:build_finish", "officer", f"{DRAFT % 'ends'}/finish/", {"step": "0"}, statuses={302, 404},
    rows={"surveys_instrumentdraft": -1, "surveys_instrument": 1}, events={"instrument.keep": 1},
)  # fmt: skip
# One answer, and nothing beside it: no event, no session, no mail.
race(
    "surveys:questions", "", "/a/{open_code}/questions/", {**ANSWER, "ballot": "78"},
    rows={"surveys_ballot": 1},
)  # fmt: skip
race("surveys:code", "", "/a/", {"code": "{open_code}"})

ADDED = True
