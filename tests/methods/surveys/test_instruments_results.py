"""Results of many answers: the estimates of the library, put together section by section, group by group."""

from __future__ import annotations

import numpy as np
import pytest

from isthmus.methods.surveys import SurveyError, cronbach, labelled, summarise, within_group_items
from isthmus.methods.surveys.instruments import (
    GroupResult,
    Results,
    SectionResult,
    by_id,
    from_dict,
    results,
    to_dict,
)
from isthmus.methods.surveys.instruments.results import Asked

DIAGNOSTIC = by_id("collaboration-diagnostic")
RNG = np.random.default_rng(8)
N = 240
CODES = RNG.choice(np.array([-3, -2, -1, 1, 2, 3, 4, 5], dtype=np.int8), (N, 38), p=[0.05] * 3 + [0.17] * 5)
SCHOOLS = [["Elm", "Oak", "Ash", ""][n % 4] for n in range(N)]
ROLES = ["leader" if n % 5 == 0 else "staff" for n in range(N)]
COLUMNS = {"school": labelled(SCHOOLS), "role": labelled(ROLES)}


def group(found: Results, *labels: str) -> GroupResult:
    return next(g for g in found.groups if g.group == labels)


def section(of: GroupResult, id_: str) -> SectionResult:
    return next(s for s in of.sections if s.section == id_)


@pytest.fixture(scope="module")
def found() -> Results:
    asked: Asked = {(): {(): 400}, ("school",): {("Elm",): 90, ("Oak",): 80, ("Ash",): 60, ("Yew",): 30}}
    return results(DIAGNOSTIC, CODES, COLUMNS, [("school",), ("role",), ("school", "role")], asked=asked)


def test_groups_are_those_of_the_columns(found: Results) -> None:
    sizes = {g.group: g.people for g in found.groups}
    assert sizes[()] == N
    assert sizes["Elm",] == sizes["Ash",] == 60
    assert sizes["Elm", "leader"] == 12
    assert found.left_out == {(): 0, ("school",): 60, ("role",): 0, ("school", "role"): 60}
    silent = group(found, "Yew")
    assert (silent.people, silent.response.value, silent.sections) == (0, 0.0, ())
    assert group(found, "Elm").response.value == pytest.approx(60 / 90)
    assert group(found, "leader").response.value is None


@pytest.mark.parametrize(
    ("labels", "size"), [((), 400), (("Oak",), 80), (("leader",), None), (("Ash", "staff"), None)]
)
def test_the_mean_of_a_section_is_that_of_its_people(
    found: Results, labels: tuple[str, ...], size: int | None
) -> None:
    """Each person's mean over the items answered, where half of those that apply were; counted here by hand."""
    means = []
    for n, row in enumerate(CODES[:, :5].tolist()):
        if set(labels) <= {SCHOOLS[n], ROLES[n]}:
            given = [code for code in row if code > 0]
            applying = sum(code != -2 for code in row)
            means.append(np.mean(given) if given and 2 * len(given) >= applying else np.nan)
    want = summarise(means, population=size, lowest=1, highest=5).figure()
    got = section(group(found, *labels), "know").mean
    assert got is not None
    assert got.value == pytest.approx(want.value)
    assert got.base == want.base
    assert got.low is not None
    assert got.low == pytest.approx(want.low, abs=1e-3)


def test_items_come_lowest_first_and_say_who_does_not_know(found: Results) -> None:
    items = section(group(found, "Oak"), "share").items
    values = [item.mean.value for item in items if item.mean is not None]
    assert values == sorted(v for v in values if v is not None)
    oak = np.array([s == "Oak" for s in SCHOOLS])
    for item in items:
        column = CODES[oak, DIAGNOSTIC.columns.index(item.item)]
        assert item.dont_know == (column == -3).sum()
        assert item.spread.missing == ((column == -3) | (column == -1)).sum()
        assert item.spread.not_applicable == (column == -2).sum()
        assert item.mean is not None
        assert item.mean.value == pytest.approx(column[column > 0].mean())
        assert [s.value for s in item.spread.shares] == [
            pytest.approx((column == c).sum() / (column > 0).sum()) for c in (1, 2, 3, 4, 5)
        ]


