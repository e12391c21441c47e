"""The estimate of competition: worked by hand, and what must hold of any schools."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.methods.competition import School, pairs


def primary(name: str, east: float, pupils: int | None = 200) -> School:
    return School(name, east, 0, 4, 11, pupils)


def test_two_alike_schools_worked_by_hand() -> None:
    (found,) = pairs([primary("a", 0), primary("b", 1500)])
    share = exp(-1) / (1 + exp(-1))
    assert (found.first, found.second, found.km, found.shared_ages) == ("a", "b", 1.5, 1.0)
    assert found.of_first == pytest.approx(share)
    assert found.index == pytest.approx(share)
    assert not found.size_assumed


def test_a_larger_school_draws_more_than_it_loses() -> None:
    (found,) = pairs([primary("a", 0, 100), primary("b", 1500, 400)])
    assert found.of_first == pytest.approx(4 * exp(-1) / (1 + 4 * exp(-1)))
    assert found.of_second == pytest.approx(exp(-1) / 4 / (1 + exp(-1) / 4))


def test_ages_that_are_not_shared_do_not_compete() -> None:
    infant, junior = School("i", 0, 0, 4, 6, 90), School("j", 10, 0, 7, 10, 90)
    assert pairs([infant, junior], least=0.001) == []
    (found,) = pairs([infant, School("p", 10, 0, 4, 10, 90)], least=0.001)
    assert found.shared_ages == 1.0  # every age of the infant school


def test_older_pupils_travel_further() -> None:
    (young,) = pairs([primary("a", 0), primary("b", 3000)], least=0.01)
    (older,) = pairs([School("a", 0, 0, 11, 16, 200), School("b", 3000, 0, 11, 16, 200)], least=0.01)
    assert older.index > 2 * young.index


def test_a_size_that_is_not_known_is_said() -> None:
    (found,) = pairs([primary("a", 0, None), primary("b", 500)])
    assert found.size_assumed
    assert found.of_first == pytest.approx(found.of_second)  # the median of the others was taken


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        pairs([primary("a", 0), primary("a", 1)])
    with pytest.raises(ValueError, match="least"):
        pairs([primary("a", 0)], least=0)
    with pytest.raises(ValueError, match="oldest"):
        School("a", 0, 0, 11, 4)
    with pytest.raises(ValueError, match="fewer than 0"):
        primary("a", 0, -1)
    assert pairs([primary("a", 0)]) == []


places = st.integers(0, 20_000)


@given(st.lists(st.tuples(places, places, st.integers(3, 11), st.none() | st.integers(0, 2000)), max_size=12))
def test_shares_never_exceed_the_whole_and_order_does_not_matter(
    rows: list[tuple[int, int, int, int]],
) -> None:
    schools = [School(f"{n:02}", x, y, low, low + 6, size) for n, (x, y, low, size) in enumerate(rows)]
    found = pairs(schools, least=0.0001)
    assert all(0 < pair.index <= 1 and pair.first < pair.second for pair in found)
    for school in schools:
        drawn = [p.of_first for p in found if p.first == school.id]
        drawn += [p.of_second for p in found if p.second == school.id]
        assert sum(drawn) <= 1 + 1e-9
    again = pairs(schools[::-1], least=0.0001)
    key = {frozenset((p.first, p.second)): p.index for p in again}
    assert {frozenset((p.first, p.second)): pytest.approx(p.index) for p in found} == key
