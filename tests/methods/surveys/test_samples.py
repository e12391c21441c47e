"""Designs, strata, weights, shrinkage and draws: against every sample there is, other formulas and counting."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, product
from statistics import mean, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.methods.surveys import (
    Stratum,
    SurveyError,
    allocate,
    design,
    draw,
    margin_of_error,
    mean_of,
    post_stratify,
    rake,
    response_weights,
    sample_size,
    shrink,
    stratified_mean,
    stratified_size,
    stratified_summary,
    summaries,
    summarise,
    to_ask,
    total_of,
)

PEOPLE = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]


def test_standard_errors_are_right_on_average_over_all_samples() -> None:
    """Of all 35 samples of 3 of 7, the mean of estimated variances is the variance of the estimates."""
    found = [mean_of(design(rows=3, population=7), some) for some in combinations(PEOPLE, 3)]
    assert mean([one.value or 0 for one in found]) == pytest.approx(mean(PEOPLE))
    squares = mean([(one.value - mean(PEOPLE)) ** 2 for one in found if one.value is not None])
    assert mean([one.se**2 if one.se else 0.0 for one in found]) == pytest.approx(squares)


def test_strata_are_right_on_average_over_all_samples() -> None:
    first, second = PEOPLE[:4], PEOPLE[4:]
    found = [
        stratified_mean([Stratum(4, 2, mean(a), variance(a)), Stratum(3, 2, mean(b), variance(b))])
        for a, b in product(combinations(first, 2), combinations(second, 2))
    ]
    squares = mean([(one.value - mean(PEOPLE)) ** 2 for one in found if one.value is not None])
    assert mean([one.se**2 if one.se else 0.0 for one in found]) == pytest.approx(squares)


def test_clusters_are_right_on_average_over_all_samples() -> None:
    """Totals from 2 of 4 groups of different sizes: the groups are what was drawn, not the people."""
    groups = {"a": PEOPLE[:3], "b": PEOPLE[3:4], "c": PEOPLE[4:6], "d": PEOPLE[6:]}
    found = []
    for drawn in combinations(groups, 2):
        rows = [(name, value) for name in drawn for value in groups[name]]
        sample = design(weights=[2.0] * len(rows), clusters=[name for name, _ in rows], population=4)
        found.append(total_of(sample, [value for _, value in rows]))
    assert mean([one.value or 0 for one in found]) == pytest.approx(sum(PEOPLE))
    squares = mean([(one.value - sum(PEOPLE)) ** 2 for one in found if one.value is not None])
    assert mean([one.se**2 if one.se else 0.0 for one in found]) == pytest.approx(squares)


strata = st.dictionaries(
    st.sampled_from("abc"),
    st.tuples(st.lists(st.integers(1, 5), min_size=2, max_size=6), st.integers(0, 9)),
    min_size=1,
)


@given(strata)
def test_rows_and_summaries_of_strata_agree(given_: dict[str, tuple[list[int], int]]) -> None:
    rows = [(name, value) for name, (values, _) in given_.items() for value in values]
    population = {name: len(values) + more for name, (values, more) in given_.items()}
    names, values = [name for name, _ in rows], [float(value) for _, value in rows]
    one = mean_of(design(strata=names, population=population), values)
    other, silent = stratified_summary(summaries(values, names, population=population))
    assert silent == ()
    assert one.value == pytest.approx(other.value)
    assert (one.se is None) == (other.se is None)
    if one.se is not None and other.low is not None:
        assert (one.se, one.low, one.high) == pytest.approx((other.se, other.low, other.high))


def test_strata_of_one_answer_borrow_and_say_so() -> None:
    found = stratified_mean([Stratum(10, 1, 4.0, None), Stratum(10, 3, 2.0, 1.0), Stratum(10, 3, 2.0, 3.0)])
    square = (0.9 * 2 / 1 + 0.7 * 1 / 3 + 0.7 * 3 / 3) / 9
    assert found.se == pytest.approx(math.sqrt(square))
    assert "one answer" in found.caution
    lone = stratified_mean([Stratum(10, 1, 4.0, None), Stratum(10, 1, 2.0, None)])
    assert (lone.value, lone.low) == (3.0, None)
    assert "two answers" in lone.why
    whole = stratified_mean([Stratum(1, 1, 4.0, None), Stratum(2, 2, 1.0, 2.0)])
    assert (whole.low, whole.high) == (2.0, 2.0)
    alike = stratified_mean([Stratum(9, 3, 4.0, 0.0)])
    assert alike.low is None
    assert "do not differ" in alike.why
    assert "Nobody" in stratified_mean([]).why
    with pytest.raises(SurveyError, match="5 answers of 4"):
        Stratum(4, 5, 1.0, 1.0)


def test_an_area_says_who_did_not_answer_and_stays_on_its_scale() -> None:
    groups = summaries([5, 5, 4], ["a", "a", "a"], population={"a": 40, "b": 3}, lowest=1, highest=5)
    figure, silent = stratified_summary(groups)
    assert (figure.base, silent) == (3, ("b",))
    assert figure.high == 5
    with pytest.raises(SurveyError, match="not known how many"):
        stratified_summary({"a": summarise([1, 2])})
    with pytest.raises(SurveyError, match="not known how many"):
        summaries([1], ["c"], population={"a": 1})


def test_a_design_that_cannot_be() -> None:
    with pytest.raises(SurveyError, match="one entry for each row"):
        design(weights=[1, 2], strata=["a"])
    with pytest.raises(SurveyError, match="two strata"):
        design(clusters=["x", "x"], strata=["a", "b"])
    with pytest.raises(SurveyError, match="More was drawn"):
        design(rows=3, population=2)
    with pytest.raises(SurveyError, match="No population is given for stratum b"):
        design(strata=["a", "b"], population={"a": 3})
    with pytest.raises(SurveyError, match="population of each stratum"):
        design(strata=["a", "b"], population=9)
    with pytest.raises(SurveyError, match="more than nought"):
        design(weights=[1, 0])
    with pytest.raises(SurveyError, match="one value for each row"):
        mean_of(design(rows=2), [1, 2, 3])


def test_a_design_that_can_tell_little() -> None:
    lone = mean_of(design(strata=["a", "b", "b"]), [1, 2, 3])
    assert lone.low is None
    assert "single cluster" in lone.why
    assert "Nobody" in mean_of(design(rows=2), [np.nan, np.nan]).why
    assert "missing" in total_of(design(rows=2), [1, np.nan]).why
    alike = mean_of(design(rows=3), [2, 2, 2])
    assert alike.low is None
    assert "alike" in alike.why
    whole = mean_of(design(rows=2, population=2), [1, 2])
    assert (whole.low, whole.high) == (1.5, 1.5)


calibrated = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 9), st.integers(1, 4)),
    min_size=4,
    max_size=12,
)


@given(calibrated, st.integers(10, 50), st.integers(10, 50))
def test_raking_by_one_grouping_is_post_stratification(
    rows: list[tuple[str, str, int, int]], first: int, second: int
) -> None:
    groups = [row[0] for row in rows]
    totals = {name: total for name, total in (("a", first), ("b", second)) if name in groups}
    start = design(weights=[row[3] for row in rows])
    values = [row[2] for row in rows]
    one, other = post_stratify(start, groups, totals), rake(start, [(groups, totals)])
    assert one.weights == pytest.approx(other.weights)
    for name, total in totals.items():
        assert sum(w for w, g in zip(one.weights, groups, strict=True) if g == name) == pytest.approx(total)
    a, b = mean_of(one, values), mean_of(other, values)
    assert a.value == pytest.approx(b.value)
    assert a.se is b.se is None or a.se == pytest.approx(b.se)


def test_post_stratified_standard_error_by_hand() -> None:
    """Residuals from the post-strata's weighted means, with the new weights, between rows."""
    weights, groups, values = np.array([1.0, 3, 2, 2]), list("aabb"), np.array([1.0, 3, 2, 6])
    found = mean_of(post_stratify(design(weights=weights), groups, {"a": 10, "b": 30}), values)
    means = np.array([2.5, 2.5, 4, 4])
    new = weights * np.array([10 / 4, 10 / 4, 30 / 4, 30 / 4])
    parts = new * (values - means) / 40
    assert found.value == pytest.approx((10 * 2.5 + 30 * 4) / 40)
    assert found.se == pytest.approx(math.sqrt(4 / 3 * ((parts - parts.mean()) ** 2).sum()))