def test_reliability_and_agreement_are_those_of_the_library(found: Results) -> None:
    numbers = np.where(CODES[:, :5] > 0, CODES[:, :5].astype(float), np.nan)
    assert found.reliability["know"].raw == cronbach(numbers).raw
    oak = np.array([s == "Oak" for s in SCHOOLS])
    assert section(group(found, "Oak"), "know").agreement == within_group_items(numbers[oak], expected=2.0)
    assert section(group(found), "know").agreement is None
    assert found.differ[("school",), "know"].groups == 3


def test_a_reversed_item_counts_the_other_way_round() -> None:
    data = to_dict(DIAGNOSTIC)
    data["sections"][0]["items"][0]["reversed"] = True
    turned = CODES.copy()
    turned[:, 0] = np.where(CODES[:, 0] > 0, 6 - CODES[:, 0], CODES[:, 0])
    one = section(group(results(from_dict(data), CODES, {})), "know")
    other = section(group(results(DIAGNOSTIC, turned, {})), "know")
    assert one.mean == other.mean
    assert {i.item: i.mean for i in one.items} == {i.item: i.mean for i in other.items}
    # What was chosen stays what was chosen.
    spread = next(i.spread for i in one.items if i.item == "know-1")
    assert spread.shares[0].value == pytest.approx((CODES[:, 0] == 1).sum() / (CODES[:, 0] > 0).sum())


def test_those_outside_are_not_among_those_who_could_have_answered() -> None:
    """Ten of fifty say that nothing of the section applies: the forty who answered are everybody there is."""
    codes = np.full((50, 38), 3, dtype=np.int8)
    codes[:20] = 4
    codes[40:, :5] = -2
    everybody = group(results(DIAGNOSTIC, codes, {}, asked={(): {(): 50}}))
    part = section(everybody, "know")
    assert part.mean is not None
    assert part.items[0].mean is not None
    for figure in (part.mean, part.items[0].mean):
        assert (figure.value, figure.low, figure.high, figure.base) == (3.5, 3.5, 3.5, 40)


def test_stages_and_levels_have_no_mean() -> None:
    model = by_id("maturity-model")
    codes = RNG.choice(np.array([-1, 1, 2, 3], dtype=np.int8), (30, len(model.columns)))
    codes[:, [n for n, i in enumerate(model.scored) if i.id.startswith("moderated")]] = 2
    for part in group(results(model, codes, {})).sections:
        assert (part.mean, part.total) == (None, None)
        assert all(item.mean is None for item in part.items)
        assert part.items[0].spread.median.value in (1, 2, 3)
    tie = by_id("tie-level")
    met = np.array([[1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1], [1, -1, 0, 0, 0, 0, 0]], dtype=np.int8)
    rest = np.full((3, 5), -1, dtype=np.int8)
    levels = section(group(results(tie, np.hstack([met, rest]), {})), "level").levels
    assert levels is not None
    assert (levels.values, levels.base, levels.missing) == ((0, 1, 2, 3, 4), 2, 1)
    assert [s.value for s in levels.shares] == [0, 0, 0.5, 0, 0.5]


def test_what_cannot_be_is_refused_with_the_group_that_it_is_in() -> None:
    with pytest.raises(SurveyError, match="Oak: 60 answers from 5 people asked cannot be"):
        results(DIAGNOSTIC, CODES, COLUMNS, [("school",)], asked={("school",): {("Oak",): 5}})
    with pytest.raises(SurveyError, match="no column phase"):
        results(DIAGNOSTIC, CODES, COLUMNS, [("phase",)])
    with pytest.raises(SurveyError, match="open questions only"):
        results(by_id("five-reflections"), np.zeros((2, 0), dtype=np.int8), {})
