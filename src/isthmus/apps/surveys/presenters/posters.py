"""Links, codes and QR codes by which people come to a questionnaire."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from isthmus.apps.core.dates import in_words
from isthmus.apps.core.listing import Sort
from isthmus.apps.surveys.models import Wave, WaveSchool
from isthmus.apps.surveys.presenters.answering import promise
from isthmus.apps.surveys.presenters.waves import spaced

HEADER = ("School", "URN", "Counted in", "Code", "Link")
SORTS = {"school": Sort("School", ("organisation__sort_name", "organisation__name"))}


@dataclass(frozen=True)
class Poster:
    """What a poster shows. `short` is where a code is typed, without 'https://'; `qr` an SVG; `mail` a text to send."""

    key: int
    school: str
    link: str
    short: str
    code: str
    qr: SafeString
    mail: str


def link(request: HttpRequest, row: WaveSchool) -> str:
    """Where people of this organisation answer."""
    return request.build_absolute_uri(reverse("surveys:intro", args=[row.code]))


def qr(text: str) -> SafeString:
    """A QR code as inline SVG, drawn by attributes alone: no style, no script, nothing of the text in it."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass="app-qr",
        lineclass=None,
        border=4,
    )
    return SafeString(
        drawn.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    )


def poster(request: HttpRequest, wave: Wave, row: WaveSchool) -> Poster:
    """The poster of one organisation."""
    where = link(request, row)
    short = request.build_absolute_uri(reverse("surveys:code")).partition("://")[2]
    return Poster(
        row.pk, row.organisation.name, where, short, spaced(row.code), qr(where), _mail(wave, row, where)
    )


def _mail(wave: Wave, row: WaveSchool, where: str) -> str:
    return "\n\n".join(
        [
            f"{wave.asks} asks people at {row.organisation.name}: {wave.name}",
            wave.why,
            " ".join(promise(wave)),
            f"Answer until the end of {in_words(wave.until)}, without an account:\n{where}",
            f"Results come from {in_words(wave.results_on)}.",
        ]
    )


def links_file(request: HttpRequest, rows: Iterable[WaveSchool]) -> list[tuple[str | None, ...]]:
    """Every link, for a file."""
    return [
        (row.organisation.name, row.organisation.urn, row.group, spaced(row.code), link(request, row))
        for row in rows
    ]