def test_raked_weights_add_up_both_ways() -> None:
    first, second = list("aaabbb"), list("xyxyyx")
    done = rake(design(rows=6), [(first, {"a": 30, "b": 70}), (second, {"x": 45, "y": 55})])
    for groups, name, total in ((first, "a", 30), (first, "b", 70), (second, "x", 45), (second, "y", 55)):
        assert sum(w for w, g in zip(done.weights, groups, strict=True) if g == name) == pytest.approx(total)
    # Iterative fitting keeps the ratio of odds within cells (Deming and Stephan).
    w = done.weights
    assert (w[0] + w[2]) * (w[3] + w[4]) / (w[1] * w[5]) == pytest.approx(2 * 2 / (1 * 1))


def test_weights_that_cannot_be_moved() -> None:
    start = design(rows=2)
    with pytest.raises(SurveyError, match="group b has no total"):
        post_stratify(start, ["a", "b"], {"a": 3})
    with pytest.raises(SurveyError, match="nobody in the sample is of group c"):
        post_stratify(start, ["a", "b"], {"a": 3, "b": 2, "c": 1})
    with pytest.raises(SurveyError, match="more than nought"):
        post_stratify(start, ["a", "b"], {"a": 3, "b": 0})
    with pytest.raises(SurveyError, match="different totals"):
        rake(start, [(["a", "b"], {"a": 3, "b": 2}), (["x", "y"], {"x": 3, "y": 3})])
    with pytest.raises(SurveyError, match="do not settle"):
        rake(start, [(["a", "b"], {"a": 3, "b": 2}), (["x", "y"], {"x": 2, "y": 3})])
    with pytest.raises(SurveyError, match="grouping or more"):
        rake(start, [])


