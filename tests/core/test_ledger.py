"""The record in the database: sealed in chains, refused to whoever would change it, found out where somebody did."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from isthmus.apps.core import audit, guards, sealing, stories
from isthmus.apps.core.adapters import export_lines, sealed_content
from isthmus.apps.core.models import AuditEvent, AuditPayload, LedgerChain, LedgerEntry, LedgerHead
from isthmus.apps.core.queries import entries_of, heads_of, history
from isthmus.apps.core.scopes import INSTALLATION, Scope, ScopeKind
from isthmus.methods import ledger
from isthmus.methods.ledger import Fault
from tests.conftest import People

pytestmark = pytest.mark.django_db


def area(people: People) -> Scope:
    return Scope(ScopeKind.AREA, people.area.pk)


def rename(people: People, number: int = 1) -> AuditEvent:
    """One change in the area of the officer."""
    return audit.record(
        "area.rename",
        by=people.officer,
        target=people.area,
        scope=area(people),
        before={"name": "Oldtown"},
        after={"name": f"Newtown {number}"},
        why="The council chose it",
    )


def exported(scope: Scope) -> ledger.Export:
    """The chain of `scope` as its file is read again."""
    chain = LedgerChain.objects.get(scope_kind=scope.kind, scope_id=scope.id)
    heads = heads_of(scope).order_by("size")
    text = "".join(export_lines(chain, entries_of(scope).iterator(100), heads.iterator(100), "now"))
    return ledger.read(io.StringIO(text))


def kept(scope: Scope) -> ledger.Head:
    """The newest published head, as somebody keeps it."""
    row = heads_of(scope)[0]
    return ledger.Head(str(scope), row.size, row.root)


def tamper(sql: str, *values: Any) -> None:
    """What somebody can do who owns the database."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    guards.install(connection)


def found(scope: Scope, head: ledger.Head | None = None) -> set[Fault]:
    return {finding.fault for finding in ledger.verify(exported(scope), head).findings}


def test_each_area_and_the_installation_has_a_chain_that_is_whole(people: People) -> None:
    for number in range(3):
        rename(people, number)
    audit.record("register.tidy", by=people.administrator, target=people.area)
    total = AuditEvent.objects.count()
    assert sealing.seal() == total
    assert sealing.seal() == 0
    assert LedgerEntry.objects.count() == total
    scopes = {chain.scope for chain in LedgerChain.objects.all()}
    assert scopes == {area(people), Scope(ScopeKind.AREA, people.other_area.pk), INSTALLATION}
    for scope in scopes:
        verdict = ledger.verify(exported(scope), kept(scope))
        assert verdict.whole, verdict.findings
        assert verdict.entries == heads_of(scope)[0].size
    assert [e.event.scope for e in entries_of(area(people))][-1] == area(people)


def test_what_happens_at_a_school_is_in_the_record_of_its_area(people: People) -> None:
    school = Scope(ScopeKind.ORGANISATION, people.school.pk)
    event = audit.record("school.visit", by=people.head, target=people.school, scope=school)
    sealing.seal()
    assert event.entry.chain.scope == area(people)


def test_a_chain_goes_on_where_it_ended_and_still_begins_as_published(people: People) -> None:
    rename(people)
    sealing.seal()
    first = kept(area(people))
    rename(people)
    rename(people)
    assert sealing.seal(recent=True) == 2
    assert ledger.verify(exported(area(people)), first).whole
    assert [head.size for head in heads_of(area(people))] == [first.size + 2, first.size]


def test_an_event_says_who_in_which_role_what_before_after_and_why(people: People) -> None:
    event = AuditEvent.objects.get(pk=rename(people).pk)
    assert event.told == {
        "before": {"name": "Oldtown"},
        "after": {"name": "Newtown 1"},
        "why": "The council chose it",
        "roles": [f"authority officer on area:{people.area.pk}"],
    }
    assert event.detail == {}
    salt = bytes.fromhex(event.payload.salt)
    assert event.commitment == ledger.commitment(salt, event.payload.content)


def test_what_cannot_be_written_down_stops_the_change(people: People) -> None:
    with pytest.raises(TypeError, match="texts and numbers"):
        audit.record("area.rename", by=None, target=people.area, detail={"who": people.officer})


def test_an_event_of_a_long_change_is_sealed_by_the_whole_round(people: People) -> None:
    sealing.seal()
    event = rename(people)
    tamper("UPDATE core_auditevent SET at = %s WHERE id = %s", timezone.now() - timedelta(hours=3), event.pk)
    assert sealing.seal(recent=True) == 0
    assert sealing.seal() == 1


def test_two_workers_seal_an_event_once(people: People) -> None:
    rename(people)
    waiting = list(sealing.unsealed())
    sealing.seal()
    heads = LedgerHead.objects.count()
    assert sealing._seal(area(people), waiting) == 0, "it was read before another worker sealed it"
    assert LedgerHead.objects.count() == heads


