"""Alpha, omega, agreement and raters against sums written out, known structures and laws they must obey."""

from __future__ import annotations

from itertools import combinations
from statistics import mean, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from isthmus.methods.surveys import (
    SurveyError,
    average_deviation,
    cronbach,
    even_spread,
    icc_of_groups,
    icc_of_raters,
    omega,
    omega_of_correlations,
    omega_one_factor,
    within_group,
    within_group_items,
)
from isthmus.methods.surveys.factors import least_squares, likelihood, oblique
from tests.methods.surveys.published import RATINGS

scales = st.integers(1, 5)


@st.composite
def tables(draw: st.DrawFn, people: int = 3, items: int = 2) -> list[list[int]]:
    width = draw(st.integers(items, 5))
    return draw(st.lists(st.lists(scales, min_size=width, max_size=width), min_size=people, max_size=12))


@given(tables())
def test_alpha_is_the_ratio_of_covariances(answers: list[list[int]]) -> None:
    found = cronbach(answers).raw
    k, totals = len(answers[0]), [sum(row) for row in answers]
    if len(set(totals)) == 1:
        assert found.value is None
        assert "same total" in found.why
        return
    columns = list(zip(*answers, strict=True))
    cross = sum(
        2
        * sum((a - mean(one)) * (b - mean(other)) for a, b in zip(one, other, strict=True))
        / (len(answers) - 1)
        for one, other in combinations(columns, 2)
    )
    assert found.value == pytest.approx(k / (k - 1) * cross / variance(totals), abs=1e-9)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert bool(found.caution) == (found.value < 0)


@given(tables())
def test_standardised_alpha_is_raw_alpha_of_items_brought_to_one_spread(answers: list[list[int]]) -> None:
    given_ = np.array(answers, dtype=float)
    found = cronbach(given_).standardised
    if (np.ptp(given_, axis=0) == 0).any():
        assert found.value is None
        return
    other = cronbach((given_ - given_.mean(axis=0)) / given_.std(axis=0, ddof=1)).raw
    if other.value is not None and found.value is not None:
        assert found.value == pytest.approx(other.value, abs=1e-6)
    else:
        assert other.value is found.value is None


def test_alpha_says_what_it_cannot_tell() -> None:
    assert "Fewer than two" in cronbach([[1, 2]]).raw.why
    assert "Fewer than two" in cronbach([[1, np.nan], [np.nan, 2]]).raw.why
    assert cronbach([[1, 5], [5, 1.5], [2, 4]]).raw.caution.startswith(
        "Some items are answered the opposite way"
    )
    with pytest.raises(SurveyError, match="two items"):
        cronbach([[1], [2]])
    with pytest.raises(SurveyError, match="between 0 and 1"):
        cronbach([[1, 2], [2, 3]], level=95)
    with pytest.raises(SurveyError, match="infinite"):
        cronbach([[1, np.inf], [2, 3]])


def test_a_wider_level_gives_a_wider_interval_of_alpha() -> None:
    answers = [[1, 2, 2], [3, 3, 4], [5, 4, 5], [2, 2, 1]]
    near, far = cronbach(answers, level=0.8).raw, cronbach(answers, level=0.99).raw
    # Feldt: (1 − alpha)/(1 − alpha found) has the distribution of F with 3 and 6 degrees of freedom.
    for found, share in ((near, 0.1), (far, 0.005)):
        ratios = [(1 - (end or 0)) / (1 - (found.value or 0)) for end in (found.high, found.low)]
        assert list(stats.f.cdf(ratios, 3, 6)) == pytest.approx([share, 1 - share])
    assert (far.low or 0) < (near.low or 0) < (near.high or 0) < (far.high or 0)


