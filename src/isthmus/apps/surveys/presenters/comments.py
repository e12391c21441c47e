"""Comments in a list, for those who look at them first."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from isthmus.apps.core.components import Cell, Column, Table
from isthmus.apps.core.listing import Listing, Sort
from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.apps.surveys.adapters.themes import suggest_themes
from isthmus.apps.surveys.models import Comment, Wave

SORTS = {
    "school": Sort("School", ("school__organisation__name", "school")),
    "question": Sort("Question", ("item",)),
    "state": Sort("State", ("looked_at",)),
}
BEGINNING = 80


def question(instrument: Instrument, key: str) -> str:
    """The question that a comment answers, or stands beside."""
    return instrument.item(key.partition(":")[0]).text


def table(page: Listing[Comment], wave: Wave, instrument: Instrument) -> Table:
    """A row a comment, with its beginning and how far it is."""
    columns = [
        page.column("School", "school"),
        page.column("Question", "question"),
        page.column("Comment", ""),
        page.column("State", "state"),
    ]
    rows = []
    for one in page.page:
        text = one.text if len(one.text) <= BEGINNING else f"{one.text[:BEGINNING].rstrip()} …"
        state = ("Shown" if one.shown else "Left out") if one.looked_at else "To look at"
        url = reverse("surveys:comment", args=[wave.pk, one.pk])
        colour = "grey" if one.looked_at else "blue"
        rows.append(
            [
                one.school.organisation.name,
                question(instrument, one.item),
                Cell(text, url=url),
                Cell(state, tag=colour),
            ]
        )
    return Table(
        "Comments", columns, rows, empty="No question has enough comments from one school to be read."
    )


def suggested(comments: Sequence[Comment]) -> Table | None:
    """Words that many comments share, as themes that a person may give; None where no words are shared."""
    rows = []
    for theme in suggest_themes([one.text for one in comments]):
        done = sum(1 for place in theme.texts if comments[place].theme)
        rows.append([", ".join(theme.words), len(theme.texts), done])
    columns = [
        Column("Words"),
        Column("Comments that have the first of them", numeric=True),
        Column("Of these with a theme", numeric=True),
    ]
    return Table("Themes that words suggest", columns, rows, caption_hidden=True) if rows else None
