"""An export as a file: one JSON value a line. First what it is, then the entries, then the heads, then a checksum."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from isthmus.methods.ledger.canonical import canonical
from isthmus.methods.ledger.record import VERSION, Entry, Export, Head

FORMAT = "isthmus ledger"


class Unreadable(ValueError):
    """The file is no export, or was damaged; the text says where."""


def write(
    chain: str, entries: Iterable[Entry], heads: Iterable[Head], exported_at: str = ""
) -> Iterator[str]:
    """The lines of the file, each with its end; nothing is gathered, so a chain may be of any length."""
    checksum, lines = sha256(), 0
    about = {"format": FORMAT, "version": VERSION, "chain": chain, "exported_at": exported_at}
    for value in _values(about, entries, heads):
        line = canonical(value) + "\n"
        checksum.update(line.encode("ascii"))
        lines += 1
        yield line
    yield canonical({"end": {"lines": lines, "sha256": checksum.hexdigest()}}) + "\n"


def _values(about: dict[str, Any], entries: Iterable[Entry], heads: Iterable[Head]) -> Iterator[Any]:
    yield about
    for entry in entries:
        yield {"leaf": entry.leaf, "link": entry.link, "payload": entry.payload, "salt": entry.salt}
    for head in heads:
        yield {"head": asdict(head)}


def read(lines: Iterable[str]) -> Export:
    """The export in a file. Raises `Unreadable` for what is no export, and for any byte that changed on the way."""
    checksum, about, ended = sha256(), None, False
    entries: list[Entry] = []
    heads: list[Head] = []
    for number, line in enumerate(lines, 1):
        value = _value(number, line)
        if ended:
            raise Unreadable(f"Line {number} stands after the end")
        if about is None:
            about = _about(value)
        elif "end" in value:
            if value["end"] != {"lines": number - 1, "sha256": checksum.hexdigest()}:
                raise Unreadable("The file was changed after it was written: its checksum does not fit")
            ended = True
        elif "head" in value:
            heads.append(read_head(value["head"], number))
        else:
            entries.append(_entry(value, number))
        checksum.update(line.encode("ascii"))
    if about is None or not ended:
        raise Unreadable("The file breaks off before its end")
    return Export(str(about["chain"]), entries, heads)


def _value(number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
        written = canonical(value) + "\n"
    except (ValueError, RecursionError):
        raise Unreadable(f"Line {number} is not JSON") from None
    if not isinstance(value, dict) or written != line:
        raise Unreadable(f"Line {number} is not written as an export writes it")
    return value


def _about(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("format") != FORMAT or not isinstance(value.get("chain"), str):
        raise Unreadable("This is not an export of a record. Make one with: isthmus audit export AREA FILE")
    if value.get("version") != VERSION:
        raise Unreadable(f"Version {value.get('version')} is not known here; this Isthmus reads {VERSION}")
    return value


def _entry(value: dict[str, Any], number: int) -> Entry:
    leaf, link = value.get("leaf"), value.get("link")
    payload, salt = value.get("payload"), value.get("salt")
    if (
        set(value) != {"leaf", "link", "payload", "salt"}
        or not isinstance(leaf, dict)
        or type(leaf.get("position")) is not int
        or leaf["position"] < 0
        or not isinstance(link, str)
        or not isinstance(payload, (str, type(None)))
        or not isinstance(salt, (str, type(None)))
    ):
        raise Unreadable(f"Line {number} is not an entry")
    return Entry(leaf, link, payload, salt)


def read_head(value: Any, number: int = 1) -> Head:
    """A head from its JSON object. Raises `Unreadable`."""
    kinds = {"chain": str, "size": int, "root": str, "link": str, "at": str}
    if (
        not isinstance(value, dict)
        or set(value) != set(kinds)
        or any(type(value[name]) is not kind for name, kind in kinds.items())
        or value["size"] < 0
    ):
        raise Unreadable(f"Line {number} is not a head")
    return Head(**value)
