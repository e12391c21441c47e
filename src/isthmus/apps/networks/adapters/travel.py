"""Minutes of travel between schools: from a table that somebody gives, or from a routing service (OSRM's interface)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from isthmus.apps.core.numbers import count
from isthmus.apps.networks.adapters.rules import pack, unpack
from isthmus.apps.networks.models import TravelBlock
from isthmus.apps.register.models import Organisation

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 500_000
MOST_SHOWN = 10
MOST_MINUTES = 24 * 60
BLOCK = 50
"""Places on each side of one question: services commonly allow a hundred in all."""
SECONDS = 20
MOST_ANSWER = 4 * 1024 * 1024
Row = tuple[str, str, float]


class TravelRefused(Exception):
    """The table or the answer cannot be used; the text says why and what to do."""


@dataclass
class Table:
    """A table that was read: minutes by (from, to), what was wrong (each with its row), and rows of other schools."""

    minutes: dict[tuple[str, str], float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    others: int = 0

    @property
    def rows(self) -> list[Row]:
        """The pairs in order."""
        return [(a, b, minutes) for (a, b), minutes in sorted(self.minutes.items())]


def read_table(content: bytes, known: Collection[str]) -> Table:
    """A CSV with the columns from, to (URNs) and minutes; rows of schools that are not `known` are counted.

    Raises `TravelRefused` for a file that is no such table.
    """
    if len(content) > MOST_BYTES:
        raise TravelRefused(
            f"The file is larger than {MOST_BYTES // 2**20} MB. Leave out pairs that are far apart."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TravelRefused("The file is no CSV in UTF-8. Save it as ‘CSV UTF-8’, and give that.") from error
    reader = csv.reader(io.StringIO(text))
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        if not {"from", "to", "minutes"} <= set(heads):
            raise TravelRefused("The first row must have the headings from, to and minutes.")
        at = tuple(heads.index(name) for name in ("from", "to", "minutes"))
        table = Table()
        for number, cells in enumerate(reader, 2):
            if number > MOST_ROWS:
                raise TravelRefused(
                    f"The file has more than {MOST_ROWS:,} rows. Leave out pairs that are far apart."
                )
            if any(cell.strip() for cell in cells):
                _read_row(table, number, [cells[i].strip() if i < len(cells) else "" for i in at], set(known))
    except csv.Error as error:
        raise TravelRefused(
            "The file is no CSV: it has a slip in its quotes or a cell that is far too long."
        ) from error
    if not table.minutes and not table.problems:
        raise TravelRefused("No row of the file names two of this plan’s schools. Check the URNs.")
    return table


def _read_row(table: Table, number: int, cells: list[str], known: set[str]) -> None:
    start, end, written = cells
    try:
        minutes = float(written)
    except ValueError:
        minutes = math.nan
    if not 0 <= minutes <= MOST_MINUTES:
        table.problems.append(
            f"Row {number}: ‘{written[:20]}’ is no number of minutes from 0 to {MOST_MINUTES:,}"
        )
    elif not (start.isdigit() and end.isdigit()):
        table.problems.append(f"Row {number}: write two URNs, not ‘{start[:20]}’ and ‘{end[:20]}’")
    elif table.minutes.get((start, end), minutes) != minutes:
        table.problems.append(f"Row {number}: {start} to {end} stands in the file twice, with other minutes")
    elif start not in known or end not in known:
        table.others += 1
    elif start != end:
        table.minutes[start, end] = minutes


def coverage(rows: Sequence[Sequence[Any]], schools: Sequence[Organisation]) -> str:
    """For how much of the schools the minutes are known, in a sentence."""
    placed = {school.urn for school in schools if school.easting is not None}
    pairs = {frozenset((a, b)) for a, b, _minutes in rows}
    every = len(placed) * (len(placed) - 1) // 2
    named = {urn for pair in pairs for urn in pair}
    missing = len(placed - named)
    rest = f" {count(missing, 'school is', 'schools are')} in no row." if missing else ""
    if len(pairs) >= every:
        return "Minutes are known for every pair."
    return f"Minutes are known for {len(pairs):,} of {every:,} pairs; the others count by the straight line.{rest}"


def is_configured() -> bool:
    """Whether this installation names a routing service."""
    return bool(settings.TRAVEL_SERVICE)


def fetch(schools: Sequence[Organisation], *, on_progress: Callable[[float], None]) -> list[Row]:
    """Minutes by road between these schools from the routing service, block by block; what is kept is not asked again.

    Raises `TravelRefused` where the service cannot be reached or gives no sensible answer.
    """
    placed = [s for s in schools if s.urn and s.longitude is not None and s.latitude is not None]
    blocks = [placed[at : at + BLOCK] for at in range(0, len(placed), BLOCK)]
    rows: list[Row] = []
    for number, (starts, ends) in enumerate((a, b) for a in blocks for b in blocks):
        on_progress(number / len(blocks) ** 2)
        for a, line in zip(starts, _block(starts, ends), strict=True):
            rows += [
                (a.urn or "", b.urn or "", round(seconds / 60, 1))
                for b, seconds in zip(ends, line, strict=True)
                if seconds is not None and a is not b
            ]
    if placed and not rows:
        raise TravelRefused("The routing service knows no way between any two of these schools.")
    return rows


def _block(starts: Sequence[Organisation], ends: Sequence[Organisation]) -> list[list[float | None]]:
    places = [*starts, *(() if starts == ends else ends)]
    shift = 0 if starts == ends else len(starts)
    written = ";".join(f"{school.longitude:.6f},{school.latitude:.6f}" for school in places)
    sources = ";".join(str(i) for i in range(len(starts)))
    targets = ";".join(str(shift + i) for i in range(len(ends)))
    base = settings.TRAVEL_SERVICE.rstrip("/")
    url = f"{base}/table/v1/driving/{written}?sources={sources}&destinations={targets}&annotations=duration"
    digest = hashlib.sha256(url.encode()).hexdigest()
    kept = TravelBlock.objects.filter(digest=digest).first()
    if kept is not None:
        return unpack(kept.minutes)
    table = _durations(_ask(url), len(starts), len(ends))
    TravelBlock.objects.bulk_create([TravelBlock(digest=digest, minutes=pack(table))], ignore_conflicts=True)
    return table


def _ask(url: str) -> Any:
    if not url.startswith(("http://", "https://")):
        raise TravelRefused(
            "The address of the routing service is no web address. Tell whoever runs Isthmus."
        )
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - the operator's own address
            return json.loads(answer.read(MOST_ANSWER))
    except urllib.error.HTTPError as error:
        raise TravelRefused(
            f"The routing service answered {error.code}. Try again later, or give a table of minutes."
        ) from error
    except TimeoutError as error:
        raise TravelRefused(_SILENT) from error
    except OSError as error:  # URLError, and what breaks while the answer is read
        timed_out = isinstance(getattr(error, "reason", None), TimeoutError)
        raise TravelRefused(_SILENT if timed_out else _AWAY) from error
    except ValueError as error:
        raise TravelRefused(_NONSENSE) from error


_SILENT = f"The routing service did not answer within {SECONDS} seconds. Try again later, or give a table of minutes."
_AWAY = "The routing service cannot be reached. Try again later, or give a table of minutes."
_NONSENSE = "The routing service gave an answer that makes no sense. Tell whoever runs Isthmus."


def _durations(answer: Any, rows: int, columns: int) -> list[list[float | None]]:
    table = answer.get("durations") if isinstance(answer, dict) and answer.get("code") == "Ok" else None
    lines = list(_lines(table, columns)) if isinstance(table, list) else []
    if len(lines) != rows:
        raise TravelRefused(_NONSENSE)
    return lines


def _lines(table: list[Any], columns: int) -> Iterator[list[float | None]]:
    for line in table:
        sound = isinstance(line, list) and len(line) == columns
        if not sound or not all(
            v is None or (isinstance(v, int | float) and math.isfinite(v) and v >= 0) for v in line
        ):
            raise TravelRefused(_NONSENSE)
        yield [None if v is None else float(v) for v in line]
