"""Is a record whole? What is wrong with it is named, as far as it can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from isthmus.methods.ledger.canonical import commitment
from isthmus.methods.ledger.merkle import Frontier
from isthmus.methods.ledger.record import Entry, Export, Head, first_link, next_link

HEX = re.compile(r"[0-9a-f]{64}")


class Fault(StrEnum):
    """What can be wrong with a record."""

    EDITED = "edited"
    DROPPED = "dropped"
    REORDERED = "reordered"
    REPEATED = "repeated"
    TRUNCATED = "truncated"
    NOT_AS_PUBLISHED = "not as published"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `position` is the first entry concerned, from 0, or None for the record as a whole."""

    fault: Fault
    position: int | None
    words: str


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `erased` lists the positions whose payload is gone, which is no fault."""

    entries: int
    findings: tuple[Finding, ...]
    erased: tuple[int, ...]
    head: Head
    against: Head | None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(export: Export, published: Head | None = None) -> Verdict:
    """Check an export, against a head that was published earlier where one is given.

    Without one, a record that was cut off at its end, or rewritten from some entry on with all later links made anew,
    cannot be told from a true one.
    """
    ordered = sorted(export.entries, key=lambda entry: entry.position)
    findings = [*_order(export.entries), *_links(export.chain, ordered), *_payloads(ordered)]
    heads = [*export.heads, *([published] if published else [])]
    state, found = _heads(export.chain, ordered, heads)
    erased = tuple(e.position for e in ordered if e.payload is None and e.salt is None)
    return Verdict(len(ordered), (*findings, *found), erased, state, published)


def _order(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Places that are missing, taken twice or out of order."""
    places = [entry.position for entry in entries]
    seen: set[int] = set()
    for at, place in enumerate(places):
        if place in seen:
            yield Finding(Fault.REPEATED, place, f"Entry {place} is there more than once")
        elif at and place < places[at - 1]:
            before = places[at - 1]
            yield Finding(Fault.REORDERED, place, f"Entry {place} stands after entry {before}")
        seen.add(place)
    expected = 0
    for place in sorted(seen):
        if place > expected:
            what = (
                f"Entry {expected} is" if place == expected + 1 else f"Entries {expected} to {place - 1} are"
            )
            yield Finding(Fault.DROPPED, expected, f"{what} missing")
        expected = place + 1


def _links(chain: str, ordered: Sequence[Entry]) -> Iterator[Finding]:
    """Entries whose content does not fit the chain.

    An entry is measured from the link that its predecessor states, and from the one that the predecessor's content
    gives: only where neither fits is the entry itself at fault, so one edit is blamed on one entry.
    """
    stated = computed = first_link(chain)
    next_place = 0
    for entry in ordered:
        words = ""
        if entry.leaf.get("chain") != chain:
            words = f"Entry {entry.position} belongs to another chain"
        elif not HEX.fullmatch(entry.link):
            words = f"Entry {entry.position} has a link that is none"
        elif entry.position == next_place and entry.link not in (
            next_link(stated, entry.hash),
            next_link(computed, entry.hash),
        ):
            words = f"Entry {entry.position} is not what was recorded, or an entry before it was replaced"
        if words:
            yield Finding(Fault.EDITED, entry.position, words)
        usable = HEX.fullmatch(entry.link) is not None
        if entry.position == next_place:
            computed = next_link(computed, entry.hash)
        elif usable:
            computed = entry.link
        stated = entry.link if usable else computed
        next_place = entry.position + 1


def _payloads(ordered: Sequence[Entry]) -> Iterator[Finding]:
    for entry in ordered:
        if entry.payload is None and entry.salt is None:
            continue
        if not _fits(entry):
            words = f"What entry {entry.position} tells is not what was recorded"
            yield Finding(Fault.EDITED, entry.position, words)


def _fits(entry: Entry) -> bool:
    if entry.payload is None or entry.salt is None or not HEX.fullmatch(entry.salt):
        return False
    return entry.payload.isascii() and entry.leaf.get("payload") == commitment(
        bytes.fromhex(entry.salt), entry.payload
    )


def _heads(chain: str, ordered: Sequence[Entry], heads: Sequence[Head]) -> tuple[Head, list[Finding]]:
    """The head that the entries give, and each given head that they do not bear out."""
    wanted = {head.size for head in heads}
    tree, link = Frontier(), first_link(chain)
    states = {0: (tree.root.hex(), link)}
    for entry in ordered:
        hashed = entry.hash
        tree, link = tree.add(hashed), next_link(link, hashed)
        if tree.size in wanted:
            states[tree.size] = (tree.root.hex(), link)
    found = []
    for head in heads:
        when = f" of {head.at}" if head.at else ""
        if head.chain and head.chain != chain:
            words = f"The head{when} is of {head.chain}, the record of {chain}"
            found.append(Finding(Fault.NOT_AS_PUBLISHED, None, words))
        elif head.size > tree.size:
            words = f"The head{when} was published of {head.size} entries; here are {tree.size}"
            found.append(Finding(Fault.TRUNCATED, tree.size, words))
        elif head.root != states[head.size][0] or head.link not in ("", states[head.size][1]):
            words = f"The first {head.size} entries are not those that the head{when} was published of"
            found.append(Finding(Fault.NOT_AS_PUBLISHED, None, words))
    return Head(chain, tree.size, tree.root.hex(), link), found