def test_weights_for_unequal_response() -> None:
    found = response_weights({"a": 10, "b": 10, "c": 0}, {"a": 10, "b": 30, "c": 10})
    assert found.weight == {"a": 0.5, "b": 1.5}
    assert (found.uncovered, found.share_uncovered) == (("c",), pytest.approx(0.2))
    assert found.effect == pytest.approx(1.25)
    with pytest.raises(SurveyError, match="4 answers of 3"):
        response_weights({"a": 4}, {"a": 3})
    with pytest.raises(SurveyError, match="unknown number"):
        response_weights({"a": 4}, {})
    assert response_weights({}, {"a": 2}).weight == {}


groups_of_five = st.lists(
    st.lists(st.integers(1, 9), min_size=4, max_size=4).filter(lambda one: len(set(one)) > 1),
    min_size=3,
    max_size=6,
)


@given(groups_of_five)
def test_shrinkage_of_equal_groups_is_that_of_analysis_of_variance(groups: list[list[int]]) -> None:
    """With equal sizes restricted likelihood gives λ = 1 − MSW/MSB, or nought (Searle, Casella and McCulloch 1992)."""
    found = shrink({place: summarise(one) for place, one in enumerate(groups)})
    everything = mean(value for one in groups for value in one)
    between = 4 * variance([mean(one) for one in groups])
    within = mean(variance(one) for one in groups)
    kept = max(1 - within / between, 0) if between else 0.0
    assert found.mean == pytest.approx(everything)
    for place, one in enumerate(groups):
        assert found.groups[place].reliability == pytest.approx(kept, abs=1e-5)
        assert found.groups[place].effect == pytest.approx(kept * (mean(one) - everything), abs=1e-4)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), min_size=3, max_size=5), st.randoms())