@given(st.lists(st.floats(0.3, 0.9), min_size=3, max_size=8))
def test_one_factor_is_found_again(loadings: list[float]) -> None:
    one = np.array(loadings)
    matrix = np.outer(one, one)
    np.fill_diagonal(matrix, 1.0)
    found, unique = likelihood(matrix)
    assert found == pytest.approx(one, abs=1e-4)
    assert unique == pytest.approx(1 - one**2, abs=1e-3)
    again, _ = least_squares(matrix, 1)
    assert again[:, 0] == pytest.approx(one, abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.floats(0.55, 0.85), min_size=9, max_size=9),
    st.lists(st.floats(0.5, 0.85), min_size=3, max_size=3),
)
def test_omega_finds_a_general_factor_that_was_put_in(first: list[float], second: list[float]) -> None:
    """Nine items on three factors that hang on one: what omega must be is known from the loadings."""
    pattern = np.zeros((9, 3))
    for item, loading in enumerate(first):
        pattern[item, item // 3] = loading
    between = np.outer(second, second)
    np.fill_diagonal(between, 1.0)
    matrix = pattern @ between @ pattern.T
    common = np.diag(matrix).copy()
    np.fill_diagonal(matrix, 1.0)
    found = omega_of_correlations(matrix, 200)
    general = pattern @ np.array(second)
    assert found.hierarchical.value == pytest.approx(general.sum() ** 2 / matrix.sum(), abs=2e-4)
    assert found.total.value == pytest.approx(1 - (1 - common).sum() / matrix.sum(), abs=2e-4)
    assert found.general == pytest.approx(tuple(general), abs=2e-3)


def test_rotation_keeps_what_the_factors_reproduce() -> None:
    loadings = np.random.default_rng(1).normal(size=(8, 3))
    turned, between = oblique(loadings)
    assert turned @ between @ turned.T == pytest.approx(loadings @ loadings.T)
    assert np.diag(between) == pytest.approx(1)


def test_omega_says_what_it_cannot_tell() -> None:
    same = np.random.default_rng(2).integers(1, 6, (30, 6)).astype(float)
    assert "more people than items" in omega(same[:5]).total.why
    same[:, 1] = 3
    assert "same answer" in omega(same).hierarchical.why
    same[:, 1] = same[:, 0]
    assert "copies" in omega_one_factor(same).why
    with pytest.raises(SurveyError, match="three items"):
        omega_one_factor([[1, 2], [2, 1]])
    with pytest.raises(SurveyError, match="three factors"):
        omega_of_correlations(np.eye(6), 10, factors=2)
    with pytest.raises(SurveyError, match="symmetric"):
        omega_of_correlations(np.ones((6, 5)), 10)


def test_omega_warns_where_a_factor_is_one_item() -> None:
    answers = np.random.default_rng(4).integers(1, 4, (9, 4)).astype(float)
    answers[:, 1] = answers[:, 0] + np.array([0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert "do not rely" in omega_one_factor(answers).caution


def test_omega_of_raw_items_weighs_them_by_their_spread() -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=300)
    answers = np.stack([one + rng.normal(size=300) for _ in range(4)], axis=1)
    answers[:, 0] *= 10
    raw, even = omega_one_factor(answers, standardised=False).value, omega_one_factor(answers).value
    assert raw is not None
    assert even is not None
    assert raw == pytest.approx(13**2 / (13**2 + 103), abs=0.06)  # loadings 10, 1, 1, 1; as much again unique
    assert even == pytest.approx(0.8, abs=0.04)  # Spearman and Brown: 4 · ½ / (1 + 3 · ½)


@given(st.lists(scales, max_size=9), st.integers(2, 9))
def test_agreement_of_an_item_by_pairs(answers: list[int], options: int) -> None:
    found = within_group(answers, expected=even_spread(options))
    if len(answers) < 2:
        assert found.value is None
        return
    squares = [(a - b) ** 2 / 2 for a, b in combinations(answers, 2)]
    value = 1 - mean(squares) * 12 / (options**2 - 1)
    assert found.value == pytest.approx(max(value, 0), abs=1e-9)
    assert bool(found.caution) == (value < -1e-12)


@given(tables(people=2, items=1))
def test_agreement_of_a_section_is_that_of_an_item_stepped_up(answers: list[list[int]]) -> None:
    found, items = within_group_items(answers, expected=2).value, len(answers[0])
    share = mean(variance(column) for column in zip(*answers, strict=True)) / 2
    one = 1 - share
    expected = items * one / (1 + (items - 1) * one) if share <= 1 else 0.0
    assert found == pytest.approx(expected, abs=1e-9)
    by_hand = mean(mean(abs(a - mean(column)) for a in column) for column in zip(*answers, strict=True))
    assert average_deviation(answers).value == pytest.approx(by_hand)


def test_agreement_says_what_it_cannot_tell() -> None:
    assert "nobody to agree" in within_group([3, np.nan], expected=2).why
    assert "Nobody" in within_group_items(np.full((2, 3), np.nan), expected=2).why
    assert "nobody to agree" in average_deviation([[3, 4]]).why
    assert within_group([1, 5, 1, 5], expected=2).value == 0
    assert "two camps" in within_group([1, 5, 1, 5], expected=2).caution
    with pytest.raises(SurveyError, match="two options"):
        even_spread(1)
    with pytest.raises(SurveyError, match="more than nought"):
        within_group([1, 2], expected=0)


@given(st.lists(st.tuples(scales, st.integers(0, 3)), min_size=1, max_size=20))
def test_icc_by_sums(answers: list[tuple[int, int]]) -> None:
    values, groups = [value for value, _ in answers], [group for _, group in answers]
    found = icc_of_groups(values, groups)
    inside = {g: [v for v, h in answers if h == g] for g in set(groups)}
    n, g = len(values), len(inside)
    if g < 2 or n <= g or len(set(values)) == 1:
        assert found.one.value is None
        assert found.one.why
        return
    between = sum(len(one) * (mean(one) - mean(values)) ** 2 for one in inside.values()) / (g - 1)
    within = sum((v - mean(one)) ** 2 for one in inside.values() for v in one) / (n - g)
    k = n / g
    assert found.one.value == pytest.approx((between - within) / (between + (k - 1) * within))
    if between > 0:
        assert found.two.value == pytest.approx((between - within) / between)
    if found.one.low is not None and found.one.high is not None:
        assert found.one.low < found.one.value < found.one.high


def test_icc_leaves_out_who_gave_no_answer_and_says_what_it_cannot_tell() -> None:
    found = icc_of_groups([1, 2, np.nan, 4, 5], ["a", "a", "c", "b", "b"])
    assert (found.groups, found.left_out, found.one.base) == (2, 1, 4)
    assert "two groups" in icc_of_groups([1, 2], ["a", "a"]).one.why
    assert "two answers" in icc_of_groups([1, 2], ["a", "b"]).one.why
    assert "same answer" in icc_of_groups([3, 3, 3], ["a", "a", "b"]).one.why
    alike = icc_of_groups([1, 1, 2, 2], ["a", "a", "b", "b"])
    assert alike.one.value == 1
    assert alike.one.low is None
    assert "Nobody differs from their group" in alike.one.why
    with pytest.raises(SurveyError, match="no groups"):
        icc_of_groups([1, 2, 3], ["a", "a", None])
    with pytest.raises(SurveyError, match="2 groups for 3"):
        icc_of_groups([1, 2, 3], ["a", "a"])


ratings = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=2, max_size=7)
)


