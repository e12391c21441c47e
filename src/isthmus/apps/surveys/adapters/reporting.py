"""From the answers of a closed wave to its report: what disclosure control lets anybody see, frozen as text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.apps.surveys.adapters import together
from isthmus.apps.surveys.adapters.instruments import (
    Blank,
    Instrument,
    Scale,
    Section,
    from_bytes,
    sections_for,
)
from isthmus.apps.surveys.models import Answer, Response, Wave, WaveKind, WaveSchool, Who
from isthmus.methods.disclosure import Group, Item, Lattice, Rules, publish
from isthmus.methods.disclosure.writing import read_report, write_report
from isthmus.methods.surveys.instruments import Scoring

FORMAT = 2
THREADS = 2
ROLE, PHASE = "people", "phase"
SCHOOL, NETWORK = "school", "network"
MOST_CATEGORIES = 11
PEOPLE = {
    Who.LEADERS: "leaders",
    Who.STAFF: "staff",
    Who.GOVERNORS: "governors",
    Who.PARENTS: "parents",
    Who.PUPILS: "pupils",
    Who.PARTNERS: "partners",
}
Progress = Callable[[float, str], None]


def make(wave: Wave, instrument: Instrument, *, progress: Progress) -> str:
    """The report of a wave whose answers take no more changes, as canonical JSON. `progress` may raise to stop."""
    schools = list(wave.schools.select_related("organisation").order_by("organisation__name", "pk"))
    named = wave.kind in (WaveKind.ATTRIBUTED, WaveKind.IN_ROOM)
    content = {
        "format": FORMAT,
        "kind": wave.kind,
        "k": wave.k,
        "instrument": wave.instrument.fingerprint,
        "schools": {
            str(row.organisation_id): name for row, name in zip(schools, names(schools), strict=True)
        },
        "open": _named(wave, instrument) if named else [],
        "report": None,
        "together": [],
    }
    if not named:
        content |= _protected(wave, instrument, schools, progress)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def names(schools: Sequence[WaveSchool]) -> list[str]:
    """The name of each school, with its URN where two have the same."""
    often = Counter(row.organisation.name for row in schools)
    return [
        f"{one.name} ({one.urn or one.pk})" if often[one.name] > 1 else one.name
        for one in (row.organisation for row in schools)
    ]


def lattice_of(wave: Wave, schools: Sequence[WaveSchool]) -> Lattice:
    """The groups that a wave's results may be of: schools, the networks they were grouped in, everybody; each by who
    answered, and by phase where there are several."""
    labels = names(schools)
    grouped = any(row.group for row in schools)
    groups = [(label, row.group) if grouped else (label,) for label, row in zip(labels, schools, strict=True)]
    attributes: list[tuple[str, tuple[str, ...]]] = []
    if len(wave.asked) > 1:
        attributes.append((ROLE, tuple(PEOPLE[Who(who)] for who in sorted(wave.asked))))
    phases = sorted({row.phase for row in schools if row.phase})
    if len(phases) > 1:
        attributes.append((PHASE, tuple(phases)))
    return Lattice(
        levels=(SCHOOL, NETWORK) if grouped else (SCHOOL,),
        places=tuple(groups),
        attributes=tuple(attributes),
        # A school has one phase: crossing the two would say the same twice.
        whole="all schools" if len(schools) > 1 else labels[0],
    )


def items_of(instrument: Instrument) -> list[tuple[int, Item]]:
    """The questions with a scale that results are made of, each with its column among the answers."""
    found = []
    for column, item in enumerate(instrument.scored):
        section, scale = instrument.section_of(item.id), instrument.scale_of(item)
        if not 2 <= len(scale.options) <= MOST_CATEGORIES:
            continue
        means = section.scoring == Scoring.TOTALS
        favourable = _favourable(section, scale)
        scores = tuple(sorted(worth(scale, item.reversed))) if means else None
        found.append((column, Item(item.id, len(scale.options), scores, favourable)))
    return found


def worth(scale: Scale, reversed_: bool) -> list[int]:
    """What each answer of a scale counts: its code, or that of the answer at the other end of a reversed question."""
    return [scale.lowest + scale.highest - code if reversed_ else code for code in scale.codes]


def _favourable(section: Section, scale: Scale) -> frozenset[int]:
    """The places of the answers that agree, as they count: beyond the middle, the last of an agreement, from `met` of a
    level."""
    size = len(scale.codes)
    if section.scoring == Scoring.AGREEMENT:
        return frozenset({size - 1})
    if section.scoring == Scoring.CUMULATIVE:
        return frozenset(place for place, code in enumerate(scale.codes) if code >= (section.met or 0))
    if section.scoring == Scoring.STAGES:
        return frozenset()
    middle = (scale.lowest + scale.highest) / 2
    return frozenset(place for place, code in enumerate(scale.codes) if code > middle)


def _protected(
    wave: Wave, instrument: Instrument, schools: Sequence[WaveSchool], progress: Progress
) -> dict[str, Any]:
    table = Response if wave.kind == WaveKind.CONFIDENTIAL else Answer
    rows = list(table._base_manager.filter(wave=wave).order_by("pk").values_list("school_id", "who", "codes"))
    items = items_of(instrument)
    if not rows or not items:
        return {}
    label = {row.pk: name for row, name in zip(schools, names(schools), strict=True)}
    phase = {row.pk: row.phase for row in schools}
    lattice = lattice_of(wave, schools)
    declared = {name for name, _values in lattice.attributes}
    people = {SCHOOL: [label[school] for school, _who, _codes in rows]}
    people |= {ROLE: [PEOPLE[Who(who)] for _school, who, _codes in rows]} if ROLE in declared else {}
    people |= {PHASE: [phase[school] for school, _who, _codes in rows]} if PHASE in declared else {}
    report = publish(
        f"wave {wave.pk}",
        lattice,
        people,
        [item for _column, item in items],
        _table(instrument, items, [(who, bytes(codes)) for _school, who, codes in rows]),
        Rules(threshold=wave.k),
        invited=_invited(lattice, schools),
        progress=progress,
        threads=THREADS,
    )
    told: dict[str, Any] = json.loads(write_report(report))
    if report.withheld:
        return {"report": told}
    codes = np.array([np.frombuffer(bytes(codes), np.int8) for _school, _who, codes in rows], np.int8)
    who = [who for _school, who, _codes in rows]
    return {
        "report": told,
        "together": together.found(instrument, codes, people[SCHOOL], who, Rules(threshold=wave.k)),
    }


def _table(
    instrument: Instrument, items: Sequence[tuple[int, Item]], rows: Sequence[tuple[str, bytes]]
) -> NDArray[np.int8]:
    """Answers as places on their scale, the one that counts least first: 'not applicable' and 'do not know' are none,
    others' questions not asked."""
    codes = np.array([np.frombuffer(row, np.int8) for _who, row in rows], np.int8)
    table = np.full((len(rows), len(items)), -1, np.int8)
    asked = {
        who: {item.id for s in sections_for(instrument, who) for item in s.scored}
        for who in {w for w, _ in rows}
    }
    for place, (column, item) in enumerate(items):
        asked_as = instrument.item(item.name)
        scale = instrument.scale_of(asked_as)
        counts = worth(scale, asked_as.reversed)
        for code, what in zip(scale.codes, counts, strict=True):
            table[codes[:, column] == code, place] = sorted(counts).index(what)
        table[[item.name not in asked[who] for who, _row in rows], place] = -2
    return table


