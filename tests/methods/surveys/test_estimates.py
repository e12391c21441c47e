"""Shares, means, differences and what may be named, against counting, other formulas and laws they must obey."""

from __future__ import annotations

import math
from itertools import combinations
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from isthmus.methods.surveys import (
    SurveyError,
    against,
    against_own_mean,
    benjamini_hochberg,
    difference,
    holm,
    less,
    linked_change,
    newcombe,
    response_rate,
    strengths_and_gaps,
    summarise,
    summarise_counts,
    summarise_share,
    wilson,
)

answers = st.lists(st.integers(1, 5), min_size=2, max_size=12)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
def test_ends_of_wilson_are_where_the_score_test_turns(given_: tuple[int, int], level: float) -> None:
    yes, base = given_
    found = wilson(yes, base, level=level)
    z = stats.norm.ppf(0.5 + level / 2)
    for end in (found.low, found.high):
        assert end is not None
        assert (yes / base - end) ** 2 * base == pytest.approx(z * z * end * (1 - end), abs=1e-9)
    assert 0 <= (found.low or 0) <= yes / base <= (found.high or 0) <= 1


def test_wilson_covers_what_it_promises() -> None:
    """Over true shares, the interval of 20 answers holds the truth in about 95 of 100 samples."""
    held = []
    for truth in np.linspace(0.02, 0.98, 97):
        chance = stats.binom.pmf(np.arange(21), 20, truth)
        inside = [not wilson(yes, 20).excludes(truth) for yes in range(21)]
        held.append(float(chance @ inside))
    assert mean(held) == pytest.approx(0.95, abs=0.01)
    assert min(held) > 0.85


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(0, 40))
def test_a_share_is_surer_the_more_of_all_people_answered(given_: tuple[int, int], more: int) -> None:
    yes, base = given_
    found, wide = wilson(yes, base, population=base + more), wilson(yes, base)
    assert (wide.low or 0) <= (found.low or 0) + 1e-12
    assert (found.high or 0) <= (wide.high or 0) + 1e-12
    if more == 0:
        assert found.low == found.high == yes / base
    far = wilson(yes, base, population=10**9)
    assert (far.low, far.high) == pytest.approx((wide.low, wide.high), abs=1e-6)


def test_finite_population_of_a_share() -> None:
    """30 of 50 said yes, of 100: as 50 · 99/50 = 99 answers of an endless population."""
    found, other = wilson(30, 50, population=100), wilson(59.4, 99)
    assert (found.low, found.high) == pytest.approx((other.low, other.high))


shares = st.integers(1, 20).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(shares, shares)
def test_newcombe_turned_round_is_its_mirror(one: tuple[int, int], other: tuple[int, int]) -> None:
    found, back = newcombe(*one, *other), newcombe(*other, *one)
    assert found.value == pytest.approx(-(back.value or 0))
    assert found.low == pytest.approx(-(back.high or 0))
    assert found.high == pytest.approx(-(back.low or 0))


def test_shares_that_cannot_be() -> None:
    assert "Nobody" in wilson(0, 0).why
    for wrong in ((3, 2), (-1, 2), (0, -1)):
        with pytest.raises(SurveyError, match="no share"):
            wilson(*wrong)
    with pytest.raises(SurveyError, match="more answers"):
        wilson(1, 5, population=4)
    with pytest.raises(SurveyError, match="same level"):
        less(wilson(1, 5), wilson(1, 5, level=0.9))


@given(answers, levels, st.integers(1, 30))
def test_a_mean_has_students_interval(given_: list[int], level: float, more: int) -> None:
    assume(len(set(given_)) > 1)
    n, population = len(given_), len(given_) + more
    found = summarise(given_, population=population).figure(level)
    se = stdev(given_) / math.sqrt(n) * math.sqrt(1 - n / population)
    low, high = stats.t.interval(level, n - 1, mean(given_), se)
    assert (found.value, found.se, found.low, found.high) == pytest.approx((mean(given_), se, low, high))
    kept = summarise(given_, population=population, lowest=1, highest=5).figure(level)
    assert (kept.low, kept.high) == pytest.approx((max(low, 1), min(high, 5)))


