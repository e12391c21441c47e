"""No text of an area stands on a page, in a file, a header, a mail or a log that somebody of another area gets."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from isthmus.apps.accounts.models import Person, RoleHolding
from isthmus.apps.accounts.people import actions
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core import audit
from isthmus.apps.core.models import Message
from isthmus.apps.core.sealing import seal
from tests.meta import asking, canaries, country

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
SOME = ("authority officer", "head", "clerk", "evaluator")
# Of a demonstration alone, where everybody may be everybody; elsewhere these name nobody, as the last test sees.
FOR_PLAY = {
    "accounts:sign_in",
    "demonstration:sign_in",
    "demonstration-mail:messages",
    "demonstration-mail:message",
}
NEAR = {"A", "B", "school 1", "school 4", "shares", "took back"}
# What an area that shares its plans shows, by hand; and what a sharing itself shows to the other side for good.
SHOWN = {
    "shares": {"networks.Plan", "networks.ProposedNetwork", "core.Sharing"},
    "took back": {"core.Sharing"},
    "shared once": {"core.Sharing"},
    "will share": {"core.Sharing"},
}


@pytest.fixture(scope="module")
def _planted(_land: country.Country, django_db_blocker: Any) -> canaries.Planted:
    with django_db_blocker.unblock():
        canaries.more_rows(_land)
        return canaries.plant(_land)


@pytest.fixture
def planted(_planted: canaries.Planted, land: country.Country) -> canaries.Planted:
    """The canaries, in the rows that every test here begins from."""
    return copy.deepcopy(_planted)


def viewers(land: country.Country, *, every: bool) -> Iterator[tuple[str, Person, country.Holder | None]]:
    """Some of each area, with their area."""
    for holder in land.now():
        if holder.role in SOME[: 4 if every else 2]:
            yield "A", holder.person, holder
    for place in ("B", "school 4", "network 3")[: 3 if every else 1]:
        held = RoleHolding.objects.filter(scope_kind=land.scopes[place].kind, scope_id=land.scopes[place].id)
        yield "B", held.order_by("pk")[0].person, None


def foreign(
    land: country.Country, planted: canaries.Planted, area: str, content: bytes
) -> set[canaries.Canary]:
    """The canaries in it that somebody of this area must not see."""
    may = {land.scopes[area].id: None}
    if area == "A":
        may |= {land.scopes[name].id: tables for name, tables in SHOWN.items()}  # type: ignore[dict-item]  # None: all
    return {
        c
        for c in planted.found(content)
        if c.area not in may or ((tables := may[c.area]) is not None and c.table not in tables)
    }


def addresses(
    land: country.Country, holder: country.Holder, *, every: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page and file: what the person may open, what is refused, what is not there; lists in all their states."""
    for name, (_view, named) in asking.views().items():
        if name in FOR_PLAY:
            continue
        yield reverse(name, kwargs=named), {}
        if named.keys() == {"ending"}:
            yield reverse(name, kwargs={"ending": "xlsx"}), {}
    for name in ("core:sharings", "core:sharing_export"):
        yield reverse(name), {"state": "all"}
    yield reverse("accounts:people"), {"when": "all"}
    yield reverse("core:search"), {"q": "zq"}
    for question in asking.questions(land, [holder], places=None if every else NEAR):
        if question.kind and question.kind != "elsewhere":
            yield question.url, question.query
            if question.address == "networks:plan_export":
                for ending in ("xlsx", "geojson"):
                    yield reverse(question.address, kwargs=question.arguments | {"ending": ending}), {}


def test_every_table_is_covered(planted: canaries.Planted) -> None:
    assert planted.uncovered == [], "say in tests/meta/canaries.py whose its rows are"
    named = {table._meta.label: table for table in apps.get_models()}
    assert set(canaries.NOBODYS) <= set(named)
    for label, columns in canaries.STEERING.items():
        assert columns <= {column.name for column in named[label]._meta.concrete_fields}
    assert len({(c.table, c.column) for c in planted.canaries.values()}) > 20


def leaks(
    land: country.Country, planted: canaries.Planted, *, every: bool
) -> tuple[set[tuple[str, str, str]], set[tuple[str, str]]]:
    """Each text of others that somebody gets, and the columns of which people see their own."""
    found, own = set(), set()
    for area, person, holder in viewers(land, every=every):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        asked = {str(a): a for a in addresses(land, holder or land.now()[1], every=every)}
        for url, query in asked.values():
            response = client.get(url, query)
            said = f"{sorted(response.headers.items())} {response.cookies.output()}".encode()
            content = b"".join(response) if response.streaming else response.content
            for part in (content, said):
                found |= {(area, url, str(c)) for c in foreign(land, planted, area, part)}
                own |= {(c.table, c.column) for c in planted.found(part)}
    return found, own


