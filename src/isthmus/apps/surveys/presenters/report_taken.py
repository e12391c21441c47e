"""What of a report is shown to somebody: one group with all that is said of it, the same on its page and in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from isthmus.apps.core.components import Column, Fact, Table
from isthmus.apps.surveys.adapters import comparing, results, together
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.adapters.results import Group, Part, Report
from isthmus.apps.surveys.models import Wave
from isthmus.apps.surveys.presenters import report as page

BETWEEN = Column("Probably between", numeric=True)
HALF = "Fewer than half of its questions have a mean that may be shown."


@dataclass(frozen=True)
class Taken:
    """One group of a wave, by its `number` in the report. `digest` is the mark of the whole frozen report.

    `all_schools` says whether the viewer is shown every school; `earlier` is the wave before; `together` the frozen
    figures of all answers together; `comments` each question with what is shown of its comments.
    """

    wave: Wave
    instrument: Instrument
    report: Report
    digest: str
    number: int
    all_schools: bool = False
    earlier: page.Earlier | None = None
    together: Sequence[dict[str, Any]] = ()
    comments: Sequence[tuple[str, Sequence[str]]] = field(default=())

    @property
    def group(self) -> Group:
        """The group itself."""
        return self.report.lines[self.number].group

    @property
    def whole(self) -> bool:
        """Whether the group is everybody."""
        return self.number == 0

    @property
    def name(self) -> str:
        """'Ash Lane: staff'."""
        return page.name_of(self.group)

    @property
    def title(self) -> str:
        """Of the document, and of the file."""
        return f"Report of {self.wave.name}"

    @cached_property
    def parts(self) -> list[Part]:
        """The sections as this group answered them."""
        return results.parts(self.report, self.instrument, self.group)

    @cached_property
    def beside(self) -> list[Group]:
        """What the group is laid beside: all, or those who make all up."""
        whole = self.report.lines[0].group
        return results.people_groups(self.report, self.group) if self.whole else [whole]

    @cached_property
    def sections(self) -> Table:
        """The table of sections, the group beside all or beside those who make it up."""
        return page.sections_table(self.report, self.instrument, self.group, self.beside)

    @property
    def facts(self) -> list[Fact]:
        """On how many answers it stands and from when."""
        return page.facts(self.wave, self.report, self.group)

    @cached_property
    def ranked(self) -> page.Ranked:
        """What stands out."""
        return page.ranked(self.parts)

    @cached_property
    def change(self) -> Table | None:
        """What changed since the wave before."""
        if self.earlier is None:
            return None
        return page.change_table(self.report, self.instrument, self.group, self.earlier)

    @cached_property
    def kept_back(self) -> list[str]:
        """Which sections' means leave questions out, and how much of each kind of figure is not shown, in words."""
        found = []
        for part in self.parts:
            if part.mean.value is None and part.mean.text == "[c]":
                found.append(f"{part.title}: no mean. {HALF}")
            elif part.mean.why:
                found.append(f"{part.title}: {part.mean.why}.")
        hidden = [line for line in self.report.lines if not line.shown]
        if hidden and self.all_schools:
            found.append(f"{len(hidden)} of {len(self.report.lines)} groups have no results of their own.")
        return found

    @cached_property
    def by_people(self) -> Table | None:
        """Sections when each school counts by its people."""
        told = (
            comparing.by_people(self.report, self.instrument, self.group)
            if self.all_schools or self.whole
            else {}
        )
        rows = [
            [part.title, part.mean.text, told[part.id][0].text, told[part.id][0].between or "[x]",
             f"{told[part.id][1]} of {told[part.id][2]}"]
            for part in self.parts
            if part.id in told
        ]  # fmt: skip
        columns = [
            Column("Section"),
            Column("Each answer counts the same", numeric=True),
            Column("Each school by its people", numeric=True),
            BETWEEN,
            Column("Schools", numeric=True),
        ]
        return Table("If every school had answered alike", columns, rows) if rows else None

    @cached_property
    def schools(self) -> Table | None:
        """Schools beside each other, for whoever is shown all of them."""
        found = (
            comparing.schools_beside(self.report, self.instrument) if self.whole and self.all_schools else []
        )
        rows = [
            [
                page.name_of(one.group),
                one.base,
                one.mean.text,
                one.drawn.text,
                one.drawn.between or "[x]",
                "More than chance" if one.differs else "May be chance",
            ]
            for one in found
        ]
        columns = [
            Column("School"),
            Column("Answers", numeric=True),
            Column("Mean of its sections", numeric=True),
            Column("Drawn towards all", numeric=True),
            BETWEEN,
            Column("Differs from all"),
        ]
        return Table("Schools beside each other", columns, rows, caption_hidden=True) if rows else None

    @cached_property
    def agreement(self) -> Table | None:
        """How far questions go together and people agree, for everybody together."""
        each: dict[str, dict[str, dict[str, Any]]] = {}
        for one in self.together if self.whole else ():
            each.setdefault(one["section"], {})[one["name"]] = one
        titles = {section.id: section.title for section in self.instrument.sections}
        rows = []
        for section, figures in each.items():
            known = [one for one in figures.values() if one["low"] is not None]
            words = [together.in_words(one["name"], one["low"], one["high"]) for one in known]
            whys = dict.fromkeys(f"{one['why']}." for one in figures.values() if one["low"] is None)
            shown = [
                f"{one['low']:.1f} to {one['high']:.1f}" if one in known else "[x]"
                for one in (figures[name] for name in together.NAMES)
            ]
            said = (
                " ".join([*filter(None, words), *whys]) or "None of them is clearly above or below its bound."
            )
            rows.append([titles[section], *shown, said])
        columns = [Column("Section"), *(Column(name, numeric=True) for name in together.NAMES.values())]
        return (
            Table("How far answers go together", [*columns, Column("What it means")], rows) if rows else None
        )

    @property
    def more(self) -> list[tuple[str, str, Table]]:
        """The tables beside those of sections and questions: heading, what it is, table."""
        found = [
            ("What changed", CHANGED, self.change),
            ("Each school by its people", BY_PEOPLE, self.by_people),
            ("Schools beside each other", BESIDE, self.schools),
            ("How far answers go together", TOGETHER, self.agreement),
        ]
        return [(heading, text, table) for heading, text, table in found if table is not None]


CHANGED = (
    "The two waves did not ask who answered before, so they are compared as two sets of people. The interval is wider "
    "than it would be for the same people."
)
BY_PEOPLE = (
    "Where one school answered more than another, it counts for more in the plain mean. Here each school counts by how "
    "many people it has, not by how many of them answered. It is worked out from the schools’ means that may be shown."
)
BESIDE = (
    "Means of small groups are further from the middle by chance alone, so each is drawn towards the mean of all by as "
    "much as it is uncertain; the order is that of the drawn means. ‘More than chance’ is said with all schools "
    "compared at once, so that even one is named wrongly in 5 of 100 questionnaires at most."
)
TOGETHER = (
    "Alpha says whether the questions of a section go together, rwg(j) whether people of one school agree, ICC(1) "
    "whether schools differ, ICC(2) whether schools’ means can be relied on. They are of everybody together, as ranges "
    "of tenths that no few people could move. What a figure means is said where it is clearly above or below its usual "
    "bound (0.7; ICC(1): 0.1), which is a convention. [x] is not available."
)