@given(st.lists(st.integers(0, 6), min_size=5, max_size=5), st.sampled_from([None, 30, 31]))
def test_counts_say_the_same_as_answers(counts: list[int], population: int | None) -> None:
    values = [value for value, many in zip(range(1, 6), counts, strict=True) for _ in range(many)]
    one = summarise_counts(counts, [1, 2, 3, 4, 5], population=population)
    other = summarise(values, population=population, lowest=1, highest=5)
    first, second = one.figure(), other.figure()
    assert (first.base, first.why, first.caution) == (second.base, second.why, second.caution)
    for a, b in ((first.value, second.value), (first.low, second.low), (first.high, second.high)):
        assert (a is None and b is None) or a == pytest.approx(b)


@given(answers, st.lists(st.integers(1, 5), max_size=8))
def test_the_rest_of_an_area_is_the_area_without_the_school(area: list[int], school: list[int]) -> None:
    whole, part = summarise([*area, *school], population=50), summarise(school, population=20)
    found, direct = whole.without(part), summarise(area, population=30)
    assert (found.base, found.population) == (direct.base, direct.population)
    assert found.mean == pytest.approx(direct.mean)
    assert found.variance == pytest.approx(direct.variance, abs=1e-9)


def test_what_is_not_a_part_is_refused() -> None:
    with pytest.raises(SurveyError, match="not a part"):
        summarise([1, 2]).without(summarise([1, 2, 3]))
    with pytest.raises(SurveyError, match="unweighted"):
        summarise([1, 2], weights=[1, 3]).without(summarise([1]))


@given(answers, st.integers(1, 9))
def test_equal_weights_change_nothing(given_: list[int], weight: int) -> None:
    one = summarise(given_, weights=[weight] * len(given_), population=20, lowest=1, highest=5).figure()
    other = summarise(given_, population=20, lowest=1, highest=5).figure()
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_a_weighted_mean_by_hand() -> None:
    found = summarise([1, 2, 4], weights=[1, 1, 2])
    assert found.mean == pytest.approx(11 / 4)
    assert found.effective == pytest.approx(16 / 6)
    by_hand = (1 - 2.75) ** 2 + (2 - 2.75) ** 2 + 4 * (4 - 2.75) ** 2
    assert found.se == pytest.approx(math.sqrt(3 / 2 * by_hand / 16))


def test_one_answer_all_alike_and_nobody() -> None:
    one = summarise([4, np.nan], population=9, lowest=1, highest=5).figure()
    assert (one.value, one.low) == (4, None)
    assert "Only one person" in one.why
    nobody = summarise([np.nan, np.nan]).figure()
    assert (nobody.value, nobody.base) == (None, 0)
    assert "Nobody" in nobody.why
    alike = summarise([4, 4, 4]).figure()
    assert (alike.value, alike.low) == (4, None)
    assert "same answer" in alike.why
    bounded = summarise([4, 4, 4], lowest=1, highest=5).figure()
    share = wilson(3, 3).low or 0
    assert (bounded.low, bounded.high) == pytest.approx((4 * share + 1 - share, 4 * share + 5 * (1 - share)))
    assert "same answer" in bounded.caution
    tenth = summarise([0.1] * 3, lowest=0, highest=1).figure()
    assert "same answer" in tenth.caution
    rest = summarise([0.1] * 5).without(summarise([0.1] * 2)).figure()
    assert (rest.base, rest.low) == (3, None)
    assert summarise([1e8 + 1, 1e8 + 2, 1e8 + 3]).variance == pytest.approx(1)
    assert summarise([2.0], population=1).figure().low == 2
    whole = summarise([1, 5], population=2).figure()
    assert (whole.low, whole.high) == (3, 3)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_what_is_refused() -> None:
    with pytest.raises(SurveyError, match="more answers"):
        summarise([1, 2, 3], population=2)
    with pytest.raises(SurveyError, match="more answers"):
        summarise([1, 2, 3], weights=[1, 2, 1], population=2)
    with pytest.raises(SurveyError, match="outside its scale"):
        summarise([1, 6], lowest=1, highest=5)
    with pytest.raises(SurveyError, match="weight for each"):
        summarise([1, 2], weights=[1, 0])
    with pytest.raises(SurveyError, match="whole numbers"):
        summarise_counts([1.5, 2], [1, 2])
    with pytest.raises(SurveyError, match="no share"):
        summarise_share(4, 3)
    with pytest.raises(SurveyError, match="share cannot be compared"):
        difference(summarise_share(1, 3), summarise([1, 2]))
    with pytest.raises(SurveyError, match="finite"):
        summarise([1e308, -1e308, 1e308]).figure()


