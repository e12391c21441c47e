"""The record: entries in a chain, each linked to the one before, and heads that fix its state.

An entry's leaf is what the chain binds for ever. Its payload may hold personal data: the leaf carries only a commitment
to it, so that a payload can be erased without touching the chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from isthmus.methods.ledger.canonical import canonical
from isthmus.methods.ledger.merkle import Frontier, leaf_hash

VERSION = 1


@dataclass(frozen=True)
class Head:
    """The state of a chain at one moment: how many entries, the root of their tree, and the last link.

    Whoever holds a head can tell whether a record shown later still begins with exactly these entries. `link` and `at`
    may be empty in a head that was typed from paper.
    """

    chain: str
    size: int
    root: str
    link: str = ""
    at: str = ""


@dataclass(frozen=True)
class Entry:
    """One event in its place. `payload` and `salt` (hexadecimal) are None where they were erased."""

    leaf: Mapping[str, Any]
    link: str
    payload: str | None
    salt: str | None

    @property
    def position(self) -> int:
        """Place in the chain, from 0."""
        return int(self.leaf["position"])

    @property
    def hash(self) -> bytes:
        """RFC 6962 hash of the leaf."""
        return hash_of(self.leaf)


@dataclass(frozen=True)
class Export:
    """A whole chain as it leaves the installation, with the heads that were published of it."""

    chain: str
    entries: Sequence[Entry]
    heads: Sequence[Head]


def hash_of(leaf: Mapping[str, Any]) -> bytes:
    """RFC 6962 hash of a leaf, written canonically."""
    return leaf_hash(canonical(leaf).encode("ascii"))


def first_link(chain: str) -> str:
    """What the first entry of a chain is linked to: its name, so that no entry fits another chain."""
    return sha256(b"\x02" + chain.encode()).hexdigest()


def next_link(before: str, hashed_leaf: bytes) -> str:
    """The link of an entry: SHA-256 over the link before and the hashed leaf."""
    return sha256(b"\x03" + bytes.fromhex(before) + hashed_leaf).hexdigest()


@dataclass(frozen=True)
class State:
    """What must be kept of a chain in order to lengthen it."""

    chain: str
    link: str
    tree: Frontier

    @classmethod
    def empty(cls, chain: str) -> State:
        """A chain without entries."""
        return cls(chain, first_link(chain), Frontier())

    def add(self, facts: Mapping[str, Any]) -> tuple[State, dict[str, Any]]:
        """The chain with one entry more, and the leaf of that entry: `facts` with version, chain and position."""
        leaf = {**facts, "v": VERSION, "chain": self.chain, "position": self.tree.size}
        hashed = hash_of(leaf)
        return replace(self, link=next_link(self.link, hashed), tree=self.tree.add(hashed)), leaf

    def head(self, at: str = "") -> Head:
        """The head that fixes this state."""
        return Head(self.chain, self.tree.size, self.tree.root.hex(), self.link, at)
