"""Lists of people who are asked by links, by their sizes; who of them answered is nowhere to be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.core.numbers import NOT_AVAILABLE, count
from isthmus.apps.surveys.adapters import sampling
from isthmus.apps.surveys.models import Invited, Roster, Wave, WaveSchool, Who
from isthmus.apps.surveys.queries.rosters import Sizes

SORTS = {"school": Sort("School", ("organisation__sort_name", "organisation__name"))}
MARGINS = (0.1, 0.07, 0.05, 0.03)


def points(margin: float | None) -> str:
    """'± 4.9 points'."""
    return NOT_AVAILABLE if margin is None else f"± {margin * 100:.1f} points"


def schools_table(
    page: Listing[WaveSchool], wave: Wave, rosters: Mapping[int, Roster], sizes: Mapping[int, Sizes]
) -> Table:
    """Each school with its list and how far it is."""
    columns = [
        page.column("School", "school"), page.column("List"), page.column("People", numeric=True),
        page.column("Asked", numeric=True),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for school in page.page:
        roster, size = rosters.get(school.pk), sizes.get(school.pk)
        if roster and roster.sent:
            state = Cell("Links sent", tag="green")
        elif size:
            state = Cell("Given", tag="blue")
        else:
            state = Cell("The school is asked for it" if roster and roster.by_school else "None", tag="grey")
        url = reverse("surveys:links_list", args=[wave.pk, school.pk])
        row = (Cell(school.organisation.name, url=url), state)
        rows.append((*row, size.people if size else 0, size.asked if size else 0))
    return Table(count(page.total, "school or organisation", "schools and organisations"), columns, rows)


@dataclass(frozen=True)
class Stand:
    """How a wave's lists stand."""

    facts: list[Fact]
    people: int
    asked: int


def stand(people: Sequence[Invited], rosters: Iterable[Roster], response: float) -> Stand:
    """How many are on the lists, how many of them are asked, and what can be said of all from their answers."""
    population = sampling.strata(people)
    drawn = sampling.strata(one for one in people if one.drawn)
    if not people:
        return Stand([Fact("On the lists", "Nobody yet")], 0, 0)
    facts = [
        Fact("On the lists", f"{count(len(people), 'person', 'people')} of {_schools(population)}"),
        Fact("Asked", _asked(sum(drawn.values()), len(people))),
    ]
    whole, some = (sampling.margin(drawn, population, share) for share in (1.0, response))
    facts.append(Fact("Margin of error if all of them answer", points(whole)))
    facts.append(Fact(f"If {response:.0%} of them answer", points(some)))
    reminded = [one for one in rosters if one.reminders]
    if reminded:
        last = max(one.reminded_on for one in reminded if one.reminded_on)
        number = max(one.reminders for one in reminded)
        facts.append(Fact("Reminders", f"{number}, the last on {in_words(last)}"))
    return Stand(facts, len(people), sum(drawn.values()))


def _schools(population: sampling.Counts) -> str:
    return count(len({key[0] for key in population if isinstance(key, tuple)}), "school")


def _asked(asked: int, people: int) -> str:
    return "Everybody" if asked == people else f"{asked:,} of {people:,}, drawn at random"


def margins_table(population: sampling.Counts, at_least: int) -> Table:
    """How many answers give which margin of error."""
    total = sum(population.values())
    rows = [
        (points(wished), min(total, sampling.total_for(population, wished, 1.0, at_least)))
        for wished in MARGINS
    ]
    return Table(
        "How many answers a margin of error needs",
        [Column("Margin of error"), Column("Answers", numeric=True)],
        rows,
    )


def strata_table(
    population: sampling.Counts, asked: sampling.Counts, schools: Mapping[int, WaveSchool]
) -> Table:
    """How many of each group are drawn."""
    columns = [
        Column("School"),
        Column("Role"),
        Column("Group"),
        *(Column(n, numeric=True) for n in ("People", "Asked")),
    ]
    rows = []
    for key, people in population.items():
        if isinstance(key, tuple):
            school, who, stratum = key
            name = schools[school].organisation.name
            rows.append((name, str(Who(who).label), stratum or "–", people, asked.get(key, 0)))
    rows.sort(key=lambda row: row[:3])
    return Table("Who would be asked", columns, rows)


def list_facts(people: Sequence[Invited]) -> list[Fact]:
    """How many of each role a list names."""
    roles = Counter(one.who for one in people)
    return [Fact(str(Who(who).label), f"{roles[who]:,}") for who in Who.values if roles[who]]