def test_response_rate() -> None:
    assert response_rate(30, 40).value == 0.75
    assert "not known" in response_rate(30, None).why
    assert "Nobody was asked" in response_rate(0, 0).why
    with pytest.raises(SurveyError, match="41 answers from 40"):
        response_rate(41, 40)


@given(answers, answers, st.sampled_from([None, 15]))
def test_p_is_where_the_interval_begins_to_hold_nought(
    one: list[int], other: list[int], people: int | None
) -> None:
    first, second = (summarise(some, population=people, lowest=1, highest=5) for some in (one, other))
    found = difference(first, second)
    assert found.figure.value == pytest.approx(mean(one) - mean(other))
    assert found.p is not None
    assert (found.p < 0.05) == found.told_apart or found.p == pytest.approx(0.05, abs=1e-6)
    if 1e-8 < found.p < 0.999:
        assert difference(first, second, level=1 - found.p * 1.001).figure.excludes()
        assert not difference(first, second, level=1 - found.p * 0.999).figure.excludes()


@given(answers)
def test_against_a_number_is_the_t_test(given_: list[int]) -> None:
    assume(len(set(given_)) > 1)
    found = against(summarise(given_), 2.5)
    assert found.p == pytest.approx(stats.ttest_1samp(given_, 2.5).pvalue, abs=1e-5)


@given(shares, shares)
def test_a_difference_of_shares_is_newcombes(one: tuple[int, int], other: tuple[int, int]) -> None:
    found, known = difference(summarise_share(*one), summarise_share(*other)).figure, newcombe(*one, *other)
    assert (found.value, found.low, found.high) == pytest.approx((known.value, known.low, known.high))


def test_a_difference_of_means_is_near_welchs() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.normal(4, 1, 40), rng.normal(3.4, 0.6, 60)
    found, known = difference(summarise(one), summarise(other)), stats.ttest_ind(one, other, equal_var=False)
    ends = known.confidence_interval(0.95)
    assert (found.figure.low, found.figure.high) == pytest.approx((ends.low, ends.high), abs=0.015)
    assert found.p == pytest.approx(known.pvalue, rel=0.3)


def test_a_gap_with_a_single_leader() -> None:
    staff = summarise([2, 3, 3, 2, 4], population=10, lowest=1, highest=5)
    known = difference(summarise([5], population=1), staff)
    assert known.told_apart
    alone = staff.figure()
    assert known.figure.high == pytest.approx(5 - (alone.low or 0))
    some = difference(summarise([5], population=3), staff)
    assert (some.figure.value, some.figure.low, some.p) == (pytest.approx(2.2), None, None)
    assert "Only one person" in some.figure.why


def test_means_of_small_samples_are_covered() -> None:
    """Of samples of 6 of 30 people on a scale of five, the interval holds everybody's mean as often as it says."""
    rng = np.random.default_rng(6)
    everybody = rng.choice([1, 2, 3, 4, 5], 30, p=[0.05, 0.15, 0.3, 0.3, 0.2])
    held = [
        not summarise(rng.permutation(everybody)[:6], population=30, lowest=1, highest=5)
        .figure()
        .excludes(everybody.mean())
        for _ in range(1500)
    ]
    assert mean(held) == pytest.approx(0.95, abs=0.025)


def test_linked_change_by_hand() -> None:
    before = {"a": 3.0, "b": 2.0, "c": 4.0, "d": math.nan, "e": 1.0}
    after = {"a": 4.0, "b": 4.0, "c": 4.0, "d": 5.0, "f": 2.0}
    found = linked_change(before, after, population=6, lowest=1, highest=5)
    assert (found.only_before, found.only_after, found.summary.base) == (1, 2, 3)
    assert found.summary.mean == 1
    assert (found.summary.lowest, found.summary.highest) == (-4, 4)
    with pytest.raises(SurveyError, match="outside its scale"):
        linked_change({"a": 9.0}, {"a": 1.0}, lowest=1, highest=5)
    assert "Nobody" in linked_change({"a": 1.0}, {"b": 2.0}).summary.figure().why


