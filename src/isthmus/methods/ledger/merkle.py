"""The Merkle tree of Certificate Transparency: RFC 6962, section 2.1, with SHA-256.

Hashes are 32 bytes. A leaf is hashed with 0x00 before it and a node with 0x01, so that neither passes for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """A tree that only grows: the roots of its whole subtrees, largest first, which is all that growing needs.

    `peaks` holds one hash for each bit that is set in `size`; adding a leaf and taking the root cost O(log size).
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"A tree of {self.size} leaves has not {len(self.peaks)} whole subtrees")

    def add(self, hashed_leaf: bytes) -> Frontier:
        """The tree with one leaf more."""
        peaks, size = [*self.peaks, hashed_leaf], self.size
        while size & 1:
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
            size >>= 1
        return Frontier(self.size + 1, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash; that of the empty tree is SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY
        hashed = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            hashed = node_hash(left, hashed)
        return hashed


def root(hashed_leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of leaves that are hashed already."""
    frontier = Frontier()
    for hashed in hashed_leaves:
        frontier = frontier.add(hashed)
    return frontier.root


def _split(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, hashed_leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index`, lowest first (RFC 6962, 2.1.1). Raises IndexError where there is no such leaf."""
    size = len(hashed_leaves)
    if not 0 <= index < size:
        raise IndexError(f"There is no leaf {index} among {size}")
    if size == 1:
        return []
    cut = _split(size)
    left, right = hashed_leaves[:cut], hashed_leaves[cut:]
    if index < cut:
        return [*inclusion_proof(index, left), root(right)]
    return [*inclusion_proof(index - cut, right), root(left)]


def includes(proof: Sequence[bytes], index: int, hashed_leaf: bytes, size: int, tree_root: bytes) -> bool:
    """Whether `proof` shows that the leaf is number `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    node, last, hashed = index, size - 1, hashed_leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = node_hash(sibling, hashed)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == tree_root


def consistency_proof(older: int, hashed_leaves: Sequence[bytes]) -> list[bytes]:
    """Shows that the tree of the first `older` leaves is the beginning of this one (RFC 6962, 2.1.2).

    Raises ValueError unless 0 < older <= number of leaves.
    """
    if not 0 < older <= len(hashed_leaves):
        raise ValueError(f"The older tree must have 1 to {len(hashed_leaves)} leaves, not {older}")
    return _subproof(older, hashed_leaves, whole=True)


def _subproof(older: int, hashed_leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    size = len(hashed_leaves)
    if older == size:
        return [] if whole else [root(hashed_leaves)]
    cut = _split(size)
    left, right = hashed_leaves[:cut], hashed_leaves[cut:]
    if older <= cut:
        return [*_subproof(older, left, whole=whole), root(right)]
    return [*_subproof(older - cut, right, whole=False), root(left)]


def extends(proof: Sequence[bytes], older: int, older_root: bytes, newer: int, newer_root: bytes) -> bool:
    """Whether `proof` shows that the tree of `newer` leaves begins with the tree of `older` (RFC 9162, 2.1.4.2)."""
    if not 0 < older <= newer:
        return False
    if older == newer:
        return not proof and older_root == newer_root
    path = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = older - 1, newer - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == older_root and new == newer_root
