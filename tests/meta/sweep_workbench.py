"""The sweep's part for work on a plan: versions, comparison, sharing, documents and adoption, with whose each is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isthmus.apps.core.dates import today
from isthmus.apps.core.tokens import derived
from isthmus.apps.networks.actions import adopting, inviting
from isthmus.apps.networks.models import Adoption, AdoptionAnswer, Layer, Plan, PlanShare
from isthmus.apps.networks.models.adopting import ANSWER_PURPOSE
from isthmus.apps.networks.models.inviting import PURPOSE
from tests.meta.sweep import POST_ONLY, Arguments, World, names
from tests.meta.sweep import _nobodys as nobodys
from tests.meta.sweep import _plan as a_plan

POST_ONLY |= {"networks:plan_undo", "networks:plan_lock", "networks:plan_again", "networks:plan_stop_sharing"}
POST_ONLY |= {"networks:adopt", "networks:adoption_remind"}


def build(world: World) -> None:
    """For each officer: a share of their plan, a second plan that is adopted, and a school that is asked."""
    people = world.people
    for officer, plan in ((people.officer, world.plan), (people.other_officer, world.other_plan)):
        inviting.share_plan(by=officer, plan=plan, email="reader@example.org", name="Reader")
        layer = Layer.objects.create(area=plan.owner, name="Adopted")
        second = a_plan(plan.owner)
        second.name = "An adopted plan"
        second.save()
        made = adopting.prepare_adoption(by=officer, plan=second, layer=layer, starts=today())
        adopting.adopt(by=officer, adoption=made)
        asked = AdoptionAnswer.objects.filter(adoption=made)[0]
        asked.email = "head@example.org"
        adopting._new_link(asked)


def of_plan(*addresses: str, find: Callable[[Plan], dict[str, Any]]) -> None:
    """These addresses name something of a plan."""

    def one(world: World, who: str, *, own: bool) -> dict[str, Any]:
        return find(world.other_plan if (who == "other_officer") == own else world.plan)

    names(
        *addresses,
        own=lambda world, who: one(world, who, own=True),
        other=lambda world, who: one(world, who, own=False),
    )


def _adoption(plan: Plan) -> dict[str, Any]:
    return {"pk": Adoption.objects.get(plan__owner=plan.owner).pk}


def _school(plan: Plan) -> dict[str, Any]:
    return {"pk": plan.pk, "urn": plan.members.all()[0].organisation.urn}


of_plan(
    *("networks:workbench", "networks:compare", "networks:plan_sharing", "networks:plan_comments"),
    *("networks:plan_undo", "networks:plan_lock", "networks:plan_again", "networks:plan_adopt"),
    "networks:plan_document",
    find=lambda plan: {"pk": plan.pk},
)
of_plan(
    *("networks:plan_versions_file", "networks:plan_comments_file", "networks:compare_file"),
    find=lambda plan: {"pk": plan.pk, "ending": "csv"},
)
of_plan("networks:plan_document_file", find=lambda plan: {"pk": plan.pk, "ending": "docx"})
of_plan("networks:plan_school", "networks:plan_move", find=_school)
of_plan(
    "networks:plan_stop_sharing",
    find=lambda plan: {"pk": plan.pk, "number": PlanShare.objects.get(plan=plan).pk},
)
of_plan(
    *("networks:adoption", "networks:adopt", "networks:adoption_cancel", "networks:adoption_remind"),
    find=_adoption,
)
of_plan("networks:adoption_answers", find=lambda plan: {**_adoption(plan), "ending": "csv"})


def _share_link(world: World, who: str) -> Arguments:
    return {"token": derived(PURPOSE, PlanShare.objects.get(plan=world.plan).reference)}


def _answer_link(world: World, who: str) -> Arguments:
    asked = AdoptionAnswer.objects.exclude(token_hash="").filter(adoption__plan__owner=world.plan.owner)[0]
    return {"token": derived(ANSWER_PURPOSE, asked.reference)}


def _no_link(world: World, who: str) -> Arguments:
    return {"token": "x" * 43}


names("networks:shared", own=_share_link, other=_no_link)
names("networks:adoption_invitation", own=_answer_link, other=_no_link)
# Behind the button of `networks:shared`, which a browser keeps: tests/networks/test_inviting.py tells who sees them.
names("networks:shared_draft", "networks:shared_map", own=nobodys, other=nobodys)