def test_shrinkage_of_unequal_groups_by_whole_matrices(groups: list[list[int]], random: object) -> None:
    """The likelihood written with all of V is nowhere higher than there; predictions solve its equations."""
    found = shrink({place: summarise(one) for place, one in enumerate(groups)})
    if found.between is None or found.within is None:
        assert found.why
        return
    y = np.array([float(value) for one in groups for value in one])
    z = np.repeat(np.eye(len(groups)), [len(one) for one in groups], axis=0)

    def likelihood(between: float, within: float) -> float:
        v = between * z @ z.T + within * np.eye(len(y))
        inverse = np.linalg.inv(v)
        middle = inverse.sum(axis=0) @ y / inverse.sum()
        return -0.5 * float(
            np.linalg.slogdet(v)[1] + math.log(inverse.sum()) + (y - middle) @ inverse @ (y - middle)
        )

    best = likelihood(found.between, found.within)
    for between in (0.0, 0.01, 0.3, 1, 4, 20, found.between * 1.05, found.between * 0.95):
        for within in (0.5, 1, 3, 9, found.within * 1.05, found.within * 0.95, found.within):
            assert likelihood(between, within) <= best + 1e-6
    inverse = np.linalg.inv(found.between * z @ z.T + found.within * np.eye(len(y)))
    assert found.mean is not None
    effects = found.between * z.T @ inverse @ (y - found.mean)
    assert [one.effect for one in found.groups.values()] == pytest.approx(list(effects), abs=1e-6)


def test_what_cannot_be_shrunk() -> None:
    three = {name: summarise([1, 2]) for name in "ab"}
    assert "three groups" in shrink(three).why
    assert "two answers" in shrink({name: summarise([1]) for name in "abc"}).why
    assert "nothing to shrink by" in shrink({name: summarise([1, 1]) for name in "abc"}).why
    with pytest.raises(SurveyError, match="unweighted"):
        shrink({name: summarise([1, 2], weights=[1, 2]) for name in "abc"})
    some = shrink({**{name: summarise([1, 2, 4]) for name in "abc"}, "d": summarise([])})
    assert set(some.groups) == {"a", "b", "c"}
    assert some.between == 0
    assert some.groups["a"].reliability == 0


@given(st.integers(1, 3000), st.floats(0.01, 0.3), st.floats(0.1, 0.9))
def test_sample_size_is_the_least_that_keeps_the_margin(population: int, margin: float, share: float) -> None:
    n = sample_size(population, margin, share=share)
    assert 1 <= n <= population
    kept = margin_of_error({"all": n}, {"all": population}, share=share)
    assert kept is not None
    assert kept <= margin + 1e-9
    if n > 1:
        fewer = margin_of_error({"all": n - 1}, {"all": population}, share=share)
        assert fewer is not None
        assert fewer > margin - 1e-9


def test_sample_size_known() -> None:
    assert sample_size(10**9, 0.05) == 385
    assert sample_size(600, 0.05) == 235
    with pytest.raises(SurveyError, match="is five points"):
        sample_size(600, 5)
    with pytest.raises(SurveyError, match="somebody to ask"):
        sample_size(0, 0.05)


def test_how_many_to_ask() -> None:
    assert to_ask(30, 0.6, 100) == 50
    assert to_ask(30, 0.6, 45) == 45
    assert to_ask(31, 0.6, 100) == 52
    with pytest.raises(SurveyError, match="six in ten"):
        to_ask(30, 60, 100)


