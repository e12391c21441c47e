"""The races at addresses of plans that are shared, ruled, studied and adopted. To import this adds them to `RACES`."""

from __future__ import annotations

from uuid import UUID

from tests.harness.races import LATER, MAILED, NEW_JOB, PLAN, race

SAID = {"text": "Twice", "token": str(UUID(int=31))}
TALKED = "/plans/{talked}"
ASKED = {"rows": NEW_JOB, "events": {"plan.ask": 1, "job.start": 1}}

race(
    "networks:plan_sharing", "officer", f"{TALKED}/sharing/",
    {"name": "Sheila Share", "email": "share@example.org"},
    rows={"networks_planshare": 1, **MAILED}, events={"plan.share": 1},
)  # fmt: skip
race(
    "networks:plan_stop_sharing", "officer", f"{TALKED}/sharing/{{share_stopped}}/stop/",
    events={"plan.stop_sharing": 1},
)  # fmt: skip
race(
    "networks:plan_comments", "officer", f"{TALKED}/comments/", SAID,
    rows={"networks_plancomment": 1}, events={"plan.comment": 1},
)  # fmt: skip
race("networks:shared", "", "/shared-plans/{link_opened}/", events={"plan.open_share": 1})
race(
    "networks:shared_draft", "reader", "/shared-plans/{link_said}/draft/",
    {**SAID, "token": str(UUID(int=32))},
    rows={"networks_plancomment": 1, **MAILED}, events={"plan.comment": 1},
)  # fmt: skip
race(
    "networks:plan_studies", "officer", f"{TALKED}/studies/", {"kind": "stability"},
    rows={"networks_planstudy": 1, **NEW_JOB}, events={"plan.study": 1, "job.start": 1},
)  # fmt: skip

race(
    "networks:plan_hubs", "officer", "/plans/new/hubs/",
    {
        "about": "{draft_about}", "owner": "{area}", "name": "Raced hubs", "theme": "Race of needs",
        "places": "{ruled0}, 8", "phases": "primary", "token": str(UUID(int=33)),
    },
    rows={"networks_plan": 1, **NEW_JOB}, events={"plan.ask": 1, "job.start": 1},
)  # fmt: skip
race("networks:plan_rules", "officer", "/plans/{draft_sent}/rules/", **ASKED)
# Of the first kind a plan may have many: the token tells the double click. Of the second it has one at most.
race(
    "networks:plan_rule_new", "officer", "/plans/{draft_ruled}/rules/together/",
    {"schools": "{ruled0}\n{ruled2}", "token": str(UUID(int=34))},
    rows={"networks_planrule": 1}, events={"plan.rule_set": 1},
)  # fmt: skip
race(
    "networks:plan_rule_new", "officer", "/plans/{draft_ruled}/rules/reach/", {"km": "20"},
    rows={"networks_planrule": 1}, events={"plan.rule_set": 1},
)  # fmt: skip
race(
    "networks:plan_rule_remove", "officer", "/plans/{draft_ruled}/rules/{rule_gone}/remove/",
    rows={"networks_planrule": -1}, events={"plan.rule_away": 1},
)  # fmt: skip
race(
    "networks:plan_choices", "officer", "/plans/{draft_changed}/choices/",
    {**PLAN, "name": "Raced otherwise", "phases": "primary"}, events={"plan.change": 1},
)  # fmt: skip

ADOPTED = {
    "networks_network": "networks_made", "networks_membership": "members_made",
    "networks_adoptionanswer": "members_made", "core_message": "invited",
}  # fmt: skip
race(
    "networks:plan_adopt", "officer", "/plans/{plan_prepares}/adopt/",
    {
        "layer": "{layer_prepares}", "starts_day": str(LATER.day), "starts_month": str(LATER.month),
        "starts_year": str(LATER.year),
    },
    rows={"networks_adoption": 1}, events={"adoption.prepare": 1},
)  # fmt: skip
race(
    "networks:adopt", "officer", "/adoptions/{adoption_adopts}/adopt/",
    rows=ADOPTED, events={"adoption.adopt": 1},
)  # fmt: skip
# The invitations still wait to be sent, so they are withdrawn, and no mail says that nothing comes of it.
race(
    "networks:adoption_cancel", "officer", "/adoptions/{adoption_cancels}/cancel/", {"why": "Twice"},
    rows={"networks_network": "networks_gone", "networks_membership": "members_gone"},
    events={"adoption.cancel": 1},
)  # fmt: skip
race(
    "networks:adoption_remind", "officer", "/adoptions/{adoption_reminds}/remind/",
    rows={"core_message": "invited"}, events={"adoption.remind": 1},
)  # fmt: skip
race(
    "networks:adoption_invitation", "", "/network-invitations/{answer_link}/", {"answer": "joins"},
    rows=MAILED, events={"adoption.answer": 1},
)  # fmt: skip

ADDED = True
