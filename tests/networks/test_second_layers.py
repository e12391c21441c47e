"""Plans that begin from networks there are, second layers, hubs and spokes, and a closer look."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from isthmus.apps.core.jobs import run_job
from isthmus.apps.networks import actions
from isthmus.apps.networks.actions.existing import Details
from isthmus.apps.networks.choices import Choices, HubChoices
from isthmus.apps.networks.forms.plans import from_preset
from isthmus.apps.networks.models import Layer, LayerKind, MemberRole, Plan, PlanState, PlanStudy, StudyKind
from isthmus.apps.register.models import Theme
from tests.conftest import People
from tests.networks.conftest import choices
from tests.networks.test_pages import answers
from tests.networks.test_rules import FREE
from tests.networks.test_working_out import groups

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer(people: People, twelve_schools: list[Any]) -> Layer:
    """Localities of today: two schools of different towns have changed places."""
    people.area.fictional = True  # as its schools are
    people.area.save()
    made = actions.keep_layer(
        by=people.officer,
        area=people.area,
        layer=None,
        name="Localities",
        kind=LayerKind.LOCALITY,
        for_every_school=True,
    )
    order = list(twelve_schools)
    order[1], order[5] = order[5], order[1]
    for number in range(3):
        network = actions.found_network(by=people.officer, layer=made, details=Details(f"Locality {number}"))
        for school in order[number * 4 : number * 4 + 4]:
            actions.join(
                by=people.officer, network=network, organisation=school, role=MemberRole.MEMBER, since=None
            )
    return made


def test_networks_as_they_are_are_scored_and_not_changed(
    layer: Layer, twelve_schools: list[Any], worked_out: Callable[..., Plan]
) -> None:
    plan = worked_out(**FREE, start="as it is", layer=layer.pk)
    assert plan.state == PlanState.READY
    assert set(plan.networks.values_list("name", flat=True)) == {"Locality 0", "Locality 1", "Locality 2"}
    assert not any({twelve_schools[0].urn, twelve_schools[1].urn} <= group for group in groups(plan))
    assert plan.objective == pytest.approx(plan.before["objective"])


def test_no_more_schools_move_than_may(
    layer: Layer, twelve_schools: list[Any], worked_out: Callable[..., Plan]
) -> None:
    none = worked_out(**FREE, start="improve", layer=layer.pk, moves=0)
    two = worked_out(**FREE, start="improve", layer=layer.pk, moves=2)
    assert none.objective == pytest.approx(none.before["objective"])
    assert two.objective is not None
    assert two.objective < two.before["objective"] / 3
    assert {frozenset(s.urn for s in twelve_schools[at : at + 4]) for at in (0, 4, 8)} == groups(two)
    assert set(two.networks.values_list("name", flat=True)) == {"Locality 0", "Locality 1", "Locality 2"}


def test_new_partners_are_not_those_of_the_layer(layer: Layer, worked_out: Callable[..., Plan]) -> None:
    free = {**FREE, "nearness": 0, "new_partners": 10, "others": (layer.pk,)}
    plan = worked_out(**free, smallest=3, largest=3)
    today = {pair for group in plan.given["others"] for pair in combinations(sorted(group), 2)}
    assert len(today) == 18
    assert not today & {pair for group in groups(plan) for pair in combinations(sorted(group), 2)}
    assert plan.objective == pytest.approx(0)


def test_new_partners_are_met_although_they_are_far(
    client_for: Callable[..., Any], people: People, layer: Layer, worked_out: Callable[..., Plan]
) -> None:
    preset = {**FREE, **from_preset("new", [layer], people.area)}
    preset["others"] = tuple(preset["others"])
    plan = worked_out(**{**preset, "smallest": 3, "largest": 3})
    today = {pair for group in plan.given["others"] for pair in combinations(sorted(group), 2)}
    assert plan.given["detour"] > 10, "neighbours are near, the other towns far"
    again = len(today & {pair for group in groups(plan) for pair in combinations(sorted(group), 2)})
    assert again <= 3, "by the way between neighbours alone more pairs would meet again"
    page = client_for(people.officer).get(reverse("networks:plan", args=[plan.pk])).content.decode()
    assert f"{12 - again} of 12 pairs of schools; {again} work together already" in page
    near = worked_out(**FREE, smallest=3, largest=3)
    assert near.given["detour"] == 1
    assert (
        "work together already"
        not in client_for(people.officer).get(reverse("networks:plan", args=[near.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start": "improve"}, "layer"),
        ({"keep": 5}, "layer"),
        ({"moves": 3}, "moves"),
        ({"new_partners": 5}, "others"),
        ({"layer": 987654}, "layer"),
    ],
)
def test_what_is_missing_is_said(
    people: People, layer: Layer, client_for: Callable[..., Client], changed: dict[str, Any], field: str
) -> None:
    page = client_for(people.officer).post(reverse("networks:plan_new"), answers(people, **changed))
    assert page.context["form"].errors[field]
    assert not Plan.objects.exists()


@pytest.mark.parametrize("preset", ["near", "mixed", "needs", "keep", "new", "term", "wishes"])
def test_each_preset_gives_answers_that_are_sound(
    people: People, layer: Layer, client_for: Callable[..., Client], preset: str
) -> None:
    client = client_for(people.officer)
    page = client.get(reverse("networks:plan_new"), {"about": people.area.pk, "preset": preset})
    form = page.context["form"]
    sent = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() is not None and form[name].value() is not False
    }
    sent |= {"about": people.area.pk, "name": "By preset"}
    if preset == "keep":
        assert (sent["smallest"], sent["largest"]) == (4, 10), "networks of four are there today"
    else:
        sent |= {"smallest": 3, "largest": 5}
    answer = client.post(reverse("networks:plan_new"), sent)
    assert answer.status_code == 302, answer.context["form"].errors


def hubs(schools: list[Any], *rooms: int, **changed: Any) -> Choices:
    places = tuple((schools[4 * town].urn, room) for town, room in enumerate(rooms))
    return choices(**FREE, what="hubs", hubs=HubChoices("Reading", places, **changed))


def test_each_hub_serves_no_more_than_it_can(
    people: People, twelve_schools: list[Any], worked_out: Callable[..., Plan]
) -> None:
    wanted = hubs(twelve_schools, 2, 3, 5)
    plan = worked_out(**{name: getattr(wanted, name) for name in ("what", "hubs")}, **FREE)
    assert plan.state == PlanState.READY
    assert plan.proven
    assert sorted(network.size for network in plan.networks.all()) == [3, 4, 5]
    roles = dict(plan.members.values_list("organisation__urn", "role"))
    assert [roles[twelve_schools[at].urn] for at in (0, 4, 8)] == [MemberRole.HUB] * 3
    assert roles[twelve_schools[1].urn] == MemberRole.SPOKE


def test_too_few_places_are_said(twelve_schools: list[Any], worked_out: Callable[..., Plan]) -> None:
    wanted = hubs(twelve_schools, 1, 1)
    plan = worked_out(what="hubs", hubs=wanted.hubs, **FREE)
    assert plan.state == PlanState.FAILED
    assert plan.job is not None
    assert "Only 2 schools of 10 can be served" in plan.job.message


def test_hubs_are_asked_for_on_a_page(
    people: People, twelve_schools: list[Any], client_for: Callable[..., Client]
) -> None:
    Theme.objects.create(area=people.area, name="Reading")
    sent = {"about": people.area.pk, "owner": people.area.pk, "name": "Reading hubs", "theme": "Reading"}
    sent |= {"phases": ["primary", "secondary"], "places": f"{twelve_schools[0].urn}\n"}
    client = client_for(people.officer)
    page = client.post(reverse("networks:plan_hubs"), sent)
    assert "has no number of schools at its end" in page.content.decode()
    sent["places"] = f"{twelve_schools[0].urn}, 20"
    assert client.post(reverse("networks:plan_hubs"), sent).status_code == 302
    assert Choices.from_json(Plan.objects.get().choices).hubs == HubChoices(
        "Reading", ((twelve_schools[0].urn, 20),)
    )


@pytest.mark.parametrize("kind", list(StudyKind))
def test_a_closer_look(
    people: People,
    twelve_schools: list[Any],
    worked_out: Callable[..., Plan],
    client_for: Callable[..., Client],
    kind: StudyKind,
) -> None:
    plan = worked_out()
    address = reverse("networks:plan_studies", args=[plan.pk])
    client = client_for(people.officer)
    for _click in range(2):
        client.post(address, {"kind": kind})
    study = PlanStudy.objects.get()
    run_job.call(str(study.job_id), 1)
    study.refresh_from_db()
    assert study.result
    text = client.get(address).content.decode()
    if kind == StudyKind.PRICES:
        assert "At least one secondary in each network" in text
        assert study.result["prices"][0]["price"] >= 0
    elif kind == StudyKind.STABILITY:
        assert 0 < study.result["overall"] <= 1
    else:
        assert Plan.objects.count() == 1 + len(study.result["others"])


def test_nobody_else_looks_closer(
    people: People,
    twelve_schools: list[Any],
    worked_out: Callable[..., Plan],
    client_for: Callable[..., Client],
) -> None:
    address = reverse("networks:plan_studies", args=[worked_out().pk])
    assert client_for(people.other_officer).post(address, {"kind": "prices"}).status_code == 404
    assert not PlanStudy.objects.exists()
