"""Scores: by hand, against a plain second way of counting, and for an instrument that somebody else wrote."""

from __future__ import annotations

import random
import statistics
from typing import Any

import numpy as np
import pytest

from isthmus.methods.surveys import section_scores
from isthmus.methods.surveys.instruments import (
    AgreementScore,
    AnswersError,
    Blank,
    CumulativeScore,
    Instrument,
    PromptsScore,
    Respondent,
    Scoring,
    StagesScore,
    TotalsScore,
    by_id,
    codes_of,
    from_dict,
    load,
    score,
    score_many,
)

DIAGNOSTIC = by_id("collaboration-diagnostic")
NA, DK = int(Blank.NOT_APPLICABLE), int(Blank.DONT_KNOW)
# Invented: a questionnaire as a publisher might have it, which its licence lets one school use and nobody ship.
THIRD_PARTY = """\
format: 1
id: Team.Climate_Inventory
version: 3
title: Team climate inventory
purpose: Measures the climate of a team.
licence: Licensed to Elm Academy until August; may not be passed on.
sources:
  - {author: Example Press, year: 2019, title: Manual of the inventory, used: All of it.}
who: [staff]
waves: [anonymous]
scoring: totals
reading: By the manual.
scales:
  seven:
    options:
      - {code: 1, label: Never}
      - {code: 2, label: '2'}
      - {code: 3, label: '3'}
      - {code: 4, label: '4'}
      - {code: 5, label: '5'}
      - {code: 6, label: '6'}
      - {code: 7, label: Always}
sections:
  - id: Warmth
    title: Warmth
    scale: seven
    items:
      - {id: TC_1, text: The team greets me.}
      - {id: TC_2, text: The team ignores me., reversed: true}
      - {id: TC_3, text: The team laughs.}
"""


def one(instrument: Instrument, answers: dict[str, Any], section: str, who: Respondent | None = None) -> Any:
    return next(s for s in score(instrument, answers, who) if s.section == section)


def test_a_total_a_mean_a_gap_and_the_way_back_to_the_items() -> None:
    found = one(DIAGNOSTIC, {"know-1": 4, "know-2": 2, "know-3": 5, "know-4": 1, "know-5": 3}, "know")
    assert found == TotalsScore(
        "know",
        5,
        5,
        15.0,
        25,
        3.0,
        2.0,
        (("know-4", 1), ("know-2", 2), ("know-5", 3), ("know-1", 4), ("know-3", 5)),
    )


@pytest.mark.parametrize(
    ("codes", "total", "mean"),
    [
        ([4, 4, 4, 4, None], None, 4.0),
        ([4, 4, 4, DK, DK], None, 4.0),
        ([4, 4, None, None, None], None, None),
        ([4, 4, NA, DK, None], None, 4.0),  # two of four that apply
        ([4, NA, NA, NA, NA], None, 4.0),
        ([NA, NA, NA, NA, NA], None, None),
        ([None] * 5, None, None),
        ([1, 1, 1, 1, 1], 5.0, 1.0),
    ],
)
def test_what_is_missing_is_never_counted_as_nothing(codes: list[Any], total: Any, mean: Any) -> None:
    found = one(DIAGNOSTIC, {f"know-{n}": code for n, code in enumerate(codes, 1)}, "know")
    assert (found.total, found.mean) == (total, mean)
    assert found.gap == (None if mean is None else 5 - mean)


def test_agreement_is_told_matter_by_matter() -> None:
    answers = {"principles": 2, "procedures": 2, "roles": 1, "money": 0, "timeline": DK}
    found = one(by_id("agreement-check"), {**answers, "roles:comment": "Who chairs?"}, "matters")
    assert found == AgreementScore(
        "matters",
        7,
        4,
        ("principles", "procedures"),
        ("roles",),
        ("money",),
        ("timeline", "success", "evaluation"),
    )
    assert not found.settled
    check = by_id("agreement-check")
    assert one(check, dict.fromkeys(check.columns, 2), "matters").settled


def test_stages_have_a_median_and_a_minimum_and_no_mean() -> None:
    answers = {"school-practice": 3, "school-talent": 1, "school-coaching": 2, "school-information": 3}
    found = one(by_id("maturity-model"), answers, "school-professional", Respondent.LEADERS)
    assert found == StagesScore(
        "school-professional", 4, 4, ((1, 1), (2, 1), (3, 2)), 2, 1, ("school-talent",)
    )
    assert not hasattr(found, "mean")
    nothing = one(by_id("maturity-model"), {}, "school-professional")
    assert (nothing.median, nothing.minimum, nothing.lowest) == (None, None, ())
    arrays = score_many(by_id("maturity-model"), codes_of(by_id("maturity-model"), answers))
    assert all(a.mean is None and a.total is None for a in arrays)


