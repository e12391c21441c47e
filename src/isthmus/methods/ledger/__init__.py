"""A record that cannot be changed unseen: hash chain, Merkle tree (RFC 6962), erasable payloads, published heads.

`State.add` lengthens a chain; `State.head` is what is published; `write` and `read` are the file; `verify` judges it.
"""

from isthmus.methods.ledger.canonical import SALT_BYTES, canonical, commitment
from isthmus.methods.ledger.files import Unreadable, read, read_head, write
from isthmus.methods.ledger.merkle import (
    Frontier,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    root,
)
from isthmus.methods.ledger.record import VERSION, Entry, Export, Head, State, first_link, hash_of, next_link
from isthmus.methods.ledger.verifying import Fault, Finding, Verdict, verify

__all__ = [
    "SALT_BYTES",
    "VERSION",
    "Entry",
    "Export",
    "Fault",
    "Finding",
    "Frontier",
    "Head",
    "State",
    "Unreadable",
    "Verdict",
    "canonical",
    "commitment",
    "consistency_proof",
    "extends",
    "first_link",
    "hash_of",
    "includes",
    "inclusion_proof",
    "leaf_hash",
    "next_link",
    "read",
    "read_head",
    "root",
    "verify",
    "write",
]
