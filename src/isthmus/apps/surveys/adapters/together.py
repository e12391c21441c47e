"""How far the questions of a section go together and people agree, worked out once at the close for the whole alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isthmus.apps.surveys.adapters.instruments import Instrument
from isthmus.methods.disclosure import Rules
from isthmus.methods.disclosure.model import Ints
from isthmus.methods.disclosure.together import Figure, Floats, Range, printed
from isthmus.methods.surveys import cronbach, even_spread, icc_of_groups, within_group_items
from isthmus.methods.surveys.instruments import Scoring

ALPHA, AGREEMENT, ONE, TWO = "alpha", "agreement", "icc1", "icc2"
NAMES = {ALPHA: "Alpha", AGREEMENT: "rwg(j)", ONE: "ICC(1)", TWO: "ICC(2)"}
SCHOOLS = 5
"""Agreement within schools is the mean of so many schools or more."""


def found(
    instrument: Instrument, codes: NDArray[np.int8], school: Sequence[str], who: Sequence[str], rules: Rules
) -> list[dict[str, Any]]:
    """The figures of each section with a total: `section`, `name`, `low`, `high`, `why`. `codes` (n, columns) as they
    are kept, a column for each scored question; `school` and `who` (n)."""
    told = []
    columns = {item.id: column for column, item in enumerate(instrument.scored)}
    for section in instrument.sections:
        asked = [item for item in section.scored if not item.who]
        if section.scoring != Scoring.TOTALS or len(asked) < 2:
            continue
        scale = instrument.scale_of(asked[0])
        given = np.column_stack([codes[:, columns[item.id]] for item in asked]).astype(float)
        full = np.isin(given, scale.codes).all(axis=1)
        for place, item in enumerate(asked):
            if item.reversed:
                given[:, place] = scale.lowest + scale.highest - given[:, place]
        units = np.unique(np.array(school)[full], return_inverse=True)[1]
        kinds = np.array([f"{one}\n{kind}" for one, kind in zip(school, who, strict=True)])
        atoms = np.unique(kinds[full], return_inverse=True)[1]
        ends = float(scale.lowest), float(scale.highest)
        for name, figure in _figures(len(scale.codes), rules).items():
            shown: Range = printed(given[full], units, atoms, ends, figure, rules)
            told.append({"section": section.id, "name": name, **asdict(shown)})
    return told


def _figures(options: int, rules: Rules) -> dict[str, Figure]:
    return {
        ALPHA: lambda answers, _units: cronbach(answers).raw.value,
        AGREEMENT: partial(_agreement, options=options, fewest=rules.threshold),
        ONE: lambda answers, units: icc_of_groups(answers.mean(axis=1), units.tolist()).one.value,
        TWO: lambda answers, units: icc_of_groups(answers.mean(axis=1), units.tolist()).two.value,
    }


def _agreement(answers: Floats, units: Ints, *, options: int, fewest: int) -> float | None:
    """The mean rwg(j) of schools with enough complete answers."""
    large = [unit for unit in np.unique(units) if (units == unit).sum() >= fewest]
    each = [within_group_items(answers[units == unit], expected=even_spread(options)).value for unit in large]
    known = [value for value in each if value is not None]
    return float(np.mean(known)) if len(known) >= SCHOOLS else None


def in_words(name: str, low: float, high: float) -> str:
    """What a range means where it lies above or below its bound, else nothing; bounds are conventions (Nunnally 1978;
    LeBreton and Senter 2008)."""
    bound, above, below = {
        ALPHA: (
            0.7,
            "The questions go together closely enough to compare groups by their section.",
            "The questions go together loosely: read them one by one beside the section.",
        ),
        AGREEMENT: (
            0.7,
            "People of one school largely answer alike, so that one may speak of what a school thinks.",
            "People of one school see it differently: a school’s mean speaks for few of them.",
        ),
        ONE: (
            0.1,
            "Which school people are from matters clearly for what they say.",
            "Which school people are from matters little for what they say.",
        ),
        TWO: (
            0.7,
            "Schools’ means can be compared.",
            "Schools’ means are uncertain: compare them with care, and do not rank them.",
        ),
    }[name]
    if low >= bound:
        return above
    return below if high <= bound else ""
