"""Records to tamper with, and ways to do it: clumsily, or by somebody who makes every later link anew."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from isthmus.methods import ledger

CHAIN = "area:7"


def true_record(chance: Random, size: int) -> ledger.Export:
    """A record of `size` events, with heads published on the way; some of what it tells was erased rightly."""
    state, entries, heads = ledger.State.empty(CHAIN), [], []
    for number in range(size):
        payload = ledger.canonical(
            {"detail": {"n": chance.random()}, "why": chance.choice(["", "asked", "Ü"])}
        )
        salt = chance.randbytes(ledger.SALT_BYTES)
        facts = {
            "event": 100 + 2 * number,
            "at": f"2026-11-{1 + number % 28:02d}T08:30:00.000000+00:00",
            "actor": chance.choice([None, 1, 2, 3]),
            "action": chance.choice(["plan.ask", "plan.remove", "role.give"]),
            "target": f"networks.plan:{number % 5}",
            "payload": ledger.commitment(salt, payload),
        }
        state, leaf = state.add(facts)
        told = chance.random() > 0.1
        entries.append(
            ledger.Entry(leaf, state.link, payload if told else None, salt.hex() if told else None)
        )
        if chance.random() < 0.3:
            heads.append(state.head("2026-11-30"))
    return ledger.Export(CHAIN, tuple(entries), tuple(heads))


def head(export: ledger.Export) -> ledger.Head:
    """The head of a whole record."""
    state = ledger.State.empty(export.chain)
    for entry in export.entries:
        state, _leaf = state.add(entry.leaf)
    return state.head("2026-12-01")


def made_anew(entries: list[ledger.Entry]) -> ledger.Export:
    """The forger's work: places, links and commitments that fit, and no head that would tell."""
    state, forged = ledger.State.empty(CHAIN), []
    for entry in entries:
        facts = dict(entry.leaf)
        if entry.payload is not None and entry.salt is not None:
            facts["payload"] = ledger.commitment(bytes.fromhex(entry.salt), entry.payload)
        state, leaf = state.add(facts)
        forged.append(replace(entry, leaf=leaf, link=state.link))
    return ledger.Export(CHAIN, tuple(forged), ())


def edit(chance: Random, entry: ledger.Entry) -> ledger.Entry:
    """One thing in one entry is changed."""
    leaf: dict[str, Any] = dict(entry.leaf)
    which = chance.choice(["event", "at", "actor", "action", "target", "told", "salt"])
    if which in ("told", "salt") and entry.payload is not None and entry.salt is not None:
        if which == "salt":
            return replace(entry, salt=flipped(chance, entry.salt, "0123456789abcdef"))
        return replace(entry, payload=flipped(chance, entry.payload, "abcdefgh0123456789{}\\"))
    which = "at" if which in ("told", "salt") else which
    old = leaf[which]
    leaf[which] = (old or 0) + 1 if which in ("event", "actor") else flipped(chance, old, "abc0123456789:. ")
    return replace(entry, leaf=leaf)


def flipped(chance: Random, text: str, letters: str) -> str:
    """The text with one letter changed."""
    at = chance.randrange(len(text))
    return text[:at] + chance.choice([c for c in letters if c != text[at]]) + text[at + 1 :]