def _invited(lattice: Lattice, schools: Sequence[WaveSchool]) -> dict[Group, int]:
    """How many people there are in each group that is not of some kind of people, where every school has said."""
    known = {name: row.expected for row, name in zip(schools, names(schools), strict=True)}
    found = {}
    for group in lattice.groups:
        numbers = [known[name] for name in group.members]
        if not group.attribute and all(numbers):
            found[group] = sum(number or 0 for number in numbers)
    return found


def _named(wave: Wave, instrument: Instrument) -> list[dict[str, Any]]:
    """Answers that carry a school's name, as they were given."""
    rows = list(
        Response.objects.filter(wave=wave).select_related("school").order_by("school__organisation", "pk")
    )
    given = from_bytes(instrument, [bytes(row.codes) for row in rows])
    return [
        {
            "school": str(row.school.organisation_id),
            "who": row.who,
            "codes": {name: code for name, code in codes.items() if code != int(Blank.MISSING)},
            "texts": row.comments,
        }
        for row, codes in zip(rows, given, strict=True)
    ]


def thaw(content: str) -> dict[str, Any]:
    """A frozen report: the same keys, `report` as the method's own (or None). Format 1 had nothing `together`."""
    told: dict[str, Any] = {"together": [], **json.loads(content)}
    if told["report"] is not None:
        told["report"] = read_report(json.dumps(told["report"]))
    return told
