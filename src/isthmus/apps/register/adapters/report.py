"""What an import found, for people and as JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from isthmus.apps.register.adapters.records import Problems
from isthmus.apps.register.facts import FACTS, MEASURES

MOST_EXAMPLES = 5


@dataclass
class FieldChanges:
    """How often one fact changed, with a few examples."""

    count: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)


@dataclass
class FileReport:
    """What one file is."""

    name: str
    kind: str
    title: str
    date: dt.date | None
    rows: int
    left_out: int


@dataclass
class ImportReport:
    """What is or would be new, changed and closed, and every row that is wrong.

    `refused` says why nothing can be written; it is empty where the files are good.
    """

    refused: str = ""
    applied: bool = False
    files: list[FileReport] = field(default_factory=list)
    errors: Problems = field(default_factory=Problems)
    warnings: Problems = field(default_factory=Problems)
    new: int = 0
    new_examples: list[dict[str, str]] = field(default_factory=list)
    changed: int = 0
    confirmed: int = 0
    unchanged: int = 0
    closed: int = 0
    closed_examples: list[dict[str, str]] = field(default_factory=list)
    unknown: int = 0
    headships: int = 0
    groups_new: int = 0
    groups_changed: int = 0
    groups_confirmed: int = 0
    memberships_new: int = 0
    memberships_changed: int = 0
    links_new: int = 0
    links_changed: int = 0
    areas_new: list[str] = field(default_factory=list)
    fields: dict[str, FieldChanges] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the files can be (or were) written."""
        return not self.refused and not self.errors.count

    @property
    def nothing_changes(self) -> bool:
        """Whether writing the files would leave the register as it is."""
        schools = (self.new, self.changed, self.confirmed, self.memberships_new, self.memberships_changed)
        groups = (self.groups_new, self.groups_changed, self.groups_confirmed)
        return not any((*schools, *groups, self.links_new, self.links_changed, self.areas_new))

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        plain = ("refused", "applied", "new", "new_examples", "changed", "confirmed", "unchanged", "closed")
        more = ("closed_examples", "unknown", "headships", "groups_new", "groups_changed", "groups_confirmed")
        return {
            "ok": self.ok,
            "nothing_changes": self.nothing_changes,
            **{
                name: getattr(self, name)
                for name in (*plain, *more, "links_new", "links_changed", "areas_new")
            },
            "memberships_new": self.memberships_new,
            "memberships_changed": self.memberships_changed,
            "seconds": round(self.seconds, 1),
            "files": [
                {**vars(file), "date": file.date.isoformat() if file.date else None} for file in self.files
            ],
            "error_count": self.errors.count,
            "errors": [problem.as_dict() for problem in self.errors.kept],
            "warning_count": self.warnings.count,
            "warnings": [problem.as_dict() for problem in self.warnings.kept],
            "fields": [
                {"fact": name, "label": fact_label(name), "count": found.count, "examples": found.examples}
                for name, found in sorted(self.fields.items(), key=lambda item: (-item[1].count, item[0]))
            ],
        }

    def lines(self) -> list[str]:
        """The report in words, for a terminal."""
        if self.refused:
            return [self.refused]
        said = [f"{file.name}: {file.title}, {file.rows:,} rows" for file in self.files]
        for problem in self.errors.kept:
            where = f"{problem.file}, row {problem.row}, column {problem.column}"
            said.append(f"{where}: '{problem.value[:60]}' - {problem.what_to_do}.")
        if self.errors.count:
            hidden = self.errors.count - len(self.errors.kept)
            said += [f"and {hidden:,} more."] if hidden else []
            return [*said, f"{self.errors.count:,} to put right. Nothing was written."]
        said.append(
            f"Schools: {self.new:,} new, {self.changed:,} changed, {self.closed:,} of them closed, "
            f"{self.confirmed:,} confirmed by a newer date, {self.unchanged:,} as they were."
        )
        said += [
            f"  {fact_label(name)}: {found.count:,} changed" for name, found in sorted(self.fields.items())
        ]
        if self.groups_new or self.groups_changed or self.groups_confirmed:
            said.append(
                f"Trusts and federations: {self.groups_new:,} new, {self.groups_changed:,} changed, "
                f"{self.groups_confirmed:,} confirmed by a newer date."
            )
        if self.memberships_new or self.memberships_changed:
            said.append(
                f"Memberships of them: {self.memberships_new:,} new, {self.memberships_changed:,} ended or dated anew."
            )
        if self.links_new or self.links_changed:
            said.append(f"Links: {self.links_new:,} new, {self.links_changed:,} changed.")
        if self.unknown:
            said.append(f"{self.unknown:,} rows are about URNs that the register does not hold; left out.")
        about_files = [problem for problem in self.warnings.kept if problem.row == 0]
        said += [f"{problem.file}: {problem.what_to_do}." for problem in about_files]
        if odd := self.warnings.count - len(about_files):
            said.append(f"{odd:,} odd values were left out.")
        return said


def fact_label(name: str) -> str:
    """What a fact is called."""
    if name.startswith("measure:"):
        return MEASURES[name.removeprefix("measure:")].label
    return FACTS[name].label
