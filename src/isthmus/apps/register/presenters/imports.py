"""Imports of register files as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from isthmus.apps.core import dates, numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.stories import tell, things
from isthmus.apps.register.models import Area, Dataset, ImportState, RegisterImport

tell(
    {
        "register.upload": "gave the file",
        "register.apply": "asked for it to be applied",
        "register.put_aside": "put it aside",
        "register.checked": "had the file checked",
        "register.stopped": "had the work stopped",
        "register.load_shipped": "brought in the schools that come with Isthmus",
        "register.build_demonstration": "made the fictional authority",
        "register.import": "wrote it to the register",
        "area.open": "opened the area",
        "area.make": "made the area",
        "area.change": "changed the area",
        "area.remove": "removed the area",
        "area.terms": "said when the terms are",
        "area.seed_themes": "took over the themes that the sources name",
        "area.theme": "wrote down a theme",
        "area.add_partner": "named an organisation that works with the area",
        "area.end_partner": "said that an organisation works with the area no more",
    }
)
things(
    "register.registerimport",
    lambda ids: {
        str(pk): (name, reverse("register:import", args=[pk]))
        for pk, name in RegisterImport.objects.filter(pk__in=ids).values_list("pk", "file_name")
    },
)
things(
    "register.area",
    lambda ids: {
        str(pk): (name, reverse("register:area", args=[pk]))
        for pk, name in Area.objects.filter(pk__in=ids).values_list("pk", "name")
    },
)


@dataclass(frozen=True)
class Found:
    """What a check found: a sentence, counts, and tables of changes and of rows to put right."""

    sentence: str
    counts: list[Fact]
    fields: Table | None
    examples: Table | None
    errors: Table | None
    warnings: Table | None


def imports_table(page: Listing[RegisterImport]) -> Table:
    """Every file that was given."""
    rows = [
        [
            Cell(kept.file_name, reverse("register:import", args=[kept.pk])),
            dates.in_words(kept.file_date),
            kept.get_state_display(),
            kept.by.name if kept.by else "From the command line",
            dates.moment_in_words(kept.created_at),
        ]
        for kept in page.page
    ]
    columns = [page.column("File", "file"), page.column("Dated"), page.column("State"), page.column("By")]
    return Table(numbers.count(page.total, "file"), [*columns, page.column("Given", "newest")], rows)


def sources_table(datasets: Iterable[Dataset]) -> Table:
    """Where facts come from, with licence and attribution."""
    rows = [[d.title, dates.in_words(d.date), d.licence, d.attribution] for d in datasets]
    columns = [Column("Source"), Column("Facts of"), Column("Licence"), Column("Attribution")]
    return Table("Where the facts come from", columns, rows, empty="No facts have been brought in yet.")


def found(kept: RegisterImport) -> Found | None:
    """What the check of a file found; None while it has not ended."""
    report: dict[str, Any] = kept.report
    if not report:
        return None
    return Found(
        _sentence(kept, report),
        _counts(report) if report["ok"] else [],
        _fields(report),
        _examples(report),
        _problems("To put right", report["errors"], report["error_count"]),
        _problems("Odd, and no hindrance", report["warnings"], report["warning_count"]),
    )


def _sentence(kept: RegisterImport, report: dict[str, Any]) -> str:
    if report["refused"]:
        return str(report["refused"])
    if report["error_count"]:
        wrong = numbers.count(report["error_count"], "thing")
        return f"{wrong} must be put right in the file first. Nothing was written."
    if kept.state == ImportState.APPLIED:
        return f"Applied on {dates.moment_in_words(kept.applied_at)}."
    if report["nothing_changes"]:
        return "The register holds all of this already. Nothing was changed."
    if kept.state == ImportState.PUT_ASIDE:
        return "Put aside. Nothing was written."
    return "The file is good. Nothing is written until you apply it."


def _counts(report: dict[str, Any]) -> list[Fact]:
    files = [
        f"{file['title']}, {numbers.count(file['rows'], 'row')}, "
        + (
            f"dated {dates.in_words(date.fromisoformat(file['date']))}"
            if file["date"]
            else "dated row by row"
        )
        for file in report["files"]
    ]
    facts = [
        Fact("What it is", files),
        Fact("New schools", numbers.whole(report["new"])),
        Fact("Schools with changes", numbers.whole(report["changed"])),
        Fact("Of them closed", numbers.whole(report["closed"])),
        Fact("Changes of headship noticed", numbers.whole(report["headships"])),
        Fact("Confirmed by a newer date", numbers.whole(report["confirmed"])),
        Fact("As they were", numbers.whole(report["unchanged"])),
        Fact("Trusts and federations", _new_and_changed(report["groups_new"], report["groups_changed"])),
        Fact(
            "Memberships of them",
            _new_and_changed(report.get("memberships_new", 0), report.get("memberships_changed", 0)),
        ),
        Fact("Links between schools", _new_and_changed(report["links_new"], report["links_changed"])),
    ]
    if report["areas_new"]:
        facts.append(Fact("New areas", report["areas_new"]))
    if report["unknown"]:
        facts.append(
            Fact("URNs that the register does not hold", f"{numbers.whole(report['unknown'])}, left out")
        )
    return facts


def _new_and_changed(new: int, changed: int) -> str:
    return f"{numbers.whole(new)} new, {numbers.whole(changed)} changed"


def _fields(report: dict[str, Any]) -> Table | None:
    if not report["fields"] or not report["ok"]:
        return None
    rows = []
    for field in report["fields"]:
        first = field["examples"][0]
        example = (
            f"{first['name']} ({first['urn']}): {first['before'] or 'not known'} → {first['after'] or 'none'}"
        )
        rows.append([field["label"], numbers.whole(field["count"]), example])
    columns = [Column("Fact"), Column("Changes", numeric=True), Column("For example")]
    return Table("What changes, fact by fact", columns, rows)


def _examples(report: dict[str, Any]) -> Table | None:
    rows = [["New", one["name"], one["urn"]] for one in report["new_examples"]]
    rows += [["Closed", one["name"], one["urn"]] for one in report["closed_examples"]]
    if not rows or not report["ok"]:
        return None
    return Table(
        "Some of the new and closed schools", [Column("What"), Column("School"), Column("URN")], rows
    )


def _problems(caption: str, problems: list[dict[str, Any]], count: int) -> Table | None:
    if not problems:
        return None
    rows = [
        [
            numbers.whole(p["row"]) if p["row"] else "whole file",
            p["column"] or "-",
            p["value"] or "empty",
            p["what_to_do"],
        ]
        for p in problems
    ]
    shown = f"{caption}: {numbers.whole(count)}"
    if count > len(problems):
        shown += f", the first {len(problems)} shown"
    return Table(
        shown, [Column("Row"), Column("Column"), Column("What stands there"), Column("What to do")], rows
    )
