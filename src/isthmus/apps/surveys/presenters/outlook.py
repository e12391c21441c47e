"""What a report would hold back, in words, before a wave is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.disclosing import Asked, Outlook
from isthmus.apps.surveys.models import Wave, WaveKind, WaveSchool

MOST_NAMED = 12
PROTECTED = (WaveKind.ANONYMOUS, WaveKind.CONFIDENTIAL)


def asked_of(rows: Sequence[WaveSchool]) -> list[Asked]:
    """The organisations as the outlook takes them."""
    return [Asked(row.pk, row.group, row.expected, _place(row)) for row in rows]


def _place(row: WaveSchool) -> tuple[int, int] | None:
    one = row.organisation
    return None if one.easting is None or one.northing is None else (one.easting, one.northing)


def _names(keys: Sequence[int], names: Mapping[int, str]) -> str:
    told = [names[key] for key in keys[:MOST_NAMED]]
    return ", ".join(told) + (f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else "")


def in_words(found: Outlook, wave: Wave, rows: Sequence[WaveSchool], share: int) -> list[str]:
    """Which schools and groups get no report of their own, and why."""
    names = {row.pk: row.organisation.name for row in rows}
    told = []
    if found.small:
        told.append(
            f"If {share} of a hundred people answer, {count(len(found.small), 'school has', 'schools have')} fewer "
            f"than {wave.k} answers, and no report of {'its' if len(found.small) == 1 else 'their'} own: "
            f"{_names(found.small, names)}."
        )
    if found.beside:
        told.append(
            "So that nobody can work out a small school from the rest, these are held back too: "
            f"{_names(found.beside, names)}."
        )
    if found.groups:
        told.append(f"These groups have no report of their own either: {', '.join(found.groups)}.")
    if found.unknown:
        told.append(
            f"Nothing can be said of {count(len(found.unknown), 'school')} without a number of people: "
            f"{_names(found.unknown, names)}."
        )
    if not told:
        told.append(f"If {share} of a hundred people answer, every school can have a report of its own.")
    return told


def lots(found: Outlook, rows: Sequence[WaveSchool]) -> list[tuple[str, list[int]]]:
    """Names and organisations of groups in which small schools could be counted together."""
    named = {row.pk: row for row in rows}
    told, used = [], {row.group for row in rows}
    for lot in found.together:
        schools = [named[key] for key in lot]
        others = len(schools) - 1
        name = f"{schools[0].organisation.name[:90]} and {others} other{'s' if others > 1 else ''}"
        while name in used:
            name += "*"
        used.add(name)
        told.append((name, [school.organisation_id for school in schools]))
    return told
