"""Competition, ties and spreadsheets as pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing, Order
from isthmus.apps.needs.models import (
    Competition,
    Estimate,
    FileState,
    GivenFile,
    Over,
    Tie,
    TieKind,
    What,
)
from isthmus.apps.register.models import Area, Organisation

TIE_WORDS = {
    TieKind.FEEDER: "feeder",
    TieKind.SHARED_STAFF: "shared staff",
    TieKind.JOINT_WORK: "joint work",
    TieKind.OTHER: "other",
}


@dataclass(frozen=True)
class PairRow:
    """Two schools, as recorded, as estimated, or both; what was recorded counts."""

    first: Organisation
    second: Organisation
    over: str
    recorded: Competition | None = None
    estimate: Estimate | None = None

    @property
    def competes(self) -> bool:
        return self.recorded.competes if self.recorded else True

    @property
    def words(self) -> str:
        """How it is known, and what follows."""
        if self.recorded is None:
            return "Estimate"
        return "Recorded" if self.recorded.competes else "Recorded: they do not"


def pair_rows(recorded: Sequence[Competition], estimates: Sequence[Estimate]) -> list[PairRow]:
    """One row for each pair and what they compete for."""
    guessed = {(one.first_id, one.second_id): one for one in estimates}
    rows = []
    for one in recorded:
        guess = guessed.pop((one.first_id, one.second_id), None) if one.over == Over.PUPILS else None
        rows.append(PairRow(one.first, one.second, one.over, one, guess))
    rows += [PairRow(one.first, one.second, Over.PUPILS, None, one) for one in guessed.values()]
    return sorted(rows, key=lambda row: (row.first.sort_name, row.second.sort_name, row.over))


PAIR_ORDERS: dict[str, Order[PairRow]] = {
    "first": Order("First school", lambda row: row.first.sort_name),
    "second": Order("Second school", lambda row: row.second.sort_name),
    "index": Order("Estimate", lambda row: row.estimate.index if row.estimate else None),
    "km": Order("Apart", lambda row: row.estimate.km if row.estimate else None),
}
PAIR_FILTERS = {
    "recorded": "Recorded",
    "estimate": "Estimated only",
    "no": "Recorded that they do not",
    "staff": "For staff",
}


def fitting_pairs(rows: Sequence[PairRow], *, text: str, only: str) -> list[PairRow]:
    """The pairs that a search and a filter leave."""
    words = text.lower().split()

    def fits(row: PairRow) -> bool:
        kept = {
            "recorded": row.recorded is not None,
            "estimate": row.recorded is None,
            "no": not row.competes,
            "staff": row.over == Over.STAFF,
        }.get(only, True)
        names = [f"{one.name} {one.urn} {one.town}".lower() for one in (row.first, row.second)]
        return kept and (not words or any(all(word in name for word in words) for name in names))

    return [row for row in rows if fits(row)]


def pairs_table(area: Area, page: Listing[PairRow]) -> Table:
    """Pairs of schools that may compete."""
    columns = [
        page.column("First school", "first"),
        page.column("Second school", "second"),
        page.column("For"),
        page.column("How it is known"),
        page.column("Why, or the parts of the estimate", "index"),
        page.column("Apart", "km", numeric=True),
        page.column("Change"),
    ]
    rows = [
        [
            row.first.name,
            row.second.name,
            str(Over(row.over).label).lower(),
            row.words,
            _why(row),
            numbers.decimal(row.estimate.km, 1, "km") if row.estimate else None,
            _change(area, row),
        ]
        for row in page.page
    ]
    return Table(numbers.count(page.total, "pair"), columns, rows)


def _change(area: Area, row: PairRow) -> Cell:
    about = f"{row.first.name} and {row.second.name}"
    if row.recorded:
        end = reverse("needs:competition_end", args=[area.pk, row.recorded.pk])
        return Cell("No longer so", end, about=about)
    query = f"?first={row.first.urn}&second={row.second.urn}"
    return Cell("Record what you know", reverse("needs:competition_new", args=[area.pk]) + query, about=about)


def _why(row: PairRow) -> str:
    parts = []
    if row.recorded:
        by = row.recorded.said_by.name if row.recorded.said_by else "Isthmus"
        role = f" ({row.recorded.said_as.lower()})" if row.recorded.said_as else ""
        parts.append(f"{row.recorded.reason}. {by}{role}, {in_words(row.recorded.said_on)}.")
    if row.estimate:
        parts.append(estimate_words(row.estimate, row.first, row.second))
    return " ".join(parts)


def estimate_words(one: Estimate, first: Organisation, second: Organisation) -> str:
    """The estimate with its parts."""
    words = (
        f"Estimate {one.index:.2f}: by size and distance alone, {second.name} may draw {round(one.of_first * 100)} "
        f"of 100 pupils at the door of {first.name}, and the other way round {round(one.of_second * 100)}; "
        f"{round(one.shared_ages * 100)}% of ages shared."
    )
    return (
        f"{words} A number of pupils was not known, so the usual one was taken."
        if one.size_assumed
        else words
    )


def pair_export(rows: Sequence[PairRow]) -> Iterator[Row]:
    """The pairs in the columns of the template; an estimate says so in its reason and can be told by its last cell."""
    for row in rows:
        estimate = estimate_words(row.estimate, row.first, row.second) if row.estimate else ""
        names = (row.first.urn, row.first.name, row.second.urn, row.second.name, row.over)
        said = ("yes" if row.competes else "no", row.recorded.reason if row.recorded else "")
        yield (*names, *(said if row.recorded else ("", "")), estimate)


def ties_table(area: Area, page: Listing[Tie], *, manage: bool) -> Table:
    """The ties of an area."""
    columns = [
        page.column("First school", "first"),
        page.column("Tie", "kind"),
        page.column("Second school", "second"),
        page.column("What exactly"),
        page.column("From", "since"),
        page.column("Recorded by"),
        *([page.column("Change")] if manage else []),
    ]
    rows = []
    for tie in page.page:
        by = tie.said_by.name if tie.said_by else "Isthmus"
        role = f" ({tie.said_as.lower()})" if tie.said_as else ""
        cells: list[object] = [
            tie.first.name,
            str(TieKind(tie.kind).label),
            tie.second.name,
            tie.note or "–",
            in_words(tie.since) if tie.since else None,
            f"{by}{role}, {in_words(tie.said_on)}",
        ]
        if manage:
            url = reverse("needs:tie", args=[area.pk, tie.pk])
            cells.append(Cell(f"Change {tie.first.name} and {tie.second.name}", url))
        rows.append(cells)
    return Table(numbers.count(page.total, "tie"), columns, rows)


def tie_rows(ties: Sequence[Tie]) -> Iterator[Row]:
    """The ties in the columns of the template."""
    for tie in ties:
        days = (f"{day:%d/%m/%Y}" if day else "" for day in (tie.since, tie.until))
        first, second = tie.first, tie.second
        yield (TIE_WORDS[TieKind(tie.kind)], first.urn, first.name, second.urn, second.name, tie.note, *days)


def files_table(page: Listing[GivenFile], address: str) -> Table:
    """Spreadsheets that were given."""
    rows = [
        [
            Cell(kept.file_name, reverse(address, args=[kept.area_id, kept.pk])),
            str(What(kept.what).label),
            str(kept.get_state_display()),
            kept.by.name if kept.by else "Isthmus",
            moment_in_words(kept.created_at),
        ]
        for kept in page.page
    ]
    columns = [page.column("File", "file"), page.column("What it holds"), page.column("State")]
    columns += [page.column("By"), page.column("Given", "newest")]
    return Table(numbers.count(page.total, "file"), columns, rows)


@dataclass(frozen=True)
class Found:
    """What was found in a spreadsheet: a sentence, counts, and a table of mistakes."""

    sentence: str
    counts: list[Fact]
    problems: Table | None


def found_in(kept: GivenFile) -> Found:
    """What a spreadsheet holds, as its page says it."""
    report: dict[str, Any] = kept.report
    if report.get("refused"):
        return Found(str(report["refused"]), [], None)
    problems = _problems(report["problems"], report["problem_count"])
    counts = [
        Fact("Rows", numbers.whole(report["rows"])),
        Fact("New", numbers.whole(report["new"])),
        Fact("Changed", numbers.whole(report["changed"])),
        Fact("As they were", numbers.whole(report["unchanged"])),
        Fact("Columns", ", ".join(dict.fromkeys(report["headings"].values()))),
    ]
    return Found(_sentence(kept, report["problem_count"]), [] if problems else counts, problems)


def _sentence(kept: GivenFile, wrong: int) -> str:
    if wrong:
        return f"{numbers.count(wrong, 'thing')} must be put right in the file first. Nothing was written."
    return {
        FileState.CHECKED: "The file is good. Nothing is written until you apply it.",
        FileState.APPLIED: "Applied.",
        FileState.UNCHANGED: "All of this is known already. Nothing was changed.",
        FileState.PUT_ASIDE: "Put aside. Nothing was written.",
    }.get(FileState(kept.state), "Nothing was written.")


def _problems(problems: Sequence[dict[str, Any]], total: int) -> Table | None:
    if not problems:
        return None
    rows = [
        [numbers.whole(one["row"]), one["column"], one["value"] or "empty", one["what_to_do"]]
        for one in problems
    ]
    shown = f"To put right: {numbers.whole(total)}"
    if total > len(problems):
        shown += f", the first {len(problems)} shown"
    heads = ("Row", "Column", "What stands there", "What to do")
    return Table(shown, [Column(head) for head in heads], rows)


def estimated_words(day: date | None) -> str:
    """When the estimate was made."""
    return f"Estimated on {in_words(day)}." if day else "Nothing was estimated yet."
