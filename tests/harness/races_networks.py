"""The races at addresses of areas, of networks that exist, and of a plan under the hand.

To import this adds them to `RACES`, with those of needs, of plans and of consultations.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tests.harness import races_consulting, races_needs, races_plans
from tests.harness.races import LATER, NEW_JOB, race

OFTEN, GONE = {200, 302}, {302, 404}
"""Whoever comes when there is one of this name already reads so on the form; when the thing is gone, a 404."""
YEAR = date.today().year + 2  # noqa: DTZ011 - the machine's day is near enough for a form


def day(field: str, on: date) -> dict[str, str]:
    """A date as a form sends it."""
    return {f"{field}_day": str(on.day), f"{field}_month": str(on.month), f"{field}_year": str(on.year)}


race(
    "register:area_new", "officer", "/areas/new/",
    {"name": "Raced area", "owner": "{area}", "way": "list", "urns": "{urn}", "token": str(UUID(int=9))},
    rows={"register_area": 1, "register_areaschool": 1}, events={"area.make": 1},
)  # fmt: skip
race(
    "register:area_change", "officer", "/areas/{area_changed}/change/",
    {"name": "Another name", "way": "list", "urns": "{urn}"}, events={"area.change": 1},
)  # fmt: skip
race(
    "register:area_pick", "officer", "/areas/{area_picked}/pick/", {"school": "{school_pk}"},
    rows={"register_areaschool": -1}, events={"area.change": 1},
)  # fmt: skip
race(
    "register:area_remove", "officer", "/areas/{area_gone}/remove/", statuses=GONE,
    rows={"register_area": -1, "register_areaschool": -1}, events={"area.remove": 1},
)  # fmt: skip
race(
    "register:area_open", "administrator", "/areas/open/", {"which": "organisation:{trust}"},
    rows={"register_area": 1}, events={"area.open": 1},
)  # fmt: skip
race(
    "register:area_terms", "officer", "/areas/{area}/terms/",
    {
        "year": str(YEAR), "name1": "Autumn",
        **day("starts1", date(YEAR, 9, 5)), **day("ends1", date(YEAR, 12, 16)),
    },
    rows={"register_term": 1}, events={"area.terms": 1},
)  # fmt: skip
race(
    "register:area_themes", "officer", "/areas/{area}/themes/",
    rows={"register_theme": 1}, events={"area.seed_themes": 1},
)  # fmt: skip
race(
    "register:area_theme_new", "officer", "/areas/{area}/themes/new/", {"name": "Raced", "in_use": "on"},
    statuses=OFTEN, rows={"register_theme": 1}, events={"area.theme": 1},
)  # fmt: skip
race(
    "register:area_theme", "officer", "/areas/{area}/themes/{theme}/",
    {"name": "Raced too", "description": "Twice"}, events={"area.theme": 1},
)  # fmt: skip
race(
    "register:area_partners", "officer", "/areas/{area}/partners/", {"name": "Raced partner", "kind": "health"},
    rows={"register_organisation": 1, "register_areapartner": 1}, events={"area.add_partner": 1},
)  # fmt: skip
race(
    "register:area_partner_end", "officer", "/areas/{area}/partners/{partner}/end/", statuses=GONE,
    rows={"register_areapartner": -1}, events={"area.end_partner": 1},
)  # fmt: skip

AREA = "/areas/{area}/networks"
race(
    "networks:layer_new", "officer", f"{AREA}/layers/new/", {"name": "Raced", "kind": "other"},
    statuses=OFTEN, rows={"networks_layer": 1}, events={"layer.keep": 1},
)  # fmt: skip
race(
    "networks:layer", "officer", f"{AREA}/layers/{{layer}}/", {"name": "Race track", "kind": "pilot"},
    events={"layer.keep": 1},
)  # fmt: skip
race(
    "networks:layer_remove", "officer", f"{AREA}/layers/{{layer_gone}}/remove/", statuses=GONE,
    rows={"networks_layer": -1}, events={"layer.remove": 1},
)  # fmt: skip
SAID = {"layer": "{layer}", "form": "loose", "purpose": "To run"}
race(
    "networks:network_new", "officer", f"{AREA}/new/", {"name": "Raced", **SAID},
    statuses=OFTEN, rows={"networks_network": 1}, events={"network.found": 1},
)  # fmt: skip
race(
    "networks:network_change", "officer", "/networks/{network}/change/",
    {"name": "Runners", "why": "Twice", **SAID}, events={"network.change": 1},
)  # fmt: skip
race(
    "networks:network_dissolve", "officer", "/networks/{network_ends}/dissolve/",
    {"why": "Twice", **day("last_day", LATER)}, events={"network.dissolve": 1},
)  # fmt: skip
race(
    "networks:network_remove", "officer", "/networks/{network_gone}/remove/", statuses=GONE,
    rows={"networks_network": -1}, events={"network.remove": 1},
)  # fmt: skip
race(
    "networks:member_add", "officer", "/networks/{network}/members/add/",
    {"q": "{urn}", "organisation": "{school_pk}", "role": "member"},
    statuses=OFTEN, rows={"networks_membership": 1}, events={"network.join": 1},
)  # fmt: skip
race(
    "networks:membership", "officer", "/networks/{network}/members/{member}/",
    {"role": "lead", "why_joined": "Twice"}, events={"network.membership": 1},
)  # fmt: skip
race(
    "networks:membership_remove", "officer", "/networks/{network}/members/{member_gone}/remove/",
    {"why": "Twice"}, statuses=GONE,
    rows={"networks_membership": -1}, events={"network.remove_membership": 1},
)  # fmt: skip
race(
    "networks:sub_group_new", "officer", "/networks/{network}/sub-groups/new/", {"name": "Raced"},
    statuses=OFTEN, rows={"networks_subgroup": 1}, events={"network.sub_group": 1},
)  # fmt: skip
race(
    "networks:sub_group", "officer", "/networks/{network}/sub-groups/{sub_group}/", {"name": "Raced too"},
    events={"network.sub_group": 1},
)  # fmt: skip
race(
    "networks:upload_new", "officer", f"{AREA}/files/new/", {"token": str(UUID(int=10))},
    file=("memberships.csv", b"Layer,Network,URN\nRace,New,1\n"),
    rows={"networks_membershipimport": 1}, events={"memberships.give": 1},
)  # fmt: skip
race(
    "networks:upload", "officer", f"{AREA}/files/{{file_applied}}/", {"do": "apply"},
    rows={"networks_network": 1, "networks_membership": 1}, events={"memberships.apply": 1},
)  # fmt: skip
race(
    "networks:upload", "officer", f"{AREA}/files/{{file_aside}}/", {"do": "aside"},
    events={"memberships.put_aside": 1},
)  # fmt: skip

# Whoever comes second is told what the first one did: 409.
race(
    "networks:plan_move", "officer", "/plans/{plan_moved}/schools/{moved_urn}/move/",
    {"base": "0", "to": "{moved_to}", "why": "Twice"}, statuses={302, 409},
    rows={"networks_planstep": 1}, events={"plan.move": 1},
)  # fmt: skip
race(
    "networks:plan_undo", "officer", "/plans/{plan_undone}/workbench/undo/", {"base": "1"},
    rows={"networks_planstep": 1}, events={"plan.undo": 1},
)  # fmt: skip
race(
    "networks:plan_lock", "officer", "/plans/{plan_moved}/workbench/lock/", {"network": "1", "on": "1"},
    rows={"networks_planlock": 1, "networks_planstep": 1}, events={"plan.lock": 1},
)  # fmt: skip
race(
    "networks:plan_again", "officer", "/plans/{plan_moved}/workbench/again/",
    rows=NEW_JOB, events={"plan.again": 1, "job.start": 1},
)  # fmt: skip

ADDED = races_consulting.ADDED and races_needs.ADDED and races_plans.ADDED
