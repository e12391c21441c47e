"""What figures mean in words: true to the figure, with its base, and never more certain than it is."""

from __future__ import annotations

import re

import numpy as np
import pytest

from isthmus.methods.surveys import (
    Figure,
    against,
    average_deviation,
    cronbach,
    difference,
    icc_of_groups,
    icc_of_raters,
    omega,
    omega_one_factor,
    response_rate,
    response_weights,
    shrink,
    strengths_and_gaps,
    summarise,
    summarise_share,
    wilson,
    within_group,
    words,
)
from tests.methods.surveys.published import COHESION, DYESTUFF, RATINGS

rng = np.random.default_rng(9)
ONE = rng.normal(size=120)
TOGETHER = np.stack([ONE + rng.normal(size=120) for _ in range(6)], axis=1)


def test_alpha_speaks_of_groups_and_people() -> None:
    said = words.alpha_in_words(cronbach(TOGETHER))
    assert re.search(
        r"^Cronbach's alpha is 0\.8\d, with 95% confidence 0\.\d\d to 0\.\d\d, 120 answers", said
    )
    assert "closely enough to compare groups" in said
    assert "conventions" in said
    close = words.alpha_in_words(cronbach(np.stack([ONE, ONE + 0.1 * TOGETHER[:, 0]], axis=1)))
    assert "compare people" in close
    assert "one by one" in words.alpha_in_words(cronbach(rng.normal(size=(60, 5)) + 0.4 * ONE[:60, None]))
    opposed = words.alpha_in_words(cronbach([[1, 5], [5, 1.5], [2, 4]]))
    assert "is −" in opposed
    assert "contradict each other" in opposed
    assert "scored in reverse" in opposed
    assert words.alpha_in_words(cronbach([[1, 2]])) == (
        "Whether the items go together: not available. Fewer than two people answered every item."
    )


def test_omega_speaks_of_one_thing_or_several() -> None:
    said = words.omega_in_words(omega(TOGETHER))
    assert "mostly one thing" in said
    apart = np.repeat(rng.normal(size=(200, 3)), 3, axis=1) + 0.7 * rng.normal(size=(200, 9))
    several = words.omega_in_words(omega(apart))
    assert "several things" in several
    assert "not available" in words.omega_in_words(omega(TOGETHER[:4]))
    assert words.omega_one_factor_in_words(omega_one_factor(TOGETHER)).startswith("Omega is 0.8")


def test_agreement_in_words() -> None:
    for answers, said in (
        ([3, 3, 3], "Nearly everybody answered alike"),
        ([3, 3, 4, 3], "People largely answered alike"),
        ([3, 4, 2, 3], "People agreed to some extent"),
        ([1, 5, 1, 5], "People agreed little"),
    ):
        found = words.agreement_in_words(within_group(answers, expected=2))
        assert found.startswith(said)
        assert f"({len(answers)} answers)" in found
    assert "two camps" in words.agreement_in_words(within_group([1, 5, 1, 5], expected=2))
    assert "nobody to agree with" in words.agreement_in_words(within_group([1], expected=2))
    assert "close together" in words.deviation_in_words(average_deviation([[3], [4]]), 5)
    assert "far apart" in words.deviation_in_words(average_deviation([[1], [5]]), 5)
    assert "not available" in words.deviation_in_words(average_deviation([[1]]), 5)


def test_groups_in_words() -> None:
    first = [row[0] for group in COHESION.values() for row in group]
    groups = [name for name, group in COHESION.items() for _ in group]
    said = words.icc_in_words(icc_of_groups(first, groups))
    assert "do not show that groups differ" in said
    assert "do not rank them" in said
    apart = words.icc_in_words(icc_of_groups([1, 1.1, 0.9, 3, 3.1, 2.9, 5, 5.1], list("aaabbbcc")))
    assert "differ much: about 100%" in apart
    assert "can be compared" in apart
    assert "not available" in words.icc_in_words(icc_of_groups([1], ["a"]))


def test_raters_in_words() -> None:
    found = icc_of_raters(RATINGS)
    assert words.raters_in_words(found.three).startswith(
        "Those who rated agree well (intraclass correlation 0.71, with"
    )
    assert "agree little" in words.raters_in_words(found.one)
    assert "agree very well" in words.raters_in_words(found.three_mean)
    assert "to some extent" in words.raters_in_words(found.one_mean)
    assert "not available" in words.raters_in_words(icc_of_raters([[1, 2]]).one)


