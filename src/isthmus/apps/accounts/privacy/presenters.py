"""Privacy as pages and documents show it: all of it from what is declared and what is set now."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from isthmus.apps.accounts.privacy.measures import MEASURES
from isthmus.apps.accounts.privacy.models import Controller, Disposal
from isthmus.apps.accounts.privacy.queries import Checked, Kept
from isthmus.apps.core.components import Action, Cell, Column, Fact, Table
from isthmus.apps.core.dates import in_words, moment_in_words
from isthmus.apps.core.listing import Listing
from isthmus.apps.core.numbers import count
from isthmus.apps.core.stories import tell

tell(
    {
        "privacy.controller": "said who answers for the personal data here",
        "privacy.retention": "changed how long this is kept",
        "privacy.dispose": "disposed of what was kept long enough",
    }
)
NOT_SAID = "not said yet"
RECORDS_HEADER = (
    "Personal data",
    "Purpose",
    "Lawful basis (UK GDPR)",
    "Whose",
    "What",
    "From where",
    "Who receives it",
    "Kept for",
    "Why so long",
    "Columns of the database",
)
ASSESSMENT_HEADER = ("About", "Risk to people", "What is done against it", "Proof")
DISPOSALS_HEADER = ("Certificate", "Personal data", "How many", "Rule", "Older than", "When", "SHA-256")


def days_in_words(days: int) -> str:
    """'30 days', '2,192 days (about 6 years)'."""
    said = count(days, "day")
    if days >= 700:
        return f"{said} (about {days / 365.25:.0f} years)"
    return f"{said} (about {days / 30.5:.0f} months)" if days >= 60 else said


def kept_for(kept: Kept) -> str:
    """How long a class is kept as it is set now, and what is to come."""
    since = kept.data.keep.since
    said = f"{days_in_words(kept.days)} after {since}" if kept.days else f"until {since}"
    if kept.coming is not None:
        said += f". From {in_words(kept.coming_on)}: {days_in_words(kept.coming)}"
    return said


def _columns(kept: Kept) -> str:
    return "; ".join(f"{model}: {', '.join(names)}" for model, names in kept.data.columns.items())


def record_row(kept: Kept) -> tuple[str, ...]:
    """One class as a row of the records of processing."""
    data = kept.data
    return (
        data.title,
        data.purpose,
        data.basis.value,
        data.subjects,
        data.what,
        data.source,
        data.recipients,
        kept_for(kept),
        data.keep.why,
        _columns(kept),
    )


def record_cards(all_kept: list[Kept]) -> list[tuple[str, list[Fact]]]:
    """Each class with its facts, for the page of records."""
    return [
        (
            kept.data.title,
            [
                Fact(label, value)
                for label, value in zip(RECORDS_HEADER[1:], record_row(kept)[1:], strict=True)
            ],
        )
        for kept in all_kept
    ]


def controller_facts(row: Controller | None) -> list[Fact]:
    """Who answers for the data; what nobody has said yet is named as such."""
    return [
        Fact("Controller", row.name if row else NOT_SAID),
        Fact("Address", row.address if row else NOT_SAID),
        Fact(
            "Questions about privacy",
            row.contact if row else NOT_SAID,
            url=f"mailto:{row.contact}" if row else "",
        ),
        Fact(
            "Data protection officer",
            row.officer if row else NOT_SAID,
            url=f"mailto:{row.officer}" if row else "",
        ),
        Fact("Registration with the ICO", (row.registration if row else "") or NOT_SAID),
    ]


def connected() -> list[Fact]:
    """What this installation passes data to, as it is set up now."""
    mail = {
        "smtp": "The mail server that this installation is set up with",
        "notify": f"The notification service at {urlsplit(settings.MAIL_NOTIFY_URL).hostname}",
        "file": "Nobody: no mail leaves this machine",
    }
    tiles = urlsplit(settings.TILES).hostname if settings.TILES.startswith("https://") else None
    providers = [provider.name for provider in settings.PROVIDERS]
    return [
        Fact("Outgoing mail goes to", mail.get(settings.MAIL_TRANSPORT, settings.MAIL_TRANSPORT)),
        Fact("Other sites that people may sign in with", providers or "None"),
        Fact(
            "Pictures of maps come from",
            f"{tiles}, which then knows the internet address of whoever looks at a map"
            if tiles
            else "This website",
        ),
        Fact(
            "Transfers outside the United Kingdom",
            "Isthmus makes none of its own. Where the machine stands, and what the services above do, is for the "
            "controller to add",
        ),
        Fact("Decisions made by a machine alone", "None about people"),
    ]


def retention_table(all_kept: list[Kept], *, may_change: bool) -> Table:
    """How long each class is kept; whoever may change it finds the way there."""
    rows = [
        (
            Cell(
                k.data.title,
                url=reverse("accounts:retention_change", args=[k.data.key]) if may_change else "",
            ),
            kept_for(k),
            "chosen by the controller" if k.chosen else "as proposed",
            f"{k.data.keep.least:,} to {k.data.keep.most:,} days",
        )
        for k in all_kept
    ]
    columns = [Column("Personal data"), Column("Kept for"), Column("Set"), Column("Can be set from, to")]
    return Table("How long personal data is kept", columns, rows)


def notice_table(all_kept: list[Kept]) -> Table:
    """What is held and why, for the people themselves."""
    columns = [Column("What"), Column("What for"), Column("Lawful basis"), Column("Kept for")]
    rows = [(k.data.what, k.data.purpose, k.data.basis.value, kept_for(k)) for k in all_kept]
    return Table("What we hold about you, why, and for how long", columns, rows)


def assessment_rows(all_kept: list[Kept]) -> Iterator[tuple[str, str, str, str]]:
    """Each risk with what is done against it: first those of a class, then those that are tested."""
    for kept in all_kept:
        for told in kept.data.risks:
            risk, _, measure = told.partition(" → ")
            yield kept.data.title, risk, measure, ""
    for tested in MEASURES:
        yield "All personal data", tested.threat, tested.measure, tested.proof


def assessment_table(all_kept: list[Kept]) -> Table:
    """The risks, for the page of the impact assessment."""
    columns = [Column(label) for label in ASSESSMENT_HEADER]
    rows = [(*row[:3], row[3] or "part of how it is built") for row in assessment_rows(all_kept)]
    return Table("Risks to people and what is done against them", columns, rows)


def need_table(all_kept: list[Kept]) -> Table:
    """Why each class is needed, and no more of it."""
    columns = [
        Column("Personal data"),
        Column("Why it is needed"),
        Column("Lawful basis"),
        Column("Why so long"),
    ]
    rows = [
        (k.data.title, k.data.purpose, k.data.basis.value, f"{kept_for(k)}. {k.data.keep.why}")
        for k in all_kept
    ]
    return Table("Need and proportion", columns, rows)


def disposals_table(page: Listing[Disposal]) -> Table:
    """A page of the list of certificates."""
    columns = [
        page.column("Certificate"),
        page.column("Personal data", "what"),
        page.column("How many", "count", numeric=True),
        page.column("When", "when"),
    ]
    rows = [
        (
            Cell(f"Certificate {row.pk}", url=reverse("accounts:disposal", args=[row.pk])),
            row.title,
            f"{row.count:,}",
            moment_in_words(row.at),
        )
        for row in page.page
    ]
    return Table(count(page.total, "certificate"), columns, rows)


def disposal_row(row: Disposal) -> tuple[int, str, int, str, str, str, str]:
    """A certificate as a row of an export."""
    return (
        row.pk,
        row.title,
        row.count,
        row.rule,
        moment_in_words(row.cutoff),
        moment_in_words(row.at),
        row.digest,
    )


def disposal_facts(row: Disposal, checked: Checked) -> list[Fact]:
    """One certificate, and whether it is as it was issued."""
    recorded = {
        True: "Yes: the record tells the same number",
        False: "No: the record tells no such number",
        None: "The record no longer tells, because the time for which it is kept is over",
    }
    return [
        Fact("Personal data", row.title),
        Fact("Disposed of", count(row.count, "entry", "entries")),
        Fact("Rule", row.rule),
        Fact("Everything older than", moment_in_words(row.cutoff)),
        Fact("When", moment_in_words(row.at)),
        Fact("By", f"Isthmus {row.version}, without anybody being asked"),
        Fact("SHA-256", row.digest),
        Fact(
            "Does the number fit what stands here?",
            "Yes" if checked.fits else "No: this was changed after it was issued",
        ),
        Fact("Does it stand in the record?", recorded[checked.recorded]),
    ]


def change_action() -> Action:
    """The way to change who the controller is."""
    return Action("Change", reverse("accounts:controller"), "who answers for personal data")