def test_nobody_gets_a_text_of_another_area(
    land: country.Country, planted: canaries.Planted, capfd: Any, caplog: Any
) -> None:
    found, own = leaks(land, planted, every=False)
    assert found == set()
    assert {("networks.Plan", "name"), ("accounts.Person", "name"), ("core.Job", "title")} <= own
    assert {("networks.ProposedNetwork", "name"), ("accounts.Invitation", "name")} <= own
    logged = "".join(capfd.readouterr()) + caplog.text
    assert "request" in logged
    assert planted.found(logged.encode()) == set()


@pytest.mark.prove
def test_nobody_at_all_gets_a_text_of_another_area(land: country.Country, planted: canaries.Planted) -> None:
    found, _own = leaks(land, planted, every=True)
    assert found == set()


def test_a_list_without_its_filter_is_noticed(
    land: country.Country, planted: canaries.Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isthmus.apps.networks.models import Plan
    from isthmus.apps.networks.views import plans as views

    monkeypatch.setattr(views, "plans_for", lambda _person: Plan.objects.all())
    client = Client()
    client.force_login(next(h.person for h in land.now() if h.role == "authority officer"))
    assert foreign(land, planted, "A", client.get(reverse("networks:plans")).content)


def test_outside_a_demonstration_nobody_is_named(
    land: country.Country, planted: canaries.Planted, settings: Any
) -> None:
    settings.DEMONSTRATION = False
    for name in FOR_PLAY:
        view, named = asking.views()[name]
        assert planted.found(Client().get(reverse(name, kwargs=named)).content) == set(), view


def test_mail_tells_nobody_about_another_area(land: country.Country, planted: canaries.Planted) -> None:
    before = set(Message.objects.values_list("pk", flat=True))
    officers = {
        "A": next(h.person for h in land.now() if h.role == "authority officer"),
        "B": country.hold("authority officer", land.scopes["B"], "now").person,
    }
    for area, officer in officers.items():
        officer.refresh_from_db()
        scope = land.scopes[area]
        canary = planted.new(scope.id, "typed", "note")
        actions.invite(
            by=officer,
            email=f"{canary}@example.org",
            name=canary,
            role=Role.ADVISER,
            scope=scope,
            note=canary,
        )
        held = RoleHolding.objects.filter(scope_kind="area", scope_id=scope.id, role="adviser", ended_at=None)
        actions.end_role(by=officer, holding=held[0], why=canary)
        audit.record("plan.ask", by=officer, target=officer, scope=scope, detail={"note": canary}, why=canary)
    seal()
    written = Message.objects.exclude(pk__in=before)
    assert written.count() >= 4
    for message in written:
        said = planted.found(f"{message.to} {message.letter} {message.key}".encode())
        assert len({c.area for c in said}) == 1, message.letter
    # What was written into the records stays on each area's own.
    for area, officer in officers.items():
        client = Client()
        client.force_login(officer)
        for other in ("A", "B"):
            page = client.get(reverse("core:record_events", args=["area", land.scopes[other].id]))
            assert (page.status_code == 200) is (area == other)
            assert {c.area for c in planted.found(page.content)} <= {land.scopes[area].id}


@pytest.mark.parametrize("what", ["page", "file", "header"])
def test_a_canary_that_got_out_is_found(
    land: country.Country, planted: canaries.Planted, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search itself: a list without its filter, a file with a property, a name in a header."""
    import io
    import zipfile

    theirs = planted.new(land.scopes["B"].id, "x", "y")
    if what == "page":
        content = f"<p>{theirs}</p>".encode()
    elif what == "file":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("docProps/core.xml", f"<creator>{theirs}</creator>")
        content = file.getvalue()
    else:
        content = f"[('Content-Disposition', 'filename={theirs}.csv')]".encode()
    assert foreign(land, planted, "A", content)
    assert not foreign(land, planted, "B", content)


def test_a_new_table_is_noticed(land: country.Country, planted: canaries.Planted, monkeypatch: Any) -> None:
    class Note(models.Model):
        text = models.TextField()

        class Meta:
            app_label = "planted"

        def __str__(self) -> str:
            return self.text

    monkeypatch.setattr(canaries, "rows_of", lambda _table: [])
    monkeypatch.setattr(canaries.apps, "get_models", lambda: [Note])
    try:
        assert canaries.plant(land).uncovered == ["planted.Note"]
    finally:
        del apps.all_models["planted"]