CRITERIA = ["exchange", "alter", "resources", "capacity", "risks", "responsibility", "rewards"]


@pytest.mark.parametrize(
    ("met", "level", "low", "high"),
    [
        ([1, 1, 1, 1, 1, 1, 1], 4, 4, 4),
        ([1, 1, 1, 1, 1, 1, 0], 3, 3, 3),
        ([1, 1, 0, 1, 1, 1, 1], 2, 2, 2),  # what is met above a gap does not count
        ([0, 1, 1, 1, 1, 1, 1], 0, 0, 0),
        ([1, None, 0, 0, 0, 0, 0], None, 1, 2),
        ([1, DK, 1, 1, 1, 1, 1], None, 1, 4),
        ([1, 0, None, None, None, None, None], 1, 1, 1),
        ([None] * 7, None, 0, 4),
    ],
)
def test_a_level_is_the_highest_with_all_criteria_up_to_it_met(
    met: Any, level: Any, low: int, high: int
) -> None:
    found = one(by_id("tie-level"), dict(zip(CRITERIA, met, strict=True)), "level")
    assert isinstance(found, CumulativeScore)
    assert (found.level, found.low, found.high) == (level, low, high)


def test_open_questions_are_counted_where_something_is_written() -> None:
    found = score(by_id("five-reflections"), {"why": "Because.", "purposes": "  ", "part": None})
    assert found == (PromptsScore("reflections", 5, 1),)


def test_only_what_a_respondent_is_asked_counts() -> None:
    model = by_id("maturity-model")
    assert [s.section for s in score(model, {}, Respondent.PUPILS)] == ["pupils-heard"]
    assert [s.section for s in score_many(model, codes_of(model, {}), Respondent.STAFF)] == ["staff-heard"]
    assert len(score(model, {})) == len(model.sections)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"knows-1": 3}, "There is no item 'knows-1' in collaboration-diagnostic."),
        ({"know-1": 6}, "item know-1: 6 is not an answer. Its codes are 1, 2, 3, 4, 5, -1, -2, -3."),
        ({"know-1": 0}, "0 is not an answer"),
        ({"know-1": "3"}, "'3' is not an answer"),
        ({"know-1": True}, "True is not an answer"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers: dict[str, Any], words: str) -> None:
    with pytest.raises(AnswersError) as raised:
        score(DIAGNOSTIC, answers)
    assert words in str(raised.value)


def test_arrays_that_do_not_fit_are_refused() -> None:
    right = np.full((3, 38), 3, dtype=np.int8)
    for wrong in (right[:, :37], right[0], right.astype(np.int16)):
        with pytest.raises(AnswersError, match="int8 array of 38 columns"):
            score_many(DIAGNOSTIC, wrong)
    right[2, 7] = 9
    with pytest.raises(AnswersError, match="row 3, item why-3: 9 is not an answer"):
        score_many(DIAGNOSTIC, right)


def invented(rng: random.Random) -> Instrument:
    """An instrument of every scoring, with reversed items and codes up to 100."""
    low, wide = rng.randrange(0, 90), rng.randrange(2, 8)
    options = [{"code": low + n, "label": f"o{n}"} for n in range(wide)]
    scales = {
        "s": {"options": options, "not_applicable": "n/a", "dont_know": "?"},
        "c": {"options": options, "dont_know": "?"},
    }
    sections: list[dict[str, Any]] = []
    for scoring in ("totals", "stages", "agreement", "cumulative"):
        items: list[dict[str, Any]] = [
            {"id": f"{scoring}{n}", "text": "T"} for n in range(rng.randrange(3, 9))
        ]
        section = {"id": scoring, "title": "T", "scoring": scoring, "scale": "s", "items": items}
        for n, item in enumerate(items):
            if scoring == "totals" and rng.random() < 0.4:
                item["reversed"] = True
            if scoring == "cumulative":
                item["level"] = 1 + n % 3
        if scoring == "cumulative":
            levels = [{"level": k, "label": f"L{k}"} for k in (1, 2, 3)]
            section |= {"scale": "c", "levels": levels, "met": rng.choice(options)["code"]}
        sections.append(section)
    return from_dict(
        {"id": "x", "version": 1, "title": "T", "purpose": "P", "licence": "L", "ours": "O", "who": ["staff"]}
        | {"scoring": "totals", "reading": "R", "scales": scales, "sections": sections}
    )


