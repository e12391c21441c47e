"""Two ways to group the same schools, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Fact, Table
from isthmus.apps.core.exports import Row
from isthmus.apps.core.listing import Listing, Order
from isthmus.apps.networks.adapters.compare import Compared, Side
from isthmus.apps.networks.presenters.asking import TERMS

SMALL_KM = 0.05
FILTERS = {
    "": "All schools",
    "moved": "In another network",
    "further": "Further from the others",
    "nearer": "Nearer to the others",
    "needs": "With a need that opens or is met",
}


@dataclass(frozen=True)
class SchoolCompared:
    """A school in both groupings."""

    urn: str
    name: str
    before: Side
    after: Side

    @property
    def km_more(self) -> float | None:
        """How much further it is from the others on average; None where it is alone in one of the two."""
        if self.before.km is None or self.after.km is None:
            return None
        return self.after.km - self.before.km

    @property
    def cost_more(self) -> float:
        """How much more of the objective it bears: below zero it gains."""
        return self.after.share - self.before.share

    @property
    def kept(self) -> int:
        """How many of those it was with before it is with after."""
        return len(self.before.mates & self.after.mates)

    @property
    def moved(self) -> bool:
        """Whether it is with other schools."""
        return (
            self.before.mates != self.after.mates or self.before.network is None or self.after.network is None
        )

    def fits(self, wanted: str) -> bool:
        """Whether it is of one of the `FILTERS`."""
        more = self.km_more or 0.0
        return {
            "moved": self.moved,
            "further": more > SMALL_KM,
            "nearer": more < -SMALL_KM,
            "needs": set(self.before.open_needs) != set(self.after.open_needs),
        }.get(wanted, True)


SORTS: dict[str, Order[SchoolCompared]] = {
    "gain": Order("Gain", lambda row: row.cost_more),
    "school": Order("School", lambda row: row.name.casefold()),
    "before": Order("Before", lambda row: row.before.network),
    "after": Order("After", lambda row: row.after.network),
    "further": Order("Further", lambda row: row.km_more),
    "kept": Order("Kept", lambda row: row.kept),
    "open": Order("Open", lambda row: len(row.after.open_needs)),
}
HEADER = (
    *("URN", "School", "Network before", "Network after", "Mean km before", "Mean km after"),
    *("Part of the objective before", "Part of the objective after", "Partners kept", "Partners before"),
    *("Partners after", "Needs open before", "Needs open after"),
)


def summary(told: Compared, rows: Sequence[SchoolCompared], names: tuple[str, str]) -> list[Fact]:
    """Who gains, who travels further, which needs are open, which pairs stay: the whole in a few lines."""
    one, other = told.objectives
    both = [row for row in rows if row.before.network and row.after.network]
    further = [row for row in both if (row.km_more or 0) > SMALL_KM]
    nearer = [row for row in both if (row.km_more or 0) < -SMALL_KM]
    gain = [row for row in both if row.cost_more < -SMALL_KM]
    give = [row for row in both if row.cost_more > SMALL_KM]
    facts = [
        Fact(
            "Objective",
            f"{numbers.decimal(one)} km in {names[0]}, {numbers.decimal(other)} km in {names[1]}: "
            f"{_change(other - one)}",
            note="smaller is better; by what this plan was asked for",
        ),
        Fact(
            "In another company",
            f"{numbers.count(sum(row.moved for row in rows), 'school')} of {len(rows):,}",
        ),
        Fact("Gain", f"{numbers.count(len(gain), 'school')}; {numbers.count(len(give), 'school')} give way"),
        Fact(
            "Journeys",
            f"further for {numbers.count(len(further), 'school')}{_most(further)}, nearer for {len(nearer):,}",
        ),
        Fact(
            "Pairs kept",
            f"{told.kept:,} of {numbers.count(told.pairs[0], 'pair')} stay together; {names[1]} has {told.pairs[1]:,}",
        ),
    ]
    if any(row.before.open_needs or row.after.open_needs for row in rows):
        was, now = (sum(len(getattr(row, side).open_needs) for row in rows) for side in ("before", "after"))
        facts.append(Fact("Needs that nobody meets", f"{was:,} in {names[0]}, {now:,} in {names[1]}"))
    for side, text in (("before", names[0]), ("after", names[1])):
        missing = sum(getattr(row, side).network is None for row in rows)
        if missing:
            note = "they cost nothing there, so the two objectives are not of the same schools"
            facts.append(Fact(f"In no network of {text}", numbers.count(missing, "school"), note=note))
    terms = dict.fromkeys([*told.terms[0], *told.terms[1]])
    if len(terms) > 1:
        parts = [
            f"{TERMS.get(name, name)}: {_change(told.terms[1].get(name, 0) - told.terms[0].get(name, 0))}"
            for name in terms
        ]
        facts.append(Fact("Of the objective", parts))
    return facts


def _most(further: Sequence[SchoolCompared]) -> str:
    if not further:
        return ""
    row = max(further, key=lambda row: (row.km_more or 0, row.name))
    return f" (most for {row.name}, {numbers.decimal(row.km_more, 1, 'km')} more)"


def _change(km: float) -> str:
    if abs(km) < SMALL_KM:
        return "about the same"
    return f"{numbers.decimal(abs(km))} km {'more' if km > 0 else 'less'}"


def table(
    page: Listing[SchoolCompared], names: tuple[str, str], urls: dict[str, str], *, needs: bool
) -> Table:
    """The schools of the comparison, a page of them; with their needs for those who may know of them."""
    columns = [
        page.column("School", "school"),
        page.column(names[0], "before"),
        page.column(names[1], "after"),
        page.column("Journey", "further"),
        page.column("Its part of the objective", "gain"),
        page.column("Partners kept", "kept"),
        *([page.column("Needs open", "open")] if needs else []),
    ]
    rows = [
        (
            Cell(row.name, url=urls.get(row.urn, "")),
            row.before.network or "no network",
            row.after.network or "no network",
            _journey(row),
            "–" if row.before.network is None or row.after.network is None else _change(row.cost_more),
            f"{row.kept} of {len(row.before.mates)}",
            *([_needs(row)] if needs else []),
        )
        for row in page.page
    ]
    return Table(numbers.count(page.total, "school"), columns, rows)


def _journey(row: SchoolCompared) -> str:
    if row.km_more is None:
        return "–"
    before, after = (numbers.decimal(side.km) for side in (row.before, row.after))
    return f"{before} to {after} km: {_change(row.km_more)}"


def _needs(row: SchoolCompared) -> str:
    met = [theme for theme in row.before.open_needs if theme not in row.after.open_needs]
    opened = [theme for theme in row.after.open_needs if theme not in row.before.open_needs]
    still = len(row.after.open_needs) - len(opened)
    said = [f"met: {', '.join(met)}"] if met else []
    said += [f"opens: {', '.join(opened)}"] if opened else []
    said += [f"{still} still open"] if still else []
    return "; ".join(said) or "none"


def without_needs(row: SchoolCompared) -> SchoolCompared:
    """The row as those read it who may not know what schools need."""
    return replace(row, before=replace(row.before, open_needs=()), after=replace(row.after, open_needs=()))


def rows_for_file(rows: Sequence[SchoolCompared]) -> list[Row]:
    """A row a school for a spreadsheet."""
    return [
        (
            *(
                row.urn,
                row.name,
                row.before.network,
                row.after.network,
                _round(row.before.km),
                _round(row.after.km),
            ),
            *(_round(row.before.share), _round(row.after.share), row.kept, len(row.before.mates)),
            *(len(row.after.mates), "; ".join(row.before.open_needs), "; ".join(row.after.open_needs)),
        )
        for row in rows
    ]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
