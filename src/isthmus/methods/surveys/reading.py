"""Answers from a CSV file, a row a person: codes of items and columns to group by."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isthmus.methods.surveys.model import MISSING, NOT_APPLICABLE, Codes, SurveyError
from isthmus.methods.surveys.tabulating import Labelled, Tabulation, tabulate

MOST_LABELS = 65_536
WORDS: Mapping[str, int] = {"": MISSING, "na": MISSING, "n/a": NOT_APPLICABLE}
"""What stands in a cell instead of a code, in small letters. R writes NA for a missing answer."""


@dataclass(frozen=True)
class Read:
    """A file of answers: ``codes`` (people, items) int8, ``items`` their names, ``columns`` those to group by."""

    codes: Codes
    items: tuple[str, ...]
    columns: Mapping[str, Labelled]


def tabulate_csv(
    path: Path,
    items: Sequence[str],
    groupings: Sequence[tuple[str, ...]],
    *,
    lowest: int,
    highest: int,
    words: Mapping[str, int] = WORDS,
) -> Tabulation:
    """``read_csv`` and ``tabulate`` in one."""
    names = tuple(dict.fromkeys(name for grouping in groupings for name in grouping))
    found = read_csv(path, items, names, lowest=lowest, highest=highest, words=words)
    return tabulate(found.codes, found.columns, groupings, lowest=lowest, highest=highest)


def read_csv(
    path: Path,
    items: Sequence[str],
    columns: Sequence[str] = (),
    *,
    lowest: int,
    highest: int,
    words: Mapping[str, int] = WORDS,
) -> Read:
    """Read a file in UTF-8 with commas and a line of headings (RFC 4180; blanks around cells do not count). ``words``
    are what may stand instead of a code. Other columns are passed over. An empty group is not stated (−1). Raises, with
    line and column, where a cell holds no code, a line has too few or too many cells or a heading is missing or double.
    Blank lines are passed over.

    One pass over the bytes where they lie; beside them it takes one byte an answer and four a group.
    """
    if not 0 <= lowest <= highest <= 127:
        raise SurveyError("Codes run from 0 or more to 127 or less.")
    if not path.stat().st_size:
        raise SurveyError("The file is empty: its first line must hold the headings.")
    data = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    return _read(data, tuple(items), tuple(columns), (lowest, highest), words)


def _read(
    data: NDArray[np.uint8],
    items: tuple[str, ...],
    columns: tuple[str, ...],
    scale: tuple[int, int],
    words: Mapping[str, int],
) -> Read:
    from isthmus.methods.surveys.kernels import read

    headings, start = _headings(data)
    kinds = _kinds(headings, items, columns)
    rows = _lines(data)
    codes = np.empty((rows, len(items)), dtype=np.int8)
    places = np.empty((rows, len(columns)), dtype=np.int32)
    slots = np.full((len(columns), 2 * MOST_LABELS), -1, dtype=np.int32)
    first = np.zeros((len(columns), MOST_LABELS), dtype=np.int64)
    last, known = np.zeros_like(first), np.zeros(len(columns), dtype=np.int64)
    found = np.zeros(5, dtype=np.int64)
    spelt = [word.strip().lower().encode() for word in words]
    n = read(
        data,
        start,
        kinds,
        np.array(scale, dtype=np.int64),
        np.frombuffer(b"".join(spelt) or b"\0", dtype=np.uint8),
        np.cumsum([len(word) for word in spelt], dtype=np.int64),
        np.array(list(words.values()), dtype=np.int64),
        codes,
        places,
        slots,
        first,
        last,
        known,
        found,
    )
    if found[0]:
        raise SurveyError(_wrong(data, found, headings, scale, words))
    labelled = {
        name: _labelled(data, places[:n, g], first[g, : known[g]], last[g, : known[g]], name)
        for g, name in enumerate(columns)
    }
    return Read(codes[:n], items, labelled)


def _headings(data: NDArray[np.uint8]) -> tuple[list[str], int]:
    """The first line's cells, and where the second begins."""
    begin = 3 if data[:3].tobytes() == b"\xef\xbb\xbf" else 0
    ends = np.flatnonzero(data[begin : begin + 1_000_000] == 10)
    end = begin + int(ends[0]) if len(ends) else len(data)
    text = _text(data[begin:end].tobytes(), "line 1").rstrip("\r")
    cells = next(csv.reader([text]), [])
    return [cell.strip() for cell in cells], min(end + 1, len(data))


def _kinds(headings: list[str], items: tuple[str, ...], columns: tuple[str, ...]) -> NDArray[np.int64]:
    wanted = (*items, *columns)
    for name in wanted:
        if wanted.count(name) > 1:
            raise SurveyError(f"{name} is asked for twice.")
        if headings.count(name) != 1:
            problem = "no column" if name not in headings else "more than one column"
            raise SurveyError(
                f"The file has {problem} headed {name}. Its headings are: {', '.join(headings)}."
            )
    kinds = np.full(len(headings), -100, dtype=np.int64)
    for place, name in enumerate(items):
        kinds[headings.index(name)] = place
    for place, name in enumerate(columns):
        kinds[headings.index(name)] = -1 - place
    return kinds


def _lines(data: NDArray[np.uint8]) -> int:
    """No fewer rows than the file has. Counted in pieces, so that no second array as long as the file is made."""
    piece = 1 << 22
    return 1 + sum(
        int(np.count_nonzero((data[at : at + piece] == 10) | (data[at : at + piece] == 13)))
        for at in range(0, len(data), piece)
    )


def _labelled(
    data: NDArray[np.uint8],
    place: NDArray[np.int32],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    name: str,
) -> Labelled:
    """Labels in order of first appearance; spellings that quotes alone tell apart are one."""
    anew: dict[str, int] = {}
    ends = zip(first.tolist(), last.tolist(), strict=True)
    spelt = (_text(data[begin:end].tobytes(), f"column {name}").replace('""', '"') for begin, end in ends)
    numbers = [anew.setdefault(label, len(anew)) for label in spelt]
    codes = np.array([*numbers, -1], dtype=np.int32)[place]
    return Labelled(codes, tuple(anew))


def _text(raw: bytes, where: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as bad:
        raise SurveyError(
            f"There are letters in {where} that are not UTF-8. Save the file as CSV UTF-8."
        ) from bad


def _wrong(
    data: NDArray[np.uint8],
    found: NDArray[np.int64],
    headings: list[str],
    scale: tuple[int, int],
    words: Mapping[str, int],
) -> str:
    what, line, cell, begin, end = (int(one) for one in found)
    if what == 1:
        return f"Line {line} has {cell} cells and the headings are {len(headings)}."
    if what == 2:
        return f"Line {line} has more cells than the {len(headings)} headings."
    where = f"Line {line}, column {headings[cell]}"
    if what == 3:
        shown = data[begin : min(end, begin + 40)].tobytes().decode(errors="replace")
        spare = ", ".join(word or "nothing" for word in words)
        return f"{where} holds '{shown}': a whole number from {scale[0]} to {scale[1]} is needed, or {spare}."
    if what == 4:
        return f"{where}: more than {MOST_LABELS} different groups. Is it a person's number?"
    if what == 5:
        return f"{where}: a quotation mark is opened and never closed."
    return f"{where}: something stands after the closing quotation mark."