def plainly(instrument: Instrument, row: dict[str, int], section: str) -> dict[str, Any]:
    """The same figures, counted item by item."""
    part = instrument.section(section)
    scale = instrument.scale(part.scale or "")
    given = {i.id: row[i.id] for i in part.items}
    chosen = [
        (scale.lowest + scale.highest - code if instrument.item(i).reversed else code)
        for i, code in given.items()
        if code >= 0
    ]
    if part.scoring is Scoring.TOTALS:
        applies = sum(code != NA for code in given.values())
        return {
            "total": sum(chosen) if len(chosen) == len(given) else None,
            "mean": statistics.fmean(chosen) if chosen and 2 * len(chosen) >= applies else None,
        }
    if part.scoring is Scoring.STAGES:
        return (
            {"median": statistics.median_low(chosen), "minimum": min(chosen)} if chosen else {"median": None}
        )
    if part.scoring is Scoring.AGREEMENT:
        return {"agreed": tuple(i for i, c in given.items() if c == scale.highest)}
    reached = {}
    for name, hold in (("low", False), ("high", True)):
        k = 0
        while k < 3 and all(
            (row[i.id] >= (part.met or 0) if row[i.id] >= 0 else hold) for i in part.items if i.level == k + 1
        ):
            k += 1
        reached[name] = k
    return {**reached, "level": reached["low"] if reached["low"] == reached["high"] else None}


def test_every_way_of_scoring_against_plain_counting() -> None:
    rng = random.Random(11)
    seen = 0
    for _ in range(60):
        instrument = invented(rng)
        for _ in range(10):
            row = {i.id: rng.choice(sorted(instrument.scale_of(i).allowed)) for i in instrument.items}
            for found in score(instrument, row):
                for name, value in plainly(instrument, row, found.section).items():
                    assert getattr(found, name) == (pytest.approx(value) if value is not None else None), name
                    seen += 1
    assert seen > 3_000


def test_many_are_scored_as_one_is() -> None:
    rng = random.Random(12)
    instrument = invented(rng)
    rows = [
        [rng.choice(sorted(instrument.scale_of(i).allowed)) for i in instrument.scored] for _ in range(200)
    ]
    arrays = {a.section: a for a in score_many(instrument, np.array(rows, dtype=np.int8))}
    for n, row in enumerate(rows):
        for found in score(instrument, dict(zip(instrument.columns, row, strict=True))):
            many = arrays[found.section]
            assert many.answered[n] == found.answered
            for name in ("total", "mean", "median", "minimum", "level", "low", "high"):
                if hasattr(found, name):
                    value = float(getattr(many, name)[n])
                    alone = getattr(found, name)
                    assert alone == value if alone is not None else value != value or value == -1
            if isinstance(found, AgreementScore):
                assert (many.agreed[n], many.not_yet[n]) == (len(found.agreed), len(found.not_yet))  # type: ignore[index]  # arrays of this scoring
                assert many.nearly[n] == len(found.nearly)  # type: ignore[index]  # the same


def test_the_mean_of_a_section_is_that_of_the_statistics() -> None:
    """One definition: a person's mean here is what estimates of groups are made from."""
    rng = np.random.default_rng(3)
    codes = rng.choice(np.array([-2, -1, 1, 2, 3, 4, 5], dtype=np.int8), (500, 38))
    for section in score_many(DIAGNOSTIC, codes):
        positions = [DIAGNOSTIC.columns.index(i) for i in section.items]
        assert section.mean is not None
        np.testing.assert_allclose(section.mean, section_scores(codes, positions), equal_nan=True)


def test_an_instrument_that_may_not_be_shipped_is_brought_in_and_scored() -> None:
    inventory = load(THIRD_PARTY, name="inventory.yaml")
    found = one(inventory, {"TC_1": 6, "TC_2": 2, "TC_3": 5}, "Warmth")
    assert (found.total, found.mean) == (6 + 6 + 5, pytest.approx(17 / 3))
    assert found.items == (("TC_3", 5), ("TC_1", 6), ("TC_2", 6))
