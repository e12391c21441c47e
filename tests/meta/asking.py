"""Ask views as somebody, below HTTP: what guards and `access` decide, without drawing pages."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from isthmus.apps.core.listing import Listing
from tests.meta import tenancy, tenancy_networks
from tests.meta.country import Country, Holder
from tests.meta.country_networks import OF

OPEN, SIGN_IN, FORBIDDEN, MISSING = "open", "sign in", "403", "404"


class Session(SessionBase):
    """A session that is kept nowhere."""

    def exists(self, session_key: str) -> bool:
        return False

    def load(self) -> dict[str, Any]:
        return {}

    def save(self, must_create: bool = False) -> None:
        return

    def create(self) -> None:
        return


@dataclass(frozen=True)
class Question:
    """One address, as one person asks for it. `place` is where the thing that it names stands."""

    address: str
    who: Holder | None
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)
    kind: str = ""
    place: str = ""
    query: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.who or 'nobody signed in'}: {self.address} {self.kind} {self.place}".rstrip()

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(self.address, kwargs=self.arguments)


@dataclass(frozen=True)
class Answer:
    """What came of it, and the keys of the rows that a list would show."""

    outcome: str
    listed: frozenset[Any] | None = None


NOTHING = {"int": 10**9, "uuid": UUID(int=0), "slug": "nothing", "string": "nothing"}
"""What names nothing, by the kind of argument."""


def views() -> dict[str, tuple[Any, dict[str, Any]]]:
    """The view of every address, and arguments that name nothing there."""

    def walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, tuple[Any, dict[str, Any]]]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield f"{space}{entry.name}", (entry.callback, _nothing(entry))

    return dict(walk(get_resolver(), ""))


def _nothing(entry: URLPattern) -> dict[str, Any]:
    kinds = {
        name: type(converter).__name__.removesuffix("Converter").lower()
        for name, converter in entry.pattern.converters.items()
    }
    named = {name: NOTHING[kinds.get(name, "string")] for name in entry.pattern.regex.groupindex}
    endings = re.findall(
        r"\w+", next(iter(re.findall(r"\?P<ending>([\w|]+)", entry.pattern.regex.pattern)), "csv")
    )
    ending = "csv" if "csv" in endings else endings[0]
    written = {
        "ending": ending,
        "kind": "area",
        "pk": "999999999",
        "number": "999999999",
        "size": "1",
        "urn": "9999999",
    }
    texts = {name: written.get(name, text) for name, text in named.items() if text == "nothing"}
    return named | texts


@contextmanager
def undrawn() -> Iterator[list[dict[str, Any]]]:
    """Pages are not drawn meanwhile; gives what they would have been drawn from."""
    drawn: list[dict[str, Any]] = []

    def instead(_name: Any, context: Any = None, *_args: Any, **_kwargs: Any) -> str:
        drawn.append(context or {})
        return ""

    with mock.patch("django.template.loader.render_to_string", instead):
        yield drawn


def ask(view: Any, question: Question, drawn: list[dict[str, Any]], *, post: bool = False) -> Answer:
    """What the view says to one person; whatever it writes is undone."""
    request = (RequestFactory().post if post else RequestFactory().get)("/asked/", question.query)
    request.user = question.who.person if question.who else AnonymousUser()
    request.session = Session()
    request._messages = SessionStorage(request)  # type: ignore[attr-defined]  # as the middleware does
    drawn.clear()
    point = transaction.savepoint()
    try:
        response = view(request, **question.arguments)
    except PermissionDenied:
        return Answer(FORBIDDEN)
    except Http404:
        return Answer(MISSING)
    finally:
        transaction.savepoint_rollback(point)
    if response.status_code == 405 and not post:
        return ask(view, question, drawn, post=True)
    if response.status_code == 302 and response.url.startswith("/sign-in/"):
        return Answer(SIGN_IN)
    assert response.status_code in (200, 302), f"{question}: {response.status_code}"
    if question.kind == "place to invite to" and not any("place" in context for context in drawn):
        return Answer(MISSING)  # the page asks for another place, as for one that does not exist
    return Answer(OPEN, listed(drawn))


def listed(drawn: list[dict[str, Any]]) -> frozenset[Any] | None:
    """The keys of every row of the list that a page would show, past its first page too."""
    for context in drawn:
        shown = context.get("list")
        if isinstance(shown, Listing) and isinstance(shown.page.paginator.object_list, QuerySet):
            return frozenset(shown.page.paginator.object_list.values_list("pk", flat=True))
    return None


def arguments(country: Country, address: str, kind: str, place: str, named: dict[str, Any]) -> dict[str, Any]:
    """What names a thing in an address."""
    known = dict(country.things[kind][place])
    if address == "register:organisation":
        known["pk"] = known["organisation"]
    if kind == "network to change":
        known["number"] = known["sub-group" if "sub_group" in address else "membership"]
    return {name: known.get(name, nothing) for name, nothing in named.items()}


def questions(
    country: Country,
    holders: Sequence[Holder | None],
    only: set[str] | None = None,
    places: set[str] | None = None,
) -> Iterator[Question]:
    """Every address of the table, as each of these people, with a thing at every place (or at these, and one's own)."""
    found = views()
    for address, (_permission, kind) in tenancy.ADDRESSES.items():
        if only is not None and address not in only:
            continue
        names = found[address][1]
        for who in holders:
            yield from _queried(country, address, who)
            if not kind:
                yield Question(address, who, names)
                continue
            for place, named in _told_apart(country, address, kind, names):
                if places is not None and places & set(country.things[kind]) and place not in places:
                    continue
                yield Question(address, who, named, kind, place)
            if who is not None and kind in ("job", "role", "hand-over"):
                mine = {"job": who.job, "role": who.holding, "hand-over": who.hand_over}[kind]
                yield Question(address, who, {"pk": mine.pk}, kind, "mine")
                if kind == "job":
                    yield Question(address, who, {"pk": who.old_job.pk}, kind, "B")


def _told_apart(
    country: Country, address: str, kind: str, names: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Places of things of this kind, without those that differ from another in nothing that the address names."""
    seen: list[dict[str, Any]] = []
    for place in country.things[kind]:
        named = arguments(country, address, kind, place, names)
        if OF not in place or named not in seen:
            yield place, named
        seen.append(named)


def _queried(country: Country, address: str, who: Holder | None) -> Iterator[Question]:
    if address in tenancy.PARAMETERS:
        parameter, kind = tenancy.PARAMETERS[address]
        about = {"about": country.scopes["A"].id} if address == "networks:plan_new" else {}
        for place, thing in country.things[kind].items():
            yield Question(address, who, {}, kind, place, {parameter: thing["pk"], **about})


def thinned(asked: Iterable[Question], number: int) -> list[Question]:
    """Of those who get the same answer to the same question in the same way (a role on a place of the same kind, for
    the same kind of term), one; of lists everybody, as each may show something else."""
    every = list(asked)
    random.Random(number).shuffle(every)
    found: dict[Any, Question] = {}
    for question in every:
        who = question.who
        same = (
            *(question.address, question.kind, question.place, tuple(question.query), expected(question)),
            who and (who.home, who.term, who.role if question.address in LISTS else ""),
        )
        found.setdefault(same, question)
    return list(found.values())


def expected(question: Question) -> str:
    """What the table written by hand says."""
    permission, kind = tenancy.ADDRESSES[question.address]
    kind = question.kind or kind
    who = question.who
    if who is None:
        return SIGN_IN
    if permission and (who.term != "now" or not tenancy.may(who.role, permission)):
        return FORBIDDEN
    if not kind:
        return OPEN
    if question.place == "mine":
        # A role that is over is still one's own to look at; it can be neither ended again nor handed over.
        over = who.term in ("over", "ended") and question.address == "accounts:name_successor"
        return MISSING if over else OPEN
    if who.term != "now" and kind != "public":
        return MISSING
    if question.address in tenancy_networks.READY_ALONE and question.place.endswith(tenancy.NOT_READY):
        return MISSING  # there is nothing to save
    return OPEN if tenancy.reaches(who.role, who.home, kind, question.place) else MISSING


LISTS = {
    "networks:plans": "plan",
    "accounts:people": "role",
    "accounts:invitations": "invitation",
    "core:jobs": "job",
    "core:sharings": "sharing",
    "surveys:home": "wave seen",
    "surveys:drafts": "instrument being written",
}
"""Pages that list things, and the things of the country that they may list."""


def expected_rows(country: Country, question: Question) -> frozenset[Any] | None:
    """Which things of the country the list shows to somebody who may open it."""
    kind, who = LISTS.get(question.address), question.who
    if kind is None or who is None:
        return None
    shown = {
        things["pk"]
        for place, things in country.things[kind].items()
        if tenancy.reaches(who.role, who.home, kind, place)
    }
    if kind == "sharing":  # the page begins with what is not over
        shown -= {country.things[kind][place]["pk"] for place in ("took back", "shared once")}
    return frozenset(shown)