def test_margin_of_a_stratified_sample() -> None:
    found = margin_of_error({"a": 20, "b": 30}, {"a": 50, "b": 150})
    square = 0.25 * (0.25**2 / 20 * 30 / 49 + 0.75**2 / 30 * 120 / 149)
    assert found == pytest.approx(1.959964 * math.sqrt(square), rel=1e-6)
    assert margin_of_error({"a": 20}, {"a": 50, "b": 150}) is None
    assert margin_of_error({"a": 50}, {"a": 50, "b": 0}) == 0
    with pytest.raises(SurveyError, match="60 of 50"):
        margin_of_error({"a": 60}, {"a": 50})


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1),
    st.floats(0, 1),
    st.integers(0, 6),
)
def test_allocation_is_whole_fair_and_possible(
    population: dict[str, int], part: float, at_least: int
) -> None:
    least = sum(min(at_least, people) for people in population.values())
    whole = sum(population.values())
    total = least + round(part * (whole - least))
    found = allocate(population, total, at_least=at_least)
    assert list(found) == list(population)
    assert sum(found.values()) == total
    for key, n in found.items():
        assert min(at_least, population[key]) <= n <= population[key]
    if at_least == 0 and whole:
        assert all(abs(n - total * population[key] / whole) < 1 for key, n in found.items())


def test_allocation_that_cannot_be() -> None:
    assert allocate({"a": 100, "b": 10}, 22, at_least=5) == {"a": 17, "b": 5}
    for total in (3, 111):
        with pytest.raises(SurveyError, match="cannot be drawn"):
            allocate({"a": 100, "b": 10}, total, at_least=2)
    with pytest.raises(SurveyError, match="fewer than no people"):
        allocate({"a": -1}, 0)


def test_a_draw_is_repeatable_whatever_the_order_and_says_who() -> None:
    people = {"a": ["p3", "p1", "p2"], "b": ["p1", "q2"]}
    found = draw(people, {"a": 2, "b": 1}, seed="autumn")
    assert found == draw({"b": ["q2", "p1"], "a": ["p1", "p2", "p3"]}, {"a": 2, "b": 1}, seed="autumn")
    # Pinned: who was drawn must be the same people when somebody checks in ten years.
    assert found == {"a": ("p2", "p3"), "b": ("p1",)}
    assert set(found["a"]) <= set(people["a"])
    assert draw(people, {}, seed="autumn") == {"a": (), "b": ()}
    with pytest.raises(SurveyError, match="listed twice"):
        draw({"a": ["p", "p"]}, {"a": 1}, seed="x")
    with pytest.raises(SurveyError, match="4 of 3"):
        draw(people, {"a": 4}, seed="x")


def test_every_sample_is_as_likely() -> None:
    """Over 4,000 seeds each of the 20 samples of 3 of 6 comes up about 200 times (chi-square, 19 df)."""
    seen = Counter(draw({"a": list("uvwxyz")}, {"a": 3}, seed=str(seed))["a"] for seed in range(4000))
    assert len(seen) == 20
    assert sum((many - 200) ** 2 / 200 for many in seen.values()) < 43.8


def test_strata_are_drawn_apart() -> None:
    """The same people in two strata are not drawn alike."""
    ids = [str(i) for i in range(40)]
    found = draw({"a": ids, "b": ids}, {"a": 20, "b": 20}, seed="s")
    assert found["a"] != found["b"]


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 400), min_size=1),
    st.sampled_from([0.02, 0.05, 0.1, 0.3]),
    st.integers(1, 6),
)
@settings(max_examples=60)
def test_so_many_answers_give_the_margin_and_hardly_fewer_do(
    people: dict[str, int], margin: float, least: int
) -> None:
    size = stratified_size(people, margin, at_least=least)
    fewest = sum(min(least, n) for n in people.values())

    def reached(total: int) -> bool:
        found = margin_of_error(allocate(people, total, at_least=least), people)
        return found is not None and found <= margin + 1e-9

    assert size == sum(people.values()) or reached(size)
    # Rounding people to whole ones makes the margin step: a little below, it may still be reached by chance.
    assert size == fewest or not reached(max(fewest, size - len(people) - 1)) or size - fewest <= len(people)


def test_one_stratum_needs_what_a_simple_sample_needs() -> None:
    assert stratified_size({"all": 600}, 0.05) == sample_size(600, 0.05) == 235
    with pytest.raises(SurveyError, match="between 0 and 1"):
        stratified_size({"all": 600}, 5)
