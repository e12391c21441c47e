"""The same questions through every middleware: a sample that covers all pairs, another one each time; what belongs
to another area answers exactly as what does not exist; numbers of others in forms and after question marks, too."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from isthmus.apps.core.dates import today
from tests.meta import asking, country, sweep, tenancy
from tests.meta.country_networks import OF

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
Ask = Callable[..., Any]


@pytest.fixture
def http(db: None) -> Ask:
    """Ask over HTTP as a holder of a role, or as nobody."""
    clients: dict[Any, Client] = {}

    def ask(who: country.Holder | None, url: str, query: Any = None, *, post: bool = False) -> Any:
        key = who and who.person.pk
        if key not in clients:
            clients[key] = Client(raise_request_exception=False)
            if who:
                clients[key].force_login(who.person)
        return (clients[key].post if post else clients[key].get)(url, query or {})

    return ask


def outcome(response: Any) -> str:
    """The answer in the words of `asking`."""
    if response.status_code == 302 and response.url.startswith("/sign-in/"):
        return asking.SIGN_IN
    return {403: asking.FORBIDDEN, 404: asking.MISSING, 200: asking.OPEN, 302: asking.OPEN}.get(
        response.status_code, str(response.status_code)
    )


def sides(question: asking.Question) -> list[str]:
    """What a question is made of, for covering every pair."""
    who = question.who
    if who is None:
        return [question.address, "nobody"]
    what = question.place if question.place in ("", "mine", "nowhere") else ""
    if question.place and not what:
        what = tenancy.relation(who.home, question.kind, question.place)
    return [f"address {question.address}", f"relation {what}", f"term {who.term}", f"role {who.role}"]


def pairwise(questions: list[asking.Question], number: int) -> list[asking.Question]:
    """A few of the questions, in which every two things that meet in any of them meet.

    An address meets every relation and every term, and a role every relation and term; an address meets those who
    may open it and those who may not, and which of them is up to chance.
    """
    random.Random(number).shuffle(questions)
    met: set[tuple[str, ...]] = set()
    chosen = []
    for question in questions:
        address, *others = sides(question)
        may = str(asking.expected(question) != asking.FORBIDDEN)
        pairs = {(address, may), *((address, other) for other in others[:2]), *combinations(others, 2)}
        if not pairs <= met:
            met |= pairs
            chosen.append(question)
    return chosen


def as_gone(http: Ask, question: asking.Question, posted: HttpResponse) -> bool:
    """Whether what is of others in one's own thing is answered as what was removed from it already, say by a double
    click: the answer to a number that nothing has."""
    if OF not in question.place:
        return False
    named = asking.views()[question.address][1]
    gone = {**question.arguments, "number": named.get("number")}
    return "number" in named and face(
        http(question.who, reverse(question.address, kwargs=gone), post=True)
    ) == face(posted)


def wrong(http: Ask, questions: list[asking.Question]) -> Iterator[str]:
    """Every answer over HTTP that is not that of the tables; what is refused is also posted to."""
    for question in questions:
        want = asking.expected(question)
        response = http(question.who, question.url, question.query)
        if response.status_code == 405:
            response = http(question.who, question.url, question.query, post=True)
        got = outcome(response)
        if question.kind == "place to invite to" and got == asking.OPEN:
            got = asking.OPEN if b'name="email"' in response.content else asking.MISSING
        if got != want:
            yield f"{question}: {got}, not {want}"
        if want in (asking.FORBIDDEN, asking.MISSING, asking.SIGN_IN) and not question.query:
            posted = http(question.who, question.url, post=True)
            if outcome(posted) not in (want, "405") and not as_gone(http, question, posted):
                yield f"{question}: {outcome(posted)} to a POST, not {want}"


def test_every_pair_answers_as_the_table_says(land: country.Country, http: Ask, number: int) -> None:
    every = list(asking.questions(land, [None, *land.holders]))
    chosen = pairwise(every, number)
    assert 200 < len(chosen) < len(every) / 5
    met = {tuple(pair) for q in chosen for pair in combinations(sides(q)[1:], 2)}
    assert met == {tuple(pair) for q in every for pair in combinations(sides(q)[1:], 2)}
    assert list(wrong(http, chosen)) == [], f"again with SWEEP_SEED={number}"


@pytest.mark.prove
def test_every_question_answers_as_the_table_says(land: country.Country, http: Ask) -> None:
    assert list(wrong(http, list(asking.questions(land, [None, *land.holders])))) == []


def test_a_refused_post_writes_nothing(land: country.Country, http: Ask, number: int) -> None:
    refused = [
        q
        for q in asking.questions(land, land.now())
        if q.place in ("B", "school 4") or OF in q.place
        if q.kind and asking.expected(q) in (asking.FORBIDDEN, asking.MISSING)
    ]
    chosen = random.Random(number).sample(refused, 120)
    for who in {question.who for question in chosen}:
        http(who, "/healthz")  # signs in
    before = sweep.rows()
    for question in chosen:
        http(question.who, question.url, {**question.query, "why": "x", "name": "x"}, post=True)
    assert sweep.rows() == before, f"again with SWEEP_SEED={number}"


# --- what belongs to others is as if it were not there ---

SECRETS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
OWN_HEADERS = {"Server-Timing", "Date"}


def face(response: HttpResponse, *given: Any) -> tuple[Any, ...]:
    """All of an answer that somebody could compare, but for what was asked and what differs in each."""
    body = SECRETS.sub(b"", response.content)
    for text in given:
        body = body.replace(str(text).encode(), b"")
    headers = {k: v for k, v in response.headers.items() if k not in OWN_HEADERS | {"Content-Length"}}
    length = len(response.content) - sum(response.content.count(str(t).encode()) * len(str(t)) for t in given)
    cookies = sorted(response.cookies)
    return response.status_code, body, headers, length, cookies


def told_apart(http: Ask, questions: Iterable[asking.Question]) -> tuple[list[str], int]:
    """Where a thing of others answers otherwise than one that does not exist; and how many were compared."""
    nothing, found, compared = asking.views(), [], 0
    for question in questions:
        if question.query or question.kind in ("", "public", "elsewhere"):
            continue
        if asking.expected(question) != asking.MISSING or question.place == "mine":
            continue
        other = reverse(question.address, kwargs=nothing[question.address][1])
        for post in (False, True):
            theirs = http(question.who, question.url, post=post)
            none = http(question.who, other, post=post)
            if face(theirs) != face(none):
                found.append(str(question))
            compared += 1
    return found, compared


def of_others(land: country.Country) -> Iterator[asking.Question]:
    """What is of another area, as asked by some."""
    some = [h for h in land.now() if h.role in ("authority officer", "head", "evaluator", "administrator")]
    return asking.questions(land, some, places={"B", "school 4"})


def test_what_is_of_others_looks_like_what_is_not_there(
    land: country.Country, http: Ask, number: int
) -> None:
    """At every address, as asked by one of those who may open it."""
    asked = list(of_others(land))
    random.Random(number).shuffle(asked)
    chosen = {(q.address, asking.expected(q)): q for q in asked}
    found, compared = told_apart(http, chosen.values())
    assert found == [], f"again with SWEEP_SEED={number}"
    assert compared > 50


@pytest.mark.prove
def test_what_is_of_others_looks_to_everybody_like_what_is_not_there(
    land: country.Country, http: Ask
) -> None:
    assert told_apart(http, of_others(land))[0] == []


def test_the_comparison_tells_a_difference() -> None:
    same = HttpResponse(b"Page not found", status=404)
    assert face(same) == face(HttpResponse(b"Page not found", status=404))
    assert face(same) != face(HttpResponse(b"Not yours", status=404))
    assert face(same) != face(HttpResponse(b"Page not found", status=403))
    marked = HttpResponse(b"Page not found", status=404)
    marked.headers["X-Owner"] = "B"
    assert face(same) != face(marked)


def officer(land: country.Country) -> country.Holder:
    return next(h for h in land.now() if h.role == "authority officer")


def test_a_number_of_others_in_a_form_is_refused_as_one_that_is_not_there(
    land: country.Country, http: Ask
) -> None:
    who, there = officer(land), land.scopes["B"]
    http(who, "/healthz")  # signs in
    day = today()
    dates = {
        f"{field}_{part}": getattr(day, part)
        for field in ("starts", "ends")
        for part in ("day", "month", "year")
    }
    about = {"about": land.scopes["A"].id}
    share = {"dataset": "networks.plans", "to": str(land.scopes["A"]), "purpose": "x", **dates}
    usual = {"name": "x", "phases": "primary", "smallest": 2, "largest": 9, "nearness": 1, "mixed_phases": 0}
    usual |= {"mixed_disadvantage": 0, "faith": 0, "faith_way": "mixed", "effort": "quick", **about}
    plan = land.things["plan"]["B"]["pk"]
    for address, field, theirs, none, rest, post in (
        ("accounts:invite", "place", str(land.scopes["school 4"]), "organisation:999999999", {}, False),
        ("accounts:invite", "place", str(there), "area:999999999", {"name": "x", "role": "adviser"}, True),
        ("core:sharing_new", "owner", str(there), "area:999999999", share, True),
        ("networks:plan_new", "again", plan, 999999999, about, False),
        ("networks:plan_new", "owner", there.id, 999999999, usual, True),
    ):
        before = sweep.rows()
        answers = [http(who, reverse(address), {**rest, field: value}, post=post) for value in (theirs, none)]
        assert sweep.rows() == before, (address, field)
        assert answers[0].status_code in (200, 404)
        shown, wanted = (face(a, theirs, none)[:3] for a in answers)
        hidden = re.compile(rb'name="token" value="[^"]*"')
        assert (shown[0], hidden.sub(b"", shown[1]), shown[2]) == (
            wanted[0],
            hidden.sub(b"", wanted[1]),
            wanted[2],
        ), (address, field)
