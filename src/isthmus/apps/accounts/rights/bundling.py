"""A copy as one file: a page to read, the same for machines, and each table for a spreadsheet."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.text import slugify

from isthmus.apps.core.dates import in_words, today
from isthmus.apps.core.exports import csv_bytes
from isthmus.apps.core.personal import Part


@dataclass(frozen=True)
class Chapter:
    """The parts of one class of data, with what is said about it: purpose, source, how long."""

    title: str
    about: Sequence[tuple[str, str]]
    parts: Sequence[Part]


def write(path: Path, heading: str, chapters: Iterable[Chapter]) -> None:
    """Write the copy over `path`: index.html, data.json, and a CSV for each table. No name in it is somebody's."""
    whole = list(chapters)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        context = {"heading": heading, "chapters": whole, "made": in_words(today())}
        bundle.writestr("index.html", render_to_string("accounts/rights/bundle.html", context))
        bundle.writestr("data.json", json.dumps(_data(whole), ensure_ascii=False, indent=1))
        for number, part in enumerate(_tables(whole), 1):
            bundle.writestr(f"{number:02d}-{slugify(part.title)[:60]}.csv", _csv(part))


def _tables(chapters: Iterable[Chapter]) -> Iterator[Part]:
    return (part for chapter in chapters for part in chapter.parts if part)


def _csv(part: Part) -> bytes:
    if part.rows:
        return csv_bytes(part.columns, part.rows)
    return csv_bytes(("What", "Value"), part.facts)


def _data(chapters: Iterable[Chapter]) -> list[dict[str, object]]:
    return [
        {
            "title": chapter.title,
            "about": dict(chapter.about),
            "parts": [
                {
                    "title": part.title,
                    "facts": dict(part.facts),
                    "rows": [dict(zip(part.columns, row, strict=True)) for row in part.rows],
                }
                for part in chapter.parts
                if part
            ],
        }
        for chapter in chapters
    ]