def test_shares_and_means_in_words() -> None:
    assert words.share_in_words(wilson(81, 263), "agreed") == (
        "31% of 263 answers agreed; of all who could have answered, with 95% confidence 26% to 37%."
    )
    assert words.mean_in_words(summarise([3, 4, 5], population=3).figure()) == (
        "The mean is 4.00 (3 answers); of all who could have answered, with 95% confidence 4.00 to 4.00."
    )
    one = words.mean_in_words(summarise([3]).figure())
    assert one.startswith("The mean is 3.00 (1 answer).")
    assert "Only one person" in one
    assert "interval comes from" in words.mean_in_words(summarise([3, 3], lowest=1, highest=5).figure())
    assert "not available" in words.mean_in_words(summarise([]).figure())
    assert "not available" in words.share_in_words(wilson(0, 0))


def test_differences_in_words_are_told_apart_only_where_they_are() -> None:
    leaders, staff = summarise([5, 5, 4, 5], population=5), summarise([3, 2, 3, 3, 4, 2], population=20)
    said = words.difference_in_words(difference(leaders, staff), "leaders", "staff")
    assert said.startswith(
        "The figure for leaders is 1.92 higher than for staff (with 95% confidence between 1.17 and 2.67)"
    )
    assert "1.92 lower" in words.difference_in_words(difference(staff, leaders), "staff", "leaders")
    same = words.difference_in_words(difference(leaders, summarise([4, 5, 3])), "leaders", "staff")
    assert same.startswith("Leaders and staff cannot be told apart: the difference is 0.75")
    assert "so it may be none" in same
    points = difference(summarise_share(9, 10), summarise_share(3, 10))
    assert "60 percentage points higher" in words.difference_in_words(
        points, "this time", "last time", shares=True
    )
    lone = words.difference_in_words(difference(leaders, summarise([2])), "leaders", "staff")
    assert "2.75 higher" in lone
    assert "Only one person" in lone
    nobody = words.difference_in_words(difference(leaders, summarise([])), "leaders", "staff")
    assert nobody == "The difference between leaders and staff: not available. Nobody answered."


def test_lines_of_strengths_and_gaps() -> None:
    found = strengths_and_gaps(
        {
            "up": against(summarise([1.0, 1.1, 0.9, 1.0, 1.05])),
            "down": against(summarise([-1.0, -1.1, -0.9, -1.0, -1.05])),
            "flat": against(summarise([-1.0, 1.0, 0.5])),
            "lone": against(summarise([2.0])),
        }
    )
    said = {one.key: words.named_in_words(one, str(one.key), 4) for one in found}
    assert said["up"].startswith("up: 1.01, a strength.")
    assert said["down"].startswith("down: −1.01, a gap.")
    assert "chance alone could" in said["flat"]
    assert not re.search("a strength|a gap", said["flat"] + said["lone"])
    assert "not available" in said["lone"]


def test_shrinkage_response_margins_and_weights_in_words() -> None:
    shrunk = shrink({name: summarise(group) for name, group in DYESTUFF.items()}).groups["A"]
    assert "(−22.50), 78% is kept (−17.61), because 5 answers" in words.shrunk_in_words(shrunk)
    assert words.response_in_words(response_rate(30, 40)) == "75% of the 40 people asked answered."
    assert "More people did not answer" in words.response_in_words(response_rate(19, 40))
    assert "not available" in words.response_in_words(response_rate(19, None))
    assert "right to 5 percentage points either way in 95%" in words.margin_in_words(0.05, 0.95)
    assert "1 percentage point either" in words.margin_in_words(0.01, 0.95)
    assert "No margin" in words.margin_in_words(None, 0.95)
    weights = response_weights({"a": 10, "b": 10, "c": 0}, {"a": 10, "b": 30, "c": 10})
    said = words.weights_in_words(weights, ["Dale"])
    assert "as 80% as many answers" in said
    assert "Nobody answered from Dale (20% of all people)" in said


@pytest.mark.parametrize(
    ("value", "said"), [(-0.001, "0.00"), (-1.5, "−1.50"), (2.345, "2.35"), (0.0, "0.00")]
)
def test_numbers(value: float, said: str) -> None:
    assert words.number(value + 1e-12) == said


def test_a_figure_is_never_silent_about_what_is_missing() -> None:
    assert "No interval is worked out" not in words.omega_one_factor_in_words(omega_one_factor(TOGETHER))
    with pytest.raises(ValueError, match="must say why"):
        Figure(None, 3)
    with pytest.raises(ValueError, match="finite"):
        Figure(float("nan"), 3)
