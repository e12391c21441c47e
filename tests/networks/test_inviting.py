"""A draft shared by link with named people, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from isthmus.apps.core.models import AuditEvent, Message
from isthmus.apps.core.tokens import derived, hashed
from isthmus.apps.networks.actions import inviting as actions
from isthmus.apps.networks.models import Plan, PlanComment, PlanShare
from isthmus.apps.networks.models.inviting import PURPOSE
from tests.conftest import People

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]


@pytest.fixture
def plan(twelve_schools: list[Any], worked_out: Ask) -> Plan:
    return worked_out()


@pytest.fixture
def share(people: People, plan: Plan) -> PlanShare:
    return actions.share_plan(
        by=people.officer, plan=plan, email="Head@Example.org", name="Hana Head", note="Is it near enough?"
    )


def link(share: PlanShare) -> str:
    """The address in the newest mail."""
    return reverse("networks:shared", args=[derived(PURPOSE, share.reference)])


def test_a_scanner_that_follows_the_link_changes_nothing(
    client: Client, share: PlanShare, plan: Plan
) -> None:
    url = link(share)
    assert "Hana Head" in client.get(url).content.decode()
    assert client.get(f"{url}draft/").status_code == 302
    share.refresh_from_db()
    assert share.opened_at is None
    assert client.get(f"{url}map.geojson").status_code == 404


def test_one_button_opens_this_plan_and_no_other(
    client: Client, people: People, share: PlanShare, plan: Plan, twelve_schools: list[Any], worked_out: Ask
) -> None:
    url, other = link(share), worked_out(name="Another")
    assert client.post(url).status_code == 302
    page = client.get(f"{url}draft/").content.decode()
    assert twelve_schools[0].name in page
    assert "Another" not in page
    features = client.get(f"{url}map.geojson").json()["features"]
    assert len(features) == 12
    assert all("url" not in feature["properties"] for feature in features)
    share.refresh_from_db()
    assert share.opened_at is not None
    second = actions.share_plan(by=people.officer, plan=other, email="x@example.org", name="X")
    assert client.get(f"{link(second)}draft/").status_code == 302  # each link has its own button
    assert client.get(reverse("networks:plan", args=[plan.pk])).status_code == 302


def test_only_the_hash_is_kept_and_the_mail_goes_once(people: People, share: PlanShare, plan: Plan) -> None:
    token = derived(PURPOSE, share.reference)
    assert share.token_hash == hashed(token)
    assert share.email == "head@example.org"
    again = actions.share_plan(by=people.officer, plan=plan, email="head@example.org", name="Hana Head")
    assert again.pk == share.pk
    message = Message.objects.get(kind="plan.share")
    assert token not in str(message.letter)
    assert AuditEvent.objects.filter(action="plan.share").count() == 1


@pytest.mark.parametrize("how", ["taken back", "expired"])
def test_a_link_that_is_over_opens_nothing(
    client: Client, people: People, share: PlanShare, how: str
) -> None:
    url = link(share)
    client.post(url)
    if how == "taken back":
        assert actions.stop_sharing(by=people.officer, share=share)
        assert not actions.stop_sharing(by=people.officer, share=share)
    else:
        PlanShare.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "This link works no more" in client.get(url).content.decode()
    assert client.get(f"{url}draft/").status_code == 302
    assert client.post(f"{url}draft/", {"text": "Too late", "token": uuid4()}).status_code == 302
    assert client.get(f"{url}map.geojson").status_code == 404
    assert not PlanComment.objects.exists()
    with pytest.raises(actions.CannotComment):
        actions.comment(by=None, plan=share.plan, share=share, text="Too late", token=uuid4())
    new = actions.share_plan(by=people.officer, plan=share.plan, email=share.email, name="Hana Head")
    assert "You are asked" in client.get(link(new)).content.decode()
    assert client.get(url).status_code == 404  # the old link is gone for good


def test_comments_reach_the_officer_and_nobody_elses_reach_the_invited(
    client: Client, client_for: Callable[..., Any], people: People, share: PlanShare, plan: Plan
) -> None:
    network = plan.networks.get(number=2)
    actions.comment(by=people.officer, plan=plan, text="Between officers", token=uuid4())
    client.post(link(share))
    form = {"network": network.pk, "text": "The ferry <b>stops</b> at six", "token": uuid4()}
    for _click in range(2):
        assert client.post(f"{link(share)}draft/", form).status_code == 302
    said = PlanComment.objects.get(share=share)
    assert (said.name, said.about) == ("Hana Head", f"2. {network.name}")
    page = client.get(f"{link(share)}draft/").content.decode()
    assert "The ferry &lt;b&gt;stops" in page
    assert "Between officers" not in page
    seen = client_for(people.officer).get(reverse("networks:plan_comments", args=[plan.pk])).content.decode()
    assert "The ferry" in seen
    assert "Between officers" in seen
    assert Message.objects.filter(kind="plan.comment", to=people.officer.email).count() == 1


def test_a_network_of_another_plan_cannot_be_commented_on(
    client: Client, share: PlanShare, twelve_schools: list[Any], worked_out: Ask
) -> None:
    foreign = worked_out(name="Another").networks.get(number=1)
    client.post(link(share))
    answer = client.post(f"{link(share)}draft/", {"network": foreign.pk, "text": "Hm", "token": uuid4()})
    assert "choose a network of this draft" in answer.content.decode()
    assert not PlanComment.objects.exists()


def test_sharing_is_for_those_who_make_plans_of_the_area(
    client_for: Callable[..., Any], people: People, share: PlanShare, plan: Plan
) -> None:
    url = reverse("networks:plan_sharing", args=[plan.pk])
    stop = reverse("networks:plan_stop_sharing", args=[plan.pk, share.pk])
    page = client_for(people.officer).get(url).content.decode()
    assert "head@example.org" in page
    assert client_for(people.other_officer).get(url).status_code == 404
    assert client_for(people.other_officer).post(stop).status_code == 404
    answer = client_for(people.officer).post(url, {"name": "", "email": "no"}).content.decode()
    assert "enter who should see the draft" in answer


def test_lists_cost_the_same_however_long(
    client_for: Callable[..., Any], people: People, plan: Plan, list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)

    def share_one() -> None:
        email = f"{uuid4()}@example.org"
        actions.share_plan(by=people.officer, plan=plan, email=email, name="One more")

    def say_one() -> None:
        actions.comment(by=people.officer, plan=plan, text="Hm", token=uuid4())

    list_query_count(share_one, lambda: client.get(reverse("networks:plan_sharing", args=[plan.pk])))
    list_query_count(say_one, lambda: client.get(reverse("networks:plan_comments", args=[plan.pk])))


def test_an_invited_head_finds_their_school_in_the_draft(
    client: Any, share: PlanShare, plan: Plan, twelve_schools: list[Any]
) -> None:
    url = link(share)
    client.post(url)
    own = plan.members.select_related("network").get(organisation=twelve_schools[0]).network
    assert own is not None
    page = client.get(f"{url}draft/", {"q": twelve_schools[0].urn})
    assert [card.number for card in page.context["cards"]] == [own.number]
    assert len(client.get(f"{url}draft/").context["cards"]) == plan.networks.count() > 1
    nobody = client.get(f"{url}draft/", {"q": "<b>nobody</b>"}).content.decode()
    assert "Nothing here has ‘&lt;b&gt;nobody&lt;/b&gt;’ in its name" in nobody
