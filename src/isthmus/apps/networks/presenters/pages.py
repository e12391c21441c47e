"""A network's own page, the list of networks, and spreadsheets of memberships, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from isthmus.apps.core import numbers
from isthmus.apps.core.components import Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words, today
from isthmus.apps.core.listing import Listing
from isthmus.apps.networks.forms.existing import DEPTH_WORDS, DRIVER_WORDS
from isthmus.apps.networks.models import (
    Depth,
    Driver,
    MemberRole,
    Membership,
    MembershipImport,
    Network,
    NetworkState,
    UploadState,
)
from isthmus.apps.networks.presenters.rows import organisation_url, where
from isthmus.apps.register.models import Organisation

NOT_SAID = "Not said yet"


def networks_list(page: Listing[Network]) -> Table:
    """Networks of several areas."""
    columns = [
        page.column("Network", "name"),
        page.column("Layer", "layer"),
        page.column("Area", "area"),
        page.column("State"),
    ]
    rows = [
        [
            Cell(network.name, reverse("networks:network", args=[network.pk])),
            network.layer.name,
            network.layer.area.name,
            state(network),
        ]
        for network in page.page
    ]
    return Table(numbers.count(page.total, "network"), columns, rows)


def state(network: Network) -> str:
    """Where a network stands, with the day where it ended."""
    if network.state == NetworkState.DISSOLVED:
        return f"Dissolved on {in_words(network.ends)}"
    return str(network.get_state_display())


def visitor_facts(network: Network) -> list[Fact]:
    """What anybody may see of a public network."""
    return [
        Fact("What it is for", network.purpose or NOT_SAID),
        Fact("Layer", network.layer.name),
        Fact("How firmly it is bound", str(network.get_form_display())),
        Fact("Since", in_words(network.starts) if network.starts else None),
        Fact("State", state(network)),
    ]


def member_facts(network: Network) -> list[Fact]:
    """What members and the area see besides."""
    driver = DRIVER_WORDS[Driver(network.driver)] if network.driver else NOT_SAID
    depth = DEPTH_WORDS[Depth(network.depth)] if network.depth else NOT_SAID
    review = in_words(network.review_on) if network.review_on else NOT_SAID
    if network.review_on and network.review_on < today() and network.state == NetworkState.ACTIVE:
        review += ": the day has passed"
    return [
        *visitor_facts(network),
        Fact("What drives it", [driver, *([network.initiative] if network.initiative else [])]),
        Fact("How deep it means to be", depth),
        Fact("Next review", review),
        Fact("Who may see it", "Anybody" if network.public else "Its members and the area"),
    ]


@dataclass(frozen=True)
class Members:
    """Members of today, with partners of other kinds apart, and those of before."""

    now: Table
    before: Table | None
    total: int


def members(rows: Sequence[Membership], *, reasons: bool, manage: bool) -> Members:
    """Who is in a network. `reasons` shows why people joined and left, `manage` links to change each."""
    day = today()
    there = [row for row in rows if row.until is None or row.until >= day]
    gone = sorted((row for row in rows if row not in there), key=lambda row: row.until or day, reverse=True)
    now = _members_table(
        numbers.count(len(there), "member"), there, reasons=reasons, manage=manage, past=False
    )
    past = _members_table("Before", gone, reasons=reasons, manage=manage, past=True) if gone else None
    return Members(now, past, len(there))


def _members_table(
    caption: str, rows: Sequence[Membership], *, reasons: bool, manage: bool, past: bool
) -> Table:
    heads = ["Member", "What and where", "Part", "From", *(["To"] if past else [])]
    if reasons:
        heads += ["Why they joined", *(["Why they left"] if past else [])]
    columns = [Column(head) for head in heads] + ([Column("Change")] if manage else [])
    body = []
    for row in rows:
        cells: list[object] = [
            Cell(row.organisation.name, organisation_url(row.organisation)),
            where(row.organisation),
            str(row.role_label),
            in_words(row.since) if row.since else None,
        ]
        cells += [in_words(row.until)] if past else []
        if reasons:
            cells += [row.why_joined or NOT_SAID, *([row.why_left or NOT_SAID] if past else [])]
        if manage:
            url = reverse("networks:membership", args=[row.network_id, row.pk])
            cells.append(Cell(f"Change {row.organisation.name}", url))
        body.append(cells)
    return Table(caption, columns, body, empty="Nobody is in this network yet.")


def members_of_today(rows: Sequence[Membership]) -> Table:
    """What a visitor sees: schools and partners of today with their part; no dates, no reasons."""
    columns = [Column("Member"), Column("What and where"), Column("Part")]
    day = today()
    there = [row for row in rows if row.until is None or row.until >= day]
    there = [row for row in there if row.since is None or row.since <= day]
    body = [[row.organisation.name, where(row.organisation), str(row.role_label)] for row in there]
    return Table(numbers.count(len(body), "member"), columns, body, empty="Nobody is in this network now.")


def found_table(found: Sequence[Organisation]) -> Table:
    """Organisations that a search found."""
    rows = [[Cell(one.name, organisation_url(one)), one.urn, where(one)] for one in found]
    return Table("Found", [Column("Name"), Column("URN"), Column("What and where")], rows)


def uploads_table(page: Listing[MembershipImport]) -> Table:
    """Spreadsheets that were given."""
    rows = [
        [
            Cell(kept.file_name, reverse("networks:upload", args=[kept.area_id, kept.pk])),
            str(kept.get_state_display()),
            kept.by.name if kept.by else "Isthmus",
            moment_in_words(kept.created_at),
        ]
        for kept in page.page
    ]
    columns = [page.column("File", "file"), page.column("State"), page.column("By")]
    return Table(numbers.count(page.total, "file"), [*columns, page.column("Given", "newest")], rows)


@dataclass(frozen=True)
class Found:
    """What was found in a spreadsheet: a sentence, counts, and tables of mistakes and of odd things."""

    sentence: str
    counts: list[Fact]
    problems: Table | None
    warnings: Table | None


def found_in(kept: MembershipImport) -> Found:
    """What a spreadsheet holds, as its page says it."""
    report: dict[str, Any] = kept.report
    if report.get("refused"):
        return Found(str(report["refused"]), [], None, None)
    counts = [
        Fact("Rows", numbers.whole(report["rows"])),
        Fact("New memberships", numbers.whole(report["new"])),
        Fact("Memberships that change", numbers.whole(report["changed"])),
        Fact("As they were", numbers.whole(report["unchanged"])),
        Fact("New layers", ", ".join(report["layers_new"]) or "none"),
        Fact("New networks", _some(report["networks_new"])),
        Fact("Columns", ", ".join(report["headings"].values())),
    ]
    problems = _problems("To put right", report["problems"], report["problem_count"])
    warnings = _problems("Look at these; they are no hindrance", report["warnings"], report["warning_count"])
    return Found(_sentence(kept, report), [] if problems else counts, problems, warnings)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return (
        (f"{len(names)}: {shown}" + (f" and {len(names) - 20} more" if len(names) > 20 else ""))
        if names
        else "none"
    )


def _sentence(kept: MembershipImport, report: dict[str, Any]) -> str:
    if report["problem_count"]:
        wrong = numbers.count(report["problem_count"], "thing")
        return f"{wrong} must be put right in the file first. Nothing was written."
    return {
        UploadState.CHECKED: "The file is good. Nothing is written until you apply it.",
        UploadState.APPLIED: "Applied.",
        UploadState.UNCHANGED: "All of this is known already. Nothing was changed.",
        UploadState.PUT_ASIDE: "Put aside. Nothing was written.",
    }.get(UploadState(kept.state), "Nothing was written.")


def _problems(caption: str, problems: Sequence[dict[str, Any]], total: int) -> Table | None:
    if not problems:
        return None
    rows = [
        [
            numbers.whole(one["row"]) if one["row"] else "whole file",
            one["column"],
            one["value"] or "empty",
            one["what_to_do"],
        ]
        for one in problems
    ]
    shown = f"{caption}: {numbers.whole(total)}"
    if total > len(problems):
        shown += f", the first {len(problems)} shown"
    heads = ("Row", "Column", "What stands there", "What to do")
    return Table(shown, [Column(head) for head in heads], rows)


def roles_in_words() -> str:
    """The parts that a member may have, for help texts."""
    return ", ".join(str(role.label).lower() for role in MemberRole)