def test_more_events_than_a_batch_are_all_sealed(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    for number in range(7):
        rename(people, number)
    assert sealing.seal() == AuditEvent.objects.count()
    assert ledger.verify(exported(area(people)), kept(area(people))).whole


def test_erasing_removes_what_was_told_and_leaves_the_record_whole(people: People) -> None:
    first, second = rename(people, 1), rename(people, 2)
    sealing.seal()
    before = kept(area(people))
    events = AuditEvent.objects.filter(pk=first.pk)
    assert audit.erase(events, by=people.administrator, target=people.officer, why="They asked") == 1
    assert audit.erase(events, by=people.administrator, target=people.officer, why="Again") == 0
    sealing.seal()
    verdict = ledger.verify(exported(area(people)), before)
    assert verdict.whole
    assert verdict.erased == (first.entry.position,)
    assert AuditEvent.objects.get(pk=first.pk).told is None
    assert AuditEvent.objects.get(pk=first.pk).detail == {}
    assert AuditEvent.objects.get(pk=second.pk).told is not None
    erasure = AuditEvent.objects.get(action="audit.erase")
    assert (erasure.told or {})["detail"] == {"events": [first.pk]}


@pytest.mark.parametrize("table", ["core_auditevent", "core_ledgerentry", "core_ledgerhead"])
def test_the_database_refuses_to_change_or_remove_a_row(people: People, table: str) -> None:
    rename(people)
    sealing.seal()
    for sql in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            connection.cursor().execute(sql)
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            connection.cursor().execute(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")


def test_the_database_refuses_to_change_what_was_told(people: People) -> None:
    rename(people)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        AuditPayload.objects.update(content="{}")


@pytest.mark.parametrize("model", [LedgerEntry, LedgerHead])
def test_the_code_refuses_as_well(people: People, model: Any) -> None:
    rename(people)
    sealing.seal()
    row = model.objects.first()
    for change in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(link="")):
        with pytest.raises(TypeError, match="only ever added"):
            change()


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE core_auditevent SET action = 'area.praise' WHERE id = %s", Fault.EDITED),
        ("UPDATE core_auditevent SET actor_id = NULL WHERE id = %s", Fault.EDITED),
        ("UPDATE core_auditevent SET target_id = '99' WHERE id = %s", Fault.EDITED),
        ("UPDATE core_auditpayload SET content = '{}' WHERE event_id = %s", Fault.EDITED),
        ("UPDATE core_ledgerentry SET position = 77 WHERE event_id = %s", Fault.DROPPED),
        ("DELETE FROM core_ledgerentry WHERE event_id = %s", Fault.DROPPED),
    ],
)
def test_what_the_owner_of_the_database_changes_is_found(people: People, sql: str, fault: Fault) -> None:
    event = rename(people, 1)
    rename(people, 2)
    sealing.seal()
    assert found(area(people)) == set()
    tamper(sql, event.pk)
    assert fault in found(area(people))


def test_a_record_cut_off_at_its_end_is_found_by_a_kept_head(people: People) -> None:
    rename(people, 1)
    sealing.seal()
    head = kept(area(people))
    last = entries_of(area(people)).get(position=head.size - 1)
    tamper("DELETE FROM core_ledgerentry WHERE id = %s", last.pk)
    tamper("DELETE FROM core_ledgerhead WHERE chain_id = %s", last.chain_id)
    assert found(area(people)) == set(), "nothing that is left says so"
    assert found(area(people), head) == {Fault.TRUNCATED}


def test_what_is_changed_within_the_sealing_delay_goes_unseen_and_what_is_changed_after_it_is_found(
    people: People,
) -> None:
    """What docs/ledger.md says that the record does not prove, and from when on it does."""
    rename(people, 1)
    sealing.seal()
    before = kept(area(people))
    forged, removed = rename(people, 2), rename(people, 3)
    tamper("DELETE FROM core_auditpayload WHERE event_id IN (%s, %s)", forged.pk, removed.pk)
    tamper("DELETE FROM core_auditevent WHERE id = %s", removed.pk)
    content, salt, commitment = sealed_content({"after": {"name": "Never chosen"}})
    tamper("UPDATE core_auditevent SET commitment = %s WHERE id = %s", commitment, forged.pk)
    AuditPayload.objects.create(event_id=forged.pk, salt=salt, content=content)
    sealing.seal()
    assert found(area(people), before) == set(), "the head of before cannot know what came later"
    assert found(area(people), kept(area(people))) == set(), "nor can the one that was made of the forgery"
    after = kept(area(people))
    tamper("UPDATE core_auditpayload SET content = '{}' WHERE event_id = %s", forged.pk)
    assert found(area(people), after) == {Fault.EDITED}, "sealed, the same is found"


def test_a_thing_tells_its_history_in_plain_words(people: People) -> None:
    stories.tell({"area.rename": "renamed the area"})
    event = rename(people)
    (fact,) = stories.story(history("register.area", people.area.pk))
    name = people.officer.name
    assert fact.lines == [
        f"{name} (authority officer) renamed the area",
        "Name: Oldtown, now Newtown 1",
        "Why: The council chose it",
    ]
    audit.erase(AuditEvent.objects.filter(pk=event.pk), by=None, target=people.area, why="Asked")
    facts = stories.story(history("register.area", people.area.pk))
    assert facts[0].lines == ["Isthmus erased what earlier events told", "Why: Asked"]
    assert facts[1].lines == [f"{name} renamed the area", "What this told was erased."]


def test_changes_read_as_a_person_would_say_them(people: People) -> None:
    audit.record(
        "area.rename",
        by=None,
        target=people.area,
        before={"smallest_network": 3, "same": 1, "open": True},
        after={"smallest_network": 4, "same": 1, "open": None, "phases": ["primary", "secondary"]},
    )
    (fact,) = stories.story(history("register.area", people.area.pk))
    assert fact.lines[1:] == [
        "Open: yes, now not available",
        "Smallest network: 3, now 4",
        "Phases: primary, secondary",
    ]


def test_a_history_costs_the_same_number_of_queries_however_long(
    people: People, list_query_count: Any
) -> None:
    def look() -> list[Any]:
        return [fact.lines for fact in stories.story(history("register.area", people.area.pk))]

    assert list_query_count(lambda: rename(people), look) == 1
