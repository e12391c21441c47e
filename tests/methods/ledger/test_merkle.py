"""The tree against the published vectors of RFC 6962's log, against the definition, and against false proofs."""

from __future__ import annotations

from hashlib import sha256

import pytest

from isthmus.methods import ledger
from isthmus.methods.ledger.merkle import EMPTY, node_hash

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
# The reference roots of Certificate Transparency's own tests, of the first 1 to 8 of those leaves.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHED = [ledger.leaf_hash(leaf) for leaf in LEAVES]


def by_definition(hashed: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word by word."""
    if len(hashed) < 2:
        return hashed[0] if hashed else sha256(b"").digest()
    cut = 1
    while cut * 2 < len(hashed):
        cut *= 2
    return node_hash(by_definition(hashed[:cut]), by_definition(hashed[cut:]))


def many(number: int) -> list[bytes]:
    return [ledger.leaf_hash(bytes([at])) for at in range(number)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    assert ledger.root(HASHED[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert ledger.root([]) == EMPTY == sha256(b"").digest()


@pytest.mark.parametrize("size", [*range(1, 40), 64, 65, 127])
def test_the_growing_tree_has_the_root_of_the_definition(size: int) -> None:
    assert ledger.root(many(size)) == by_definition(many(size))


def test_published_proofs() -> None:
    """Audit path of leaf 5 among 8 and consistency of 6 with 8, from Certificate Transparency's own tests."""
    path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [h.hex() for h in ledger.inclusion_proof(5, HASHED)] == path
    proof = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [h.hex() for h in ledger.consistency_proof(6, HASHED)] == proof


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_shown_to_be_in_its_place_and_in_no_other(size: int) -> None:
    hashed = many(size)
    root = ledger.root(hashed)
    for index in range(size):
        proof = ledger.inclusion_proof(index, hashed)
        assert [
            at for at in range(-1, size + 1) if ledger.includes(proof, at, hashed[index], size, root)
        ] == [index]
        assert not ledger.includes([*proof, root], index, hashed[index], size, root)
        assert not ledger.includes(proof[:-1], index, hashed[index], size, root) or size == 1
        assert not ledger.includes(proof, index, EMPTY, size, root)


@pytest.mark.parametrize("newer", range(1, 18))
def test_every_tree_is_shown_to_begin_with_each_older_one(newer: int) -> None:
    hashed = many(newer)
    root = ledger.root(hashed)
    for older in range(1, newer + 1):
        proof = ledger.consistency_proof(older, hashed)
        before = ledger.root(hashed[:older])
        assert ledger.extends(proof, older, before, newer, root)
        changed = ledger.root([EMPTY, *hashed[1:older]])
        assert not ledger.extends(proof, older, changed, newer, root)
        assert not ledger.extends(proof, older, before, newer, EMPTY)
        assert not ledger.extends([*proof, EMPTY], older, before, newer, root)


def test_what_cannot_be_proven_is_refused() -> None:
    for wrong in (-1, 8):
        with pytest.raises(IndexError):
            ledger.inclusion_proof(wrong, HASHED)
    for wrong in (0, 9):
        with pytest.raises(ValueError, match="1 to 8"):
            ledger.consistency_proof(wrong, HASHED)
    with pytest.raises(ValueError, match="whole subtrees"):
        ledger.Frontier(3, (EMPTY,))
    assert not ledger.extends([], 0, EMPTY, 8, ledger.root(HASHED))
    assert not ledger.extends([], 3, EMPTY, 8, ledger.root(HASHED))
