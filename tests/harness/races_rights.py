"""Races at the addresses about privacy, rights, schools that leave and sharing. To import this adds them to `RACES`."""

from __future__ import annotations

from datetime import date

from tests.harness.races import AT_ONCE, LATER, MAILED, NEW_JOB, race

CAME = date.today()  # noqa: DTZ011 - the machine's day is near enough for a form
race(
    "accounts:begin_leaving", "officer", "/leaving/begin/", {"place": "organisation:{school}", "reason": "It closes"},
    rows={"accounts_leaving": 1}, events={"leaving.begin": 1},
)  # fmt: skip
race(
    "accounts:place_hold", "officer", "/privacy/holds/place/",
    {"place": "area:{area}", "email": "held@example.org", "reason": "An inquiry"},
    rows={"accounts_legalhold": 1}, events={"hold.place": 1},
)  # fmt: skip
race(
    "accounts:ask_right", "chooses", "/your-information/ask/copy/",
    rows={"accounts_subjectrequest": 1, "accounts_bundle": 1, "core_message": 1, **NEW_JOB},
    events={"rights.ask": 1, "job.start": 1},
)  # fmt: skip

LETTER = {
    "right": "object", "name": "Lee Letter", "email": "letter@example.org", "came": "letter",
    "received_on_day": str(CAME.day), "received_on_month": str(CAME.month),
    "received_on_year": str(CAME.year), "identity_how": "Called back",
}  # fmt: skip
CONTROLLER = {
    "name": "Race Authority", "address": "1 Quay", "contact": "privacy@example.org", "officer": "dpo@example.org",
    "registration": "",
}  # fmt: skip
race(
    "accounts:controller", "administrator", "/privacy/controller/", CONTROLLER,
    rows={"accounts_controller": 1}, events={"privacy.controller": 1},
)  # fmt: skip
race(
    "accounts:retention_change", "administrator", "/privacy/retention/invitations/", {"days": "200", "why": "Longer"},
    rows={"accounts_retention": 1}, events={"privacy.retention": 1},
)  # fmt: skip
race("accounts:hold", "officer", "/privacy/holds/{held}/", {"reason": "Settled"}, events={"hold.lift": 1})
race(
    "accounts:rights_record", "officer", "/privacy/requests/record/", LETTER,
    rows={"accounts_subjectrequest": 1, **MAILED}, events={"rights.record": 1},
)  # fmt: skip
race(
    "accounts:rights_answer", "officer", "/privacy/requests/{answered}/answer/",
    {"outcome": "refused", "answer": "The law asks for it"}, rows=MAILED, events={"rights.refuse": 1},
)  # fmt: skip
race(
    "accounts:rights_extend", "officer", "/privacy/requests/{extended}/extend/", {"reason": "It is hard"},
    rows=MAILED, events={"rights.extend": 1},
)  # fmt: skip
race(
    "accounts:rights_make_copy", "officer", "/privacy/requests/{copied}/copy/",
    rows={"accounts_bundle": 1, **NEW_JOB}, events={"rights.copy": 1, "job.start": 1},
)  # fmt: skip
race(
    "accounts:rights_put_right", "officer", "/privacy/requests/{righted}/put-right/",
    lambda stage: stage["right_values"], rows=MAILED, events={"rights.put_right": 1},
)  # fmt: skip
race(
    "accounts:rights_restrict", "officer", "/privacy/requests/{restricted}/restrict/", {"reason": "As you ask"},
    rows={"accounts_restriction": 1, **MAILED}, events={"rights.restrict": 1},
)  # fmt: skip
race(
    "accounts:rights_lift", "officer", "/privacy/requests/{lifted}/lift/", {"reason": "It is settled"},
    rows=MAILED, events={"rights.lift_restriction": 1},
)  # fmt: skip
race(
    "accounts:rights_erase", "officer", "/privacy/requests/{erased}/erase/",
    rows={"accounts_erasure": 1, "accounts_invitation": -1, **MAILED}, events={"rights.erase": 1, "audit.erase": 1},
)  # fmt: skip
race(
    "accounts:withdraw_request", "withdraws", "/your-information/requests/{withdrawn}/withdraw/",
    rows=MAILED, events={"rights.withdraw": 1},
)  # fmt: skip
# Each click gives a file, so each is an event.
race(
    "accounts:save_copy", "saves", "/your-information/copies/{saved}/save/", statuses={200},
    events={"rights.copy_saved": AT_ONCE},
)  # fmt: skip
race(
    "accounts:leaving_copy", "officer", "/leaving/{copies}/copy/",
    rows={"accounts_bundle": 1, **NEW_JOB}, events={"rights.copy": 1, "job.start": 1},
)  # fmt: skip
race(
    "accounts:stop_leaving",
    "officer",
    "/leaving/{stays}/stop/",
    {"reason": "It stays"},
    events={"leaving.stop": 1},
)
race(
    "accounts:purge", "officer", "/leaving/{removes}/purge/",
    rows={
        "accounts_erasure": 1, "needs_statement": "statements_gone",
        "networks_membership": "memberships_gone", **MAILED,
    },
    events={"leaving.purge": 1, "audit.erase": 1},
)  # fmt: skip
race(
    "core:sharing_new", "officer", "/sharing/new/",
    {
        "dataset": "{dataset}", "owner": "{owner}", "to": "{to}", "purpose": "To compare",
        "starts_day": str(LATER.day), "starts_month": str(LATER.month), "starts_year": str(LATER.year),
        "ends_day": str(LATER.day), "ends_month": str(LATER.month), "ends_year": str(LATER.year),
    },
    rows={"core_sharing": 1}, events={"sharing.open": 1, "sharing.opened_to_us": 1},
)  # fmt: skip
race(
    "core:sharing_take_back", "officer", "/sharing/{shared}/take-back/", {"why": "Twice"},
    events={"sharing.take_back": 1, "sharing.taken_back_from_us": 1},
)  # fmt: skip
