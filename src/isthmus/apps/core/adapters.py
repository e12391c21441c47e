"""Rows of the record to the values that the ledger computes with, and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from isthmus.apps.core.models import AuditEvent, LedgerChain, LedgerEntry, LedgerHead
from isthmus.apps.core.scopes import Scope
from isthmus.methods import ledger

Head = ledger.Head


def sealed_content(told: dict[str, Any]) -> tuple[str, str, str]:
    """What an event tells as a text, a fresh salt, and the commitment to both.

    Raises TypeError or ValueError for what cannot be written as JSON.
    """
    content = ledger.canonical(told)
    salt = secrets.token_bytes(ledger.SALT_BYTES)
    return content, salt.hex(), ledger.commitment(salt, content)


def facts(event: AuditEvent) -> dict[str, Any]:
    """What the chain binds of an event: numbers and words of the system, never a person's name."""
    return {
        "event": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "action": event.action,
        "target": f"{event.target_kind}:{event.target_id}",
        "scope": str(event.scope),
        "payload": event.commitment,
    }


def first_link(scope: Scope) -> str:
    """The link that a chain begins with."""
    return ledger.first_link(str(scope))


def lengthen(chain: LedgerChain, events: Sequence[AuditEvent]) -> tuple[list[LedgerEntry], LedgerHead]:
    """Put events at the end of a chain, in order: the new entries and the new head, unsaved; `chain` is changed."""
    peaks = tuple(bytes.fromhex(peak) for peak in chain.peaks)
    state = ledger.State(str(chain.scope), chain.link, ledger.Frontier(chain.size, peaks))
    entries = []
    for event in events:
        position = state.tree.size
        state, _leaf = state.add(facts(event))
        entries.append(LedgerEntry(chain=chain, position=position, event=event, link=state.link))
    chain.size, chain.link = state.tree.size, state.link
    chain.peaks = [peak.hex() for peak in state.tree.peaks]
    head = state.head()
    return entries, LedgerHead(chain=chain, size=head.size, root=head.root, link=head.link)


def head(row: LedgerHead) -> Head:
    """A published head as it leaves the installation."""
    at = row.at.astimezone(UTC).isoformat(timespec="seconds")
    return ledger.Head(str(row.chain.scope), row.size, row.root, row.link, at)


def head_text(row: LedgerHead) -> str:
    """A head as a small file."""
    from dataclasses import asdict

    return ledger.canonical(asdict(head(row))) + "\n"


def export_lines(
    chain: LedgerChain, entries: Iterator[LedgerEntry], heads: Iterator[LedgerHead], at: str
) -> Iterator[str]:
    """The lines of an export file."""
    return ledger.write(str(chain.scope), map(_entry, entries), map(head, heads), at)


def faults_in(lines: Iterable[str], head: dict[str, Any] | None) -> list[str]:
    """What is wrong with an export, in words; `head` (chain, size, root, link) was published of it earlier."""
    published = Head(head["chain"], head["size"], head["root"], head["link"]) if head else None
    try:
        return [finding.words for finding in ledger.verify(ledger.read(lines), published).findings]
    except ledger.Unreadable as error:
        return [str(error)]


def _entry(row: LedgerEntry) -> ledger.Entry:
    """The entry as the database has it now, whatever it was when it was sealed."""
    event = row.event
    leaf = facts(event) | {"v": ledger.VERSION, "chain": str(row.chain.scope), "position": row.position}
    payload = getattr(event, "payload", None)
    return ledger.Entry(
        leaf, row.link, payload.content if payload else None, payload.salt if payload else None
    )
