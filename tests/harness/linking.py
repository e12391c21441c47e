"""An attacker who has everything that the database left on the disk, and looks in it for the order of answers.

The attacker knows in which order people answered and what some of them (the colluders) said. Whatever can be put in an
order - rows, columns, hidden columns, places of bytes in files - is a channel. The attacker takes the channel that fits
the colluders best, and guesses that the n-th person gave the n-th of the other answers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Channel = dict[int, Any]
"""For people whose secret was found there: what puts it in an order."""


@dataclass(frozen=True)
class Guess:
    """What the attacker made of it: the channel, its fit with the colluders (0 to 1), how many people were matched, and
    how the order in the channel goes with the order in time over everybody (rank correlation)."""

    channel: str
    fit: float
    right: int
    correlation: float


def attack(channels: Mapping[str, Channel], colluders: Sequence[int], people: Sequence[int]) -> Guess | None:
    """The best that can be made of these channels; None where nothing was found in any."""
    best: tuple[float, str] | None = None
    for name, found in channels.items():
        known = [person for person in colluders if person in found]
        if len(known) < 3 or len({found[person] for person in found}) < 3:
            continue
        fit = _correlation(known, [found[person] for person in known])
        if best is None or abs(fit) > abs(best[0]):
            best = fit, name
    if best is None:
        return None
    fit, name = best
    found = channels[name]
    others = [person for person in people if person in found and person not in set(colluders)]
    order = sorted(others, key=lambda person: found[person], reverse=fit < 0)
    right = sum(guessed == person for guessed, person in zip(order, others, strict=True))
    return Guess(name, abs(fit), right, _correlation(others, [found[person] for person in others]))


def join(
    answers: Mapping[str, Channel],
    lists: Mapping[str, Channel],
    colluders: Sequence[int],
    people: Sequence[int],
) -> Guess | None:
    """The best that can be made of an order of answers beside an order of people on a list, whatever either stands for.

    Nothing is known of when anybody answered. Of every two channels the one is laid beside the other: the attacker
    takes the two that agree best over the colluders, and guesses that the n-th person gave the n-th answer.
    """
    best: tuple[float, str, str] | None = None
    for name, found in answers.items():
        for other, listed in lists.items():
            known = [one for one in colluders if one in found and one in listed]
            if (
                len(known) < 3
                or len(set(map(str, found.values()))) < 3
                or len(set(map(str, listed.values()))) < 3
            ):
                continue
            fit = _correlation([found[one] for one in known], [listed[one] for one in known])
            if best is None or abs(fit) > abs(best[0]):
                best = fit, name, other
    if best is None:
        return None
    fit, name, other = best
    found, listed = answers[name], lists[other]
    rest = [one for one in people if one in found and one in listed and one not in set(colluders)]
    by_answer = sorted(rest, key=lambda one: found[one], reverse=fit < 0)
    by_list = sorted(rest, key=lambda one: listed[one])
    right = sum(a == b for a, b in zip(by_answer, by_list, strict=True))
    along = _correlation([found[one] for one in rest], [listed[one] for one in rest])
    return Guess(f"{name} beside {other}", abs(fit), right, along)


def _correlation(first: Sequence[Any], second: Sequence[Any]) -> float:
    """Spearman's rank correlation; equal values share their mean rank. 0 where either does not vary."""
    a, b = _ranks(first), _ranks(second)
    mean = (len(a) - 1) / 2
    over = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    under = (sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)) ** 0.5
    return over / under if under else 0.0


def _ranks(values: Sequence[Any]) -> list[float]:
    order = sorted(range(len(values)), key=lambda at: values[at])
    ranks = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for place in range(at, end + 1):
            ranks[order[place]] = (at + end) / 2
        at = end + 1
    return ranks


def in_rows(
    table: str, names: Sequence[str], rows: Iterable[Sequence[Any]], secrets: Sequence[bytes]
) -> dict[str, Channel]:
    """Each column of a table, and the order of its rows, as channels to the secrets that stand in them."""
    of = {secret: person for person, secret in enumerate(secrets)}
    channels: dict[str, Channel] = {}
    for number, row in enumerate(rows):
        for value in row:
            person = of.get(_plain(value))
            if person is None:
                continue
            channels.setdefault(f"{table}: order of rows", {})[person] = number
            for name, other in zip(names, row, strict=True):
                if _plain(other) != secrets[person]:
                    channels.setdefault(f"{table}.{name}", {})[person] = _sortable(other)
    return channels


def _plain(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def _sortable(value: Any) -> Any:
    return (0, float(value), "") if isinstance(value, (int, float)) else (1, 0.0, str(value))


def in_file(name: str, content: bytes, secrets: Sequence[bytes]) -> dict[str, Channel]:
    """Where the secrets' bytes lie in a file: first and last place, each a channel."""
    first: Channel = {}
    last: Channel = {}
    for person, secret in enumerate(secrets):
        at = content.find(secret)
        if at >= 0:
            first[person], last[person] = at, content.rfind(secret)
    return {f"{name}: first bytes": first, f"{name}: last bytes": last} if first else {}


def sqlite_channels(database: Path, secrets: Sequence[bytes]) -> dict[str, Channel]:
    """All tables, SQLite's own included, with their rowids."""
    channels: dict[str, Channel] = {}
    with closing(sqlite3.connect(database, timeout=30)) as held:
        tables = [name for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")] + [
            "sqlite_master"
        ]
        for table in tables:
            cursor = held.execute(f'SELECT rowid AS rowid_, * FROM "{table}"')
            channels |= in_rows(table, [part[0] for part in cursor.description], cursor, secrets)
    return channels


def postgres_channels(url: str, secrets: Sequence[bytes]) -> dict[str, Channel]:
    """All tables and views of all schemas, PostgreSQL's own statistics included, with their hidden columns."""
    import psycopg

    channels: dict[str, Channel] = {}
    with psycopg.connect(url, autocommit=True) as held:
        tables = held.execute(
            "SELECT schemaname, tablename, true FROM pg_tables UNION ALL "
            "SELECT schemaname, viewname, false FROM pg_views WHERE viewname LIKE 'pg_stat%'"
        ).fetchall()
        for schema, table, real in tables:
            hidden = (
                "ctid::text, xmin::text::bigint, cmin::text::bigint, xmax::text::bigint, " if real else ""
            )
            cursor = held.execute(f'SELECT {hidden}* FROM "{schema}"."{table}"')  # type: ignore[arg-type]  # names from the database
            names = [part.name for part in cursor.description or ()]
            channels |= in_rows(table, names, map(_placed if real else tuple, cursor), secrets)
    return channels


def _placed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its place as one number in place of '(page,line)'."""
    page, line = str(row[0]).strip("()").split(",")
    return (int(page) * 10_000 + int(line), *row[1:])


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, by its path in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()
