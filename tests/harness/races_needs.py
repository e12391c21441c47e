"""The races at addresses of needs and strengths, ties and competition. To import this adds them to `RACES`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tests.harness.races import race

GONE = {302, 404}
"""Whoever comes when the thing is gone, or holds no more, gets a 404."""
AREA = "/areas/{area}"
SAID = {"rows": {"needs_statement": 1}, "events": {"needs.say": 1}}
KEPT = {"rows": {"needs_tie": 1}, "events": {"tie.keep": 1}}

race(
    "needs:theme", "officer", f"{AREA}/needs/schools/{{says0}}/{{needs_theme}}/",
    {"level": "need", "note": "Twice"}, **SAID,
)  # fmt: skip

race(
    "needs:school_all",
    "officer",
    f"{AREA}/needs/schools/{{says1}}/all/",
    {"theme-{needs_theme}": "strength"},
    **SAID,
)
race(
    "needs:met", "officer", f"{AREA}/needs/schools/{{says2}}/{{needs_theme}}/met/",
    {"solution": "A shared teacher"}, events={"needs.meet": 1},
)  # fmt: skip
race(
    "needs:staleness", "officer", f"{AREA}/needs/when-old/", {"months": "9"},
    rows={"needs_staleness": 1}, events={"needs.staleness": 1},
)  # fmt: skip

for number, (name, place, what, row) in enumerate(
    (
        ("needs_upload_new", "needs/files/new", "needs", b"URN,Theme,Need or strength\n1,x,need\n"),
        ("ties_upload_new", "ties/file", "ties", b"Tie,URN,Other URN\nfeeder,1,2\n"),
        (
            "competition_upload_new", "competition/files/new", "competition",
            b"URN,Other URN,Over,Reason\n1,2,staff,x\n",
        ),
    )
):  # fmt: skip
    race(
        f"needs:{name}", "officer", f"{AREA}/{place}/", {"token": str(UUID(int=20 + number))},
        file=("given.csv", row), rows={"needs_givenfile": 1}, events={f"{what}.give_file": 1},
    )  # fmt: skip
race(
    "needs:upload", "officer", f"{AREA}/needs/files/{{file_needs_applied}}/", {"do": "apply"},
    rows={"needs_statement": 1}, events={"needs.apply_file": 1},
)  # fmt: skip
race(
    "needs:upload", "officer", f"{AREA}/needs/files/{{file_needs_aside}}/", {"do": "aside"},
    events={"needs.put_file_aside": 1},
)  # fmt: skip
race(
    "needs:competition_upload", "officer", f"{AREA}/competition/files/{{file_competition_applied}}/",
    {"do": "apply"}, rows={"needs_competition": 1}, events={"competition.apply_file": 1},
)  # fmt: skip
race(
    "needs:competition_upload", "officer", f"{AREA}/competition/files/{{file_competition_aside}}/",
    {"do": "aside"}, events={"competition.put_file_aside": 1},
)  # fmt: skip

PAIR = {"first": "{says8}", "second": "{says9}"}
race("needs:tie_new", "officer", f"{AREA}/ties/new/", {**PAIR, "kind": "joint work"}, **KEPT)
# One that is over already, which no rule of the database keeps single.
OVER = date(2020, 7, 1)
race(
    "needs:tie_new", "officer", f"{AREA}/ties/new/",
    {
        **PAIR, "kind": "other", "note": "A joint choir", "until_day": str(OVER.day),
        "until_month": str(OVER.month), "until_year": str(OVER.year),
    },
    **KEPT,
)  # fmt: skip
race(
    "needs:tie", "officer", f"{AREA}/ties/{{tie_changed}}/",
    {"first": "{says0}", "second": "{says1}", "kind": "shared staff", "note": "A teacher of music"},
    events={"tie.keep": 1},
)  # fmt: skip
race(
    "needs:tie_remove", "officer", f"{AREA}/ties/{{tie_gone}}/remove/", {"why": "Twice"}, statuses=GONE,
    rows={"needs_tie": -1}, events={"tie.remove": 1},
)  # fmt: skip
race(
    "needs:competition_new", "officer", f"{AREA}/competition/new/",
    {**PAIR, "over": "staff", "competes": "yes", "reason": "Twice"},
    rows={"needs_competition": 1}, events={"competition.record": 1},
)  # fmt: skip
race(
    "needs:competition_end", "officer", f"{AREA}/competition/{{competition_ends}}/end/", {"why": "Twice"},
    statuses=GONE, events={"competition.end": 1},
)  # fmt: skip
race(
    "needs:competition_estimate", "officer", f"{AREA}/competition/estimate/",
    rows={"needs_estimate": 1}, events={"competition.estimate": 1},
)  # fmt: skip

ADDED = True