@given(ratings)
def test_raters_of_their_own_are_the_icc_of_groups(given_: list[list[int]]) -> None:
    found = icc_of_raters(given_)
    flat = [value for row in given_ for value in row]
    other = icc_of_groups(flat, [row for row, ratings in enumerate(given_) for _ in ratings])
    if found.one.value is None:
        assert len({sum(row) for row in given_}) == 1
        return
    assert found.one.value == pytest.approx(other.one.value)
    assert found.one_mean.value == pytest.approx(other.two.value)
    if found.one.low is not None and other.one.low is not None:
        assert (found.one.low, found.one.high) == pytest.approx((other.one.low, other.one.high))


@given(ratings, st.lists(st.integers(-5, 5), min_size=4, max_size=4))
def test_a_strict_rater_changes_nothing_where_these_raters_alone_count(
    given_: list[list[int]], strict: list[int]
) -> None:
    shifted = np.array(given_) + np.array(strict)[: len(given_[0])]
    one, other = icc_of_raters(given_).three, icc_of_raters(shifted).three
    if one.value is None or other.value is None:
        assert one.value is other.value
        return
    assert one.value == pytest.approx(other.value, abs=1e-9)


def test_raters_drawn_from_many_have_the_interval_of_mcgraw_and_wong() -> None:
    """Their degrees of freedom (1996) are Satterthwaite's of a mixture a·MSC + b·MSE, written another way than ours."""
    found, n, k = icc_of_raters(RATINGS).two, 6, 4
    rows, columns, error = 11.241667, 32.486111, 1.019444
    p = found.value or 0
    a, b = k * p / (n * (1 - p)), 1 + k * p * (n - 1) / (n * (1 - p))
    df = (a * columns + b * error) ** 2 / (
        (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    mix = k * columns + (k * n - k - n) * error
    small, large = stats.f.ppf(0.975, n - 1, df), stats.f.ppf(0.975, df, n - 1)
    assert found.low == pytest.approx(n * (rows - small * error) / (small * mix + n * rows), abs=1e-6)
    assert found.high == pytest.approx(n * (large * rows - error) / (mix + n * large * rows), abs=1e-6)


def test_raters_say_what_they_cannot_tell() -> None:
    assert "Fewer than two targets" in icc_of_raters([[1, 2]]).two.why
    assert "cannot be told apart" in icc_of_raters([[1, 2], [2, 1]]).one.why
    against = icc_of_raters([[0, 9], [9, 1]])
    assert against.two_mean.value is None
    assert "contradict" in against.two_mean.why
    perfect = icc_of_raters([[1, 2], [4, 5]])
    assert perfect.three.value == 1
    assert perfect.three.low is None
    assert icc_of_raters([[1, 2], [4, 5], [3, np.nan]]).left_out == 1
    with pytest.raises(SurveyError, match="two raters"):
        icc_of_raters([[1], [2]])