@given(
    st.lists(
        st.lists(st.sampled_from([1, 2, 3, 4, 5, math.nan]), min_size=3, max_size=3), min_size=1, max_size=8
    )
)
def test_items_against_the_mean_of_all_are_within_people(table: list[list[float]]) -> None:
    found = against_own_mean(table, ["x", "y", "z"], lowest=1, highest=5)
    people = [[one for one in row if one == one] for row in table]
    for place, name in enumerate("xyz"):
        away = [
            row[place] - mean(some)
            for row, some in zip(table, people, strict=True)
            if len(some) >= 2 and row[place] == row[place]
        ]
        assert found[name].base == len(away)
        assert (
            found[name].mean is None if not away else found[name].mean == pytest.approx(mean(away), abs=1e-12)
        )


def test_items_against_the_mean_of_all_need_two_items() -> None:
    with pytest.raises(SurveyError, match="two items"):
        against_own_mean([[1], [2]], ["x"])
    with pytest.raises(SurveyError, match="name of its own"):
        against_own_mean([[1, 2]], ["x", "x"])


ps = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(ps)
def test_holm_is_closed_testing(given_: list[float]) -> None:
    """Each is adjusted to the worst of Bonferroni's over all sets it belongs to (Marcus, Peritz and Gabriel 1976)."""
    places = range(len(given_))
    for place, adjusted in zip(places, holm(given_), strict=True):
        sets = [s for size in range(1, len(given_) + 1) for s in combinations(places, size) if place in s]
        worst = max(min(1.0, len(s) * min(given_[i] for i in s)) for s in sets)
        assert adjusted == pytest.approx(worst)


@given(ps, st.floats(0.001, 0.999))
def test_benjamini_and_hochbergs_steps(given_: list[float], share: float) -> None:
    rising, m = sorted(given_), len(given_)
    passed = [k for k in range(1, m + 1) if rising[k - 1] <= k * share / m]
    bound = rising[passed[-1] - 1] if passed else -1.0
    for p, adjusted in zip(given_, benjamini_hochberg(given_), strict=True):
        if abs(adjusted - share) > 1e-9:
            assert (adjusted <= share) == (p <= bound)


def test_a_gap_is_named_only_where_it_is_one() -> None:
    good = against(summarise([1.0, 1.2, 0.8, 1.1, 0.9, 1.0, 1.2]))
    bad = against(summarise([-1.0, -1.2, -0.8, -1.1, -0.9, -1.0, -1.2]))
    wide = against(summarise([5.0, -1.0, 2.0]))
    lone = against(summarise([-3.0]))
    found = strengths_and_gaps(
        {"wide": wide, "lone": lone, "good": good, "bad": bad, "none": against(summarise([]))}
    )
    assert [(one.key, one.kind) for one in found] == [
        ("wide", "neither"),
        ("good", "strength"),
        ("bad", "gap"),
        ("lone", "unknown"),
        ("none", "unknown"),
    ]
    assert found[1].adjusted == pytest.approx(3 * (good.p or 0))


def test_many_looks_are_paid_for() -> None:
    """One difference that would be named alone is not named among thirty, by either rule."""
    lucky = against(summarise([0.4, 0.9, 0.5, 1.2, 0.1]))
    assert lucky.told_apart
    flat = {f"flat {i}": against(summarise([-1.0, 1.0, 0.1 * i, 2.0, -2.0])) for i in range(29)}
    assert strengths_and_gaps({"lucky": lucky})[0].kind == "strength"
    for rule in ("holm", "benjamini-hochberg"):
        among = strengths_and_gaps({"lucky": lucky, **flat}, rule=rule)  # type: ignore[arg-type]  # two known words
        assert {one.kind for one in among} == {"neither"}


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10_000))
def test_chance_alone_is_seldom_named(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wrong = 0
    for _ in range(60):
        flat = rng.normal(size=(12, 20))
        found = strengths_and_gaps({i: against(summarise(flat[:, i])) for i in range(20)})
        wrong += any(one.kind in ("strength", "gap") for one in found)
    assert wrong <= 10  # 3 of 60 are expected; unadjusted it would be 38


def test_differences_of_another_level_are_refused() -> None:
    with pytest.raises(SurveyError, match="another level"):
        strengths_and_gaps({"a": against(summarise([1, 2, 3]), level=0.9)})
    with pytest.raises(SurveyError, match="between 0 and 1"):
        holm([2.0])
