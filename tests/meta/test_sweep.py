"""Every view × everybody × their own object and somebody else's: the status follows from what the view declares,
and looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from isthmus.apps.core.access import requires, signed_in
from isthmus.apps.core.models import Job
from isthmus.apps.core.permissions import Permission
from tests.meta import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
Clients = dict[str, Client]

NUL = "\x00"
"""Refused before any view, wherever it stands, so that it would hide all else."""
# What strangers type into addresses: digits that are none, a null byte, a number too long, quotes, a tag.
HOSTILE = (
    "²",
    NUL,
    "9" * 40,
    "-1",
    "'\"<script>alert(1)</script>",
    "%",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
)
PARAMETERS = (
    "q",
    "page",
    "sort",
    "view",
    "about",
    "again",
    "area",
    "authority",
    "trust",
    "phase",
    "kind",
    "faith",
    "status",
    "next",
    "watch",
    "x",
    "near",
    "place",
    "type",
    "gender",
    "on",
    "layer",
    "theme",
    "first",
    "second",
    "only",
    "from",
    "to",
    "year",
    "day_day",
    "day_month",
    "day_year",
)


@pytest.fixture
def clients(world: sweep.World, client_for: Callable[..., Client]) -> Clients:
    found = {name: client_for(person) for name, person in world.people.by_name().items()}
    for client in found.values():
        client.raise_request_exception = False
    return found


def problems(
    world: sweep.World, clients: Clients, only: str | None = None, spared: str | None = None
) -> list[str]:
    """Every GET of the sweep (or of one address alone) that answers otherwise than declared, or changes a row; but for
    what is open to `spared`."""
    found = []
    with sweep.watching() as watch:
        for visit in sweep.visits(world):
            want = sweep.expected(world, visit)
            if only not in (None, visit.address.name) or (visit.who == spared and want == 200):
                continue
            response = clients[visit.who].get(visit.url)
            said = f"{visit.who} {'own' if visit.own else 'other'} GET {visit.url}"
            if visit.address.name in sweep.STEPS and response.status_code == 302:
                assert response.url == "/" or response.url.startswith("/sign-in/")
            elif response.status_code != want:
                found.append(f"{said}: {response.status_code}, not {want}")
            if want == 302 and not response.headers.get("Location", "").startswith("/sign-in/?next="):
                found.append(f"{said}: leads to {response.headers.get('Location')}")
            if changed := watch.changed():
                found.append(f"{said}: changed {changed}")
        if changed := watch.changed(whole=True):
            found.append(f"unseen, something changed {changed}")
    return found


def test_every_view_answers_as_it_declares_and_looking_changes_nothing(
    world: sweep.World, clients: Clients, number: int
) -> None:
    """Of the two officers, who may open the same each in an area of their own, one opens it."""
    spared = ("officer", "other_officer")[number % 2]
    assert problems(world, clients, spared=spared) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_every_view_answers_everybody_as_it_declares(world: sweep.World, clients: Clients) -> None:
    assert problems(world, clients) == []


def test_nobody_changes_what_they_may_not(world: sweep.World, clients: Clients) -> None:
    found = []
    with sweep.watching() as watch:
        for visit in sweep.visits(world):
            allowed = sweep.holds(world, visit.who, visit.address.access)
            if allowed and visit.own:
                continue
            response = clients[visit.who].post(visit.url)
            want = (404, 405) if allowed else (302,) if visit.who == "anonymous" else (403,)
            if response.status_code not in want or watch.changed():
                found.append(f"{visit.who} POST {visit.url}: {response.status_code}, not {want}")
        assert watch.changed(whole=True) == []
    assert found == []


def test_an_empty_post_by_somebody_who_may_is_no_error_of_ours(world: sweep.World, clients: Clients) -> None:
    found = []
    for visit in sweep.visits(world):
        if sweep.holds(world, visit.who, visit.address.access) and visit.own:
            point = transaction.savepoint()
            response = clients[visit.who].post(visit.url)
            transaction.savepoint_rollback(point)
            if response.status_code >= 500:
                found.append(f"{visit.who} POST {visit.url}: {response.status_code}")
    assert found == []


def strange(turn: int) -> dict[str, str]:
    """Something strange for every parameter, another one each turn."""
    rest = [value for value in HOSTILE if value != NUL]
    return {name: rest[(turn + place) % len(rest)] for place, name in enumerate(PARAMETERS)}


def broken_by(world: sweep.World, clients: Clients, queries: list[dict[str, str]]) -> list[str]:
    """The pages that one of these queries breaks."""
    found = []
    for visit in sweep.visits(world):
        if visit.who not in ("officer", "administrator") or sweep.expected(world, visit) != 200:
            continue
        for query in queries:
            response = clients[visit.who].get(visit.url, query)
            if response.status_code >= 500:
                found.append(f"{visit.url} with {query}: {response.status_code}")
    return found


def test_no_query_is_an_error_of_ours(world: sweep.World, clients: Clients, number: int) -> None:
    query, same = strange(number), dict.fromkeys(PARAMETERS, HOSTILE[number % len(HOSTILE)])
    assert broken_by(world, clients, [query, same]) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_no_query_at_all_is_an_error_of_ours(world: sweep.World, clients: Clients) -> None:
    same = [dict.fromkeys(PARAMETERS, value) for value in HOSTILE]
    assert broken_by(world, clients, [*same, *map(strange, range(len(HOSTILE)))]) == []


def test_addresses_that_only_take_a_post_exist() -> None:
    known = {address.name for address in sweep.addresses()}
    assert known >= sweep.POST_ONLY | sweep.CLOSED | set(sweep.OBJECTS)


# The sweep itself is tested: each of these views is wrong, and each must be found out.


@requires(Permission.JOB_VIEW)
def _shows_anybodys_job(request: HttpRequest, pk: Any) -> HttpResponse:
    return HttpResponse(Job.objects.get(pk=pk).title, content_type="text/plain")


@signed_in
def _writes_on_get(request: HttpRequest) -> HttpResponse:
    Job.objects.update(percent=50)
    return HttpResponse("done", content_type="text/plain")


@signed_in
def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        (path("tasks/<uuid:pk>/", _shows_anybodys_job, name="core:job"), "officer other GET"),
        (path("planted/", _writes_on_get, name="planted"), "changed ['core.Job']"),
        (path("planted/", _breaks, name="planted"), "500, not 200"),
    ],
)
def test_the_sweep_finds_what_is_wrong(
    world: sweep.World, clients: Clients, settings: Any, planted: Any, complaint: str
) -> None:
    urls = ModuleType("planted")
    urls.urlpatterns = [planted, path("", include("isthmus.site.urls"))]  # type: ignore[attr-defined]  # made by hand
    settings.ROOT_URLCONF = urls
    assert [p for p in problems(world, clients, only=planted.name) if complaint in p]
