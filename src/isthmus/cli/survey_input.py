"""The files that `isthmus survey score` reads: answers, and how many people could have answered."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from isthmus.cli.words import InputProblem
from isthmus.methods.surveys import Read, read_csv
from isthmus.methods.surveys.instruments import Blank, Instrument

Grouping = tuple[str, ...]
MOST_PEOPLE = 10_000_000
WORDS = {
    "": Blank.MISSING, "na": Blank.MISSING, "-1": Blank.MISSING,
    "n/a": Blank.NOT_APPLICABLE, "-2": Blank.NOT_APPLICABLE,
    "dk": Blank.DONT_KNOW, "-3": Blank.DONT_KNOW,
}  # fmt: skip


def read_answers(
    path: Path, instrument: Instrument, groupings: tuple[Grouping, ...]
) -> tuple[Instrument, Read, tuple[str, ...]]:
    """The answers of a file, the instrument with the sections that the file has, and notes on what was left out.

    Raises `InputProblem` or `SurveyError`.
    """
    headings = _headings(path)
    there = tuple(s for s in instrument.sections if any(i.id in headings for i in s.scored))
    if not there:
        first = next(iter(instrument.columns), "")
        raise InputProblem(
            f"{path}: no column is headed by an item of {instrument.id}"
            + (
                f". Name the columns by the items' ids, as in {first}."
                if first
                else ", which has open questions only."
            )
        )
    lacking = [s.title for s in instrument.sections if s.scored and s not in there]
    notes = (f"Not in the file, so left out: {'; '.join(lacking)}.",) if lacking else ()
    part = replace(instrument, sections=there)
    scales = [part.scale_of(item) for item in part.scored]
    names = tuple(dict.fromkeys(name for grouping in groupings for name in grouping))
    try:
        read = read_csv(
            path,
            part.columns,
            names,
            lowest=min(s.lowest for s in scales),
            highest=max(s.highest for s in scales),
            words={**{word: int(code) for word, code in WORDS.items()}, **_labels(part)},
        )
    except ValueError as error:
        raise InputProblem(f"{path}: {error}") from None
    if not len(read.codes):
        raise InputProblem(f"{path}: there are headings and no answers.")
    return part, read, notes


def _headings(path: Path) -> set[str]:
    if not path.is_file():
        raise InputProblem(f"{path}: there is no such file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {cell.strip() for cell in next(csv.reader([file.readline(1_000_000)]), [])}
    except (UnicodeDecodeError, csv.Error):
        raise InputProblem(f"{path}: this is not CSV in UTF-8. Save the file as CSV UTF-8.") from None


def _labels(instrument: Instrument) -> dict[str, int]:
    """The labels that mean one code on every scale of the instrument."""
    found: dict[str, set[int]] = {}
    for scale in dict.fromkeys(instrument.scale_of(item) for item in instrument.scored):
        for code in scale.allowed - {int(Blank.MISSING)}:
            found.setdefault(scale.label(code).lower(), set()).add(code)
    numbers = {label for label in found if label.isascii() and label.isdigit()}
    return {label: codes.pop() for label, codes in found.items() if len(codes) == 1 and label not in numbers}


def read_asked(path: Path, groupings: tuple[Grouping, ...]) -> dict[Grouping, dict[Grouping, int]]:
    """How many could have answered, by grouping and group, from a table with columns to group by and 'asked'. Numbers
    are added up for groupings by fewer columns. Raises `InputProblem`."""
    if not path.is_file():
        raise InputProblem(f"{path}: there is no such file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _asked(path, csv.DictReader(file), groupings)
    except (UnicodeDecodeError, csv.Error):
        raise InputProblem(f"{path}: this is not CSV in UTF-8. Save the file as CSV UTF-8.") from None


def _asked(
    path: Path, rows: csv.DictReader[str], groupings: tuple[Grouping, ...]
) -> dict[Grouping, dict[Grouping, int]]:
    headings = [heading.strip() for heading in rows.fieldnames or ()]
    rows.fieldnames = headings
    if "asked" not in headings:
        raise InputProblem(f"{path}: no column is headed 'asked'. Its headings are: {', '.join(headings)}.")
    names = tuple(dict.fromkeys(name for grouping in groupings for name in grouping if name in headings))
    found: dict[Grouping, dict[Grouping, int]] = {(): {(): 0}}
    seen: set[Grouping] = set()
    for row in rows:
        group = tuple((row[name] or "").strip() for name in names)
        asked = _whole(path, rows.line_num, row["asked"])
        if group in seen:
            raise InputProblem(f"{path}, line {rows.line_num}: {' · '.join(group)} stands here twice.")
        seen.add(group)
        found[()][()] += asked
        place = dict(zip(names, group, strict=True))
        for grouping in groupings:
            if set(grouping) <= set(names) and all(place[name] for name in grouping):
                sizes = found.setdefault(grouping, {})
                labels = tuple(place[name] for name in grouping)
                sizes[labels] = sizes.get(labels, 0) + asked
    return found


def _whole(path: Path, line: int, cell: str | None) -> int:
    text = (cell or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and int(text) <= MOST_PEOPLE):
        raise InputProblem(f"{path}, line {line}, column asked: '{text[:40]}' is not a number of people.")
    return int(text)
